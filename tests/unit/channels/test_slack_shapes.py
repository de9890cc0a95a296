"""Slack's markup both ways, and posts that keep to Slack's limits, checked by Slack's own library."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.channels.slack import blocks, incoming, mrkdwn

BOT = "U0LAN0Z89"

# --- what the bot says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("gewoon", "gewoon"),
        ("**vet** en *schuin*", "*vet* en _schuin_"),
        ("**a** en **b**", "*a* en *b*"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("[hier](https://pad.nl/a?b=1&c=2)", "<https://pad.nl/a?b=1&amp;c=2|hier>"),
        ("[mail](mailto:a@b.nl)", "<mailto:a@b.nl|mail>"),
        ("[klik](javascript:alert(1))", "[klik](javascript:alert(1))"),
        ("zie https://pad.nl/x.", "zie <https://pad.nl/x>."),
        ("**[hier](https://pad.nl)**", "*<https://pad.nl|hier>*"),
        ("- een\n- twee\n  * drie", "• een\n• twee\n  • drie"),
        ("# Kop\ntekst", "*Kop*\ntekst"),
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("[<!channel>](https://pad.nl)", "<https://pad.nl|&lt;!channel&gt;>"),
        ("[a|b](https://pad.nl/x|y)", "<https://pad.nl/x%7Cy|a/b>"),
        ("jan_de_vries", "jan_de_vries"),
    ],
)
def test_what_the_bot_says_becomes_mrkdwn(said: str, shown: str) -> None:
    assert mrkdwn.write(said) == shown


@given(st.text())
def test_no_text_makes_a_mention_or_calls_a_channel(said: str) -> None:
    shown = mrkdwn.write(said)
    assert not re.search(r"<[@#!]", shown)
    assert all(re.match(r"(?:https?://|mailto:|tel:)", a) for a in re.findall(r"<([^<>]*)>", shown))


@given(st.text())
def test_what_is_escaped_comes_back_the_same(said: str) -> None:
    assert mrkdwn.read(mrkdwn.escape(said)) == said
    assert html.unescape(mrkdwn.escape("a&<>")) == "a&<>"


# --- what people send ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("<mailto:a@b.nl|a@b.nl>", "a@b.nl"),
        ("<mailto:a@b.nl>", "a@b.nl"),
        ("<tel:0101234567|010 123 45 67>", "010 123 45 67"),
        ("<https://pad.nl>", "https://pad.nl"),
        ("<https://pad.nl|pad.nl>", "pad.nl"),
        ("<@U2|jan> en <@U3>", "@jan en een collega"),
        ("<#C1|algemeen>", "#algemeen"),
        ("<!here> <!subteam^S1|@leren>", "@here @leren"),
        ("<!date^1392734382^{date}|18 februari>", "18 februari"),
        ("  spaties  blijven  ", "  spaties  blijven  "),
        ("Z̸͇̈a̷l̶g̵o̴ 😀 ‮rtl", "Z̸͇̈a̷l̶g̵o̴ 😀 ‮rtl"),
    ],
)
def test_what_people_send_is_read_as_they_saw_it(sent: str, typed: str) -> None:
    assert mrkdwn.read(sent) == typed


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        (f"<@{BOT}> hallo", "hallo"),
        (f"hoi <@{BOT}> ben je er", "hoi ben je er"),
        (f"<@{BOT}>", ""),
        (f"<@{BOT}|padwijzer> hallo", "hallo"),
        ("<@U2|jan> hallo", "@jan hallo"),
    ],
)
def test_the_mention_of_the_bot_is_left_out(sent: str, typed: str) -> None:
    assert mrkdwn.read(sent, BOT) == typed


# --- posts ---------------------------------------------------------------------------------------


def _buttons(number: int, title: str = "Keuze {n}") -> list[dict[str, str]]:
    return [{"title": title.format(n=n), "payload": f"/choose{n}"} for n in range(number)]


def _valid(post: dict[str, Any]) -> dict[str, Any]:
    """Checked against the limits that Slack's own library knows."""
    assert len(post["blocks"]) <= 50
    for block in Block.parse_all(post["blocks"]):
        block.validate_json()
    ids = [
        e["action_id"] for b in post["blocks"] for e in b.get("elements", []) if "action_id" in e
    ]
    assert len(ids) == len(set(ids))
    return post


