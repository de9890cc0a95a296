"""What Teams shows: every card is valid by Microsoft's own schema, and its buttons say what was chosen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft6Validator
from microsoft import Json, Microsoft
from teams_stock import Stock

from bot.channels.teams import cards, incoming

SCHEMA = json.loads(
    (Path(__file__).parent / "adaptive-card-1.5.schema.json").read_text(encoding="utf-8")
)
VALID = Draft6Validator(SCHEMA)
LONG = "Wij bepalen samen wat we leren, en onze leidinggevende denkt mee als dat nodig is"


def shown(**message: Any) -> Json:
    activity = cards.activity(message, lambda image: f"beeld van {image}")
    assert activity is not None
    return activity


def card(**message: Any) -> Json:
    [attachment] = shown(**message)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    VALID.validate(attachment["content"])
    return dict(attachment["content"])


def buttons(number: int, title: str = "Ja") -> list[Json]:
    return [
        {"title": f"{title} {n}", "payload": f'/choose{{"value": "{n}"}}'} for n in range(number)
    ]


def blocks(of: Json, kind: str) -> list[Json]:
    return [block for block in of["body"] if block["type"] == kind]


def test_the_schema_sees_a_bad_card() -> None:
    bad = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Imagine", "url": "x"}]}
    assert not VALID.is_valid(bad)
    assert not VALID.is_valid({**bad, "body": [{"type": "Image"}]})
    assert not VALID.is_valid({**bad, "body": [{"type": "Input.ChoiceSet", "choices": []}]})


@pytest.mark.parametrize(
    "text", ["Dag!", "**vet** en [hier](https://evil.example)", "<b>x</b> & <at>y</at>"]
)
def test_text_is_sent_as_it_is_and_never_as_markup(text: str) -> None:
    assert shown(text=text) == {"type": "message", "text": text, "textFormat": "plain"}
    made = card(text=text, buttons=buttons(2))
    [block] = blocks(made, "RichTextBlock")  # its runs know no markup
    assert [run["text"] for run in block["inlines"]] == [text]
    assert not blocks(made, "TextBlock")


def test_lines_and_paragraphs_are_kept_apart() -> None:
    made = blocks(card(text="een\ntwee\n\ndrie", buttons=buttons(1)), "RichTextBlock")
    assert [(b["inlines"][0]["text"], b["spacing"]) for b in made] == [
        ("een", "default"),
        ("twee", "small"),
        ("drie", "medium"),
    ]


@pytest.mark.parametrize("number", [1, 3, 6])
def test_up_to_six_options_are_buttons(number: int) -> None:
    made = card(text="Wat kies je?", buttons=buttons(number))
    assert [a["title"] for a in made["actions"]] == [f"Ja {n}" for n in range(number)]
    assert shown(text="Wat kies je?", buttons=buttons(number))["summary"] == "Wat kies je?"


def test_a_button_shows_its_label_as_the_users_words_and_brings_its_payload() -> None:
    [action] = card(text="?", buttons=[{"title": "Mijn team", "payload": "/choose"}])["actions"]
    back = action["data"]["msteams"]
    assert (back["type"], back["displayText"], back["text"]) == (
        "messageBack",
        "Mijn team",
        "Mijn team",
    )
    assert incoming.pressed(back["value"]) == ("/choose", "Mijn team")
    assert incoming.pressed(json.dumps(back["value"])) == ("/choose", "Mijn team")


def test_long_labels_get_a_row_each_so_that_nothing_is_cut_off() -> None:
    made = card(text="?", buttons=buttons(3, LONG))
    assert [len(block["actions"]) for block in blocks(made, "ActionSet")] == [1, 1, 1]
    assert "actions" not in made


@pytest.mark.parametrize("number", [7, 12, 30])
def test_more_than_six_options_are_a_list(number: int) -> None:
    made = card(text="?", buttons=buttons(number))
    [choices] = blocks(made, "Input.ChoiceSet")
    assert [c["title"] for c in choices["choices"]] == [f"Ja {n}" for n in range(number)]
    [submit] = made["actions"]
    assert submit["type"] == "Action.Submit"
    last = choices["choices"][-1]["value"]
    label = f"Ja {number - 1}"
    assert incoming.pressed({choices["id"]: last}) == (buttons(number)[-1]["payload"], label)
    assert choices["isRequired"] and choices["label"] and choices["errorMessage"]


def test_a_picture_has_words() -> None:
    made = card(text="Hier sta je.", image="https://pad.example.nl/figuur/x.png")
    [image] = blocks(made, "Image")
    assert image["altText"] == "beeld van https://pad.example.nl/figuur/x.png"


@pytest.mark.parametrize(
    "message",
    [
        {"attachment": {"name": "plan.ics", "url": "https://pad.example.nl/plan.ics"}},
        {"custom": {"file": {"name": "plan.ics", "url": "https://pad.example.nl/plan.ics"}}},
    ],
)
def test_a_file_is_a_link(message: Json) -> None:
    [action] = card(text="Je afspraak", **message)["actions"]
    assert (action["type"], action["title"]) == ("Action.OpenUrl", "plan.ics")
    assert "plan.ics: https://pad.example.nl/plan.ics" in cards.in_words(message)["text"]


def test_a_state_for_machines_is_not_shown() -> None:
    assert cards.activity({"custom": {"state": {"phase": "question"}}}, str) is None


def test_the_same_message_in_words_names_the_options() -> None:
    told = cards.in_words({"text": "Wat kies je?", "buttons": buttons(2)})
    assert told["text"] == "Wat kies je?\n- Ja 0\n- Ja 1"


@pytest.mark.parametrize(
    "value", [None, 1, [], "x", "[1]", {"choice": 3}, {"payload": 3}, {"payload": ""}, "[" * 9000]
)
def test_a_value_that_is_none_of_ours_is_no_button(value: Any) -> None:
    assert incoming.pressed(value) == (None, "")


async def test_the_stock_channels_buttons_cannot_be_used(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Stock(microsoft, monkeypatch).output()
    await output.send_text_with_buttons("29:1", "Wat kies je?", buttons(2))
    [post] = microsoft.posts
    made = post.activity["attachments"][0]["content"]["buttons"]
    assert all("type" not in button and "value" not in button for button in made)