def _elements(post: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [b["elements"] for b in post["blocks"] if b["type"] == "actions"]


@pytest.mark.parametrize("number", [1, 5, 6, 8, 11, 25])
def test_buttons_stand_in_rows_of_five(number: int) -> None:
    rows = _elements(_valid(blocks.post({"text": "Kies", "buttons": _buttons(number)}, 7, None)))
    assert all(len(row) <= 5 for row in rows)
    assert [e["value"] for row in rows for e in row] == [f"/choose{n}" for n in range(number)]


@pytest.mark.parametrize(("number", "lists"), [(26, 1), (100, 1), (101, 2), (250, 3)])
def test_more_than_twenty_five_is_a_list_to_choose_from(number: int, lists: int) -> None:
    rows = _elements(_valid(blocks.post({"text": "Kies", "buttons": _buttons(number)}, 7, None)))
    assert len(rows) == lists and all(row[0]["type"] == "static_select" for row in rows)
    options = [option["value"] for row in rows for option in row[0]["options"]]
    assert options == [f"/choose{n}" for n in range(number)]


def test_many_choices_with_long_payloads_stay_buttons() -> None:
    long = [{**b, "payload": b["payload"] + "x" * 150} for b in _buttons(30)]
    rows = _elements(_valid(blocks.post({"text": "Kies", "buttons": long}, 7, None)))
    assert sum(len(row) for row in rows) == 30


def test_a_long_title_is_cut_on_the_button_and_whole_in_the_text() -> None:
    title = "Wij kiezen zelf wat we leren en de leiding helpt ons als er iets in de weg zit " * 2
    post = _valid(blocks.post({"text": "Kies", "buttons": _buttons(1, title)}, 7, None))
    assert len(_elements(post)[0][0]["text"]["text"]) == 75
    assert title in "".join(b["text"]["text"] for b in post["blocks"] if b["type"] == "section")


@given(st.text(max_size=12_000), st.integers(0, 40))
def test_any_text_fits(said: str, number: int) -> None:
    post = blocks.post({"text": said, "buttons": _buttons(number)}, 1, None)
    if post:
        _valid(post)
    parts = [b["text"]["text"] for b in post.get("blocks", []) if b["type"] == "section"]
    assert all(0 < len(part) <= 3_000 for part in parts)


def test_a_long_text_is_parted_between_lines_and_loses_nothing() -> None:
    said = "\n".join(f"Regel {n}: " + "&" * 100 for n in range(60))
    parts = [b["text"]["text"] for b in blocks.post({"text": said}, 1, None)["blocks"]]
    assert "\n".join(parts) == mrkdwn.write(said)


def test_a_picture_has_words_for_who_cannot_see_it() -> None:
    post = _valid(blocks.post({}, 1, blocks.image("https://pad.nl/p.png", "De plek " * 500)))
    [image] = post["blocks"]
    assert 0 < len(image["alt_text"]) <= 2_000
    assert post["text"].startswith("De plek")


def test_a_message_without_anything_to_show_is_no_post() -> None:
    assert blocks.post({"custom": {"state": {}}}, 1, None) == {}


def test_a_button_says_to_which_line_it_belongs() -> None:
    [row] = blocks.choices(_buttons(1), 12)
    assert blocks.line_of(row["block_id"]) == 12


@pytest.mark.parametrize("block", [None, "", "b1", "{}", "[1]", '{"line": "x"}', 3, "[" * 99_999])
def test_a_block_id_of_somebody_else_is_no_line(block: Any) -> None:
    assert blocks.line_of(block) is None


def test_a_used_post_has_no_buttons_and_the_choice_in_it() -> None:
    post = blocks.used({"text": "Kies", "buttons": _buttons(3)}, "<Keuze> 1", None)
    _valid(post)
    assert not _elements(post)
    assert post["blocks"][-1]["elements"][0]["text"] == "Je koos: &lt;Keuze&gt; 1"


# --- what comes in -------------------------------------------------------------------------------


def test_an_id_of_slack_that_is_long_still_fits_the_inbox() -> None:
    event = {"user": "U1", "channel": "D1", "ts": "1" * 300, "channel_type": "im", "text": "x"}
    said = incoming.message(event, "T1")
    assert said is not None and len(said.id) <= 128


def test_a_link_button_says_nothing() -> None:
    action = {"type": "button", "action_id": "link:0", "text": {"text": "Lees meer"}, "url": "x"}
    body = {"actions": [action], "user": {"id": "U1"}}
    assert incoming.press(body, "T1") is None
