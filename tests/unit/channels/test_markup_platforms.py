"""Markup in somebody's words stays words in Slack and in Teams: said back, on a button, and in a list."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hostile_corpus import markup

from bot.channels.slack import blocks, mrkdwn
from bot.channels.teams import cards

OWN_LINK = re.compile(r"(?:https?://|mailto:|tel:)")
RUNS = {"RichTextBlock", "TextRun", "ActionSet", "Action.Submit", "AdaptiveCard", "Input.ChoiceSet",
        "message", "messageBack", "Action.OpenUrl", "Image"}  # fmt: skip
"""What knows no markup; a `TextBlock` would read Markdown."""


def test_there_are_enough() -> None:
    assert len(set(markup())) >= 65


def _parts(found: Any) -> list[dict[str, Any]]:
    """Every object of a message, also those within another."""
    if isinstance(found, dict):
        return [found, *(part for value in found.values() for part in _parts(value))]
    return [part for value in found for part in _parts(value)] if isinstance(found, list) else []


@pytest.mark.parametrize("words", markup(), ids=ascii)
def test_in_slack_it_calls_nobody_and_links_only_to_what_it_shows(words: str) -> None:
    said = mrkdwn.write(words)
    marks = re.findall(r"<([^<>]*)>", said)
    assert all(OWN_LINK.match(mark) for mark in marks), marks
    assert said.count("<") == said.count(">") == len(marks)
    assert "javascript:" not in "".join(marks) and "data:" not in "".join(marks)


@pytest.mark.parametrize("words", markup(), ids=ascii)
def test_in_slack_a_label_is_plain_text(words: str) -> None:
    posted = blocks.post({"text": "Kies", "buttons": [{"title": words, "payload": "/x"}]}, 1, None)
    texts = [part for part in _parts(posted) if part.get("type") in ("plain_text", "mrkdwn")]
    assert any(part["type"] == "plain_text" for part in texts)
    for part in texts:
        if part["type"] == "mrkdwn":
            assert not re.search(r"<[!@#]", part["text"])


@pytest.mark.parametrize("words", markup(), ids=ascii)
def test_in_teams_it_is_a_run_of_text_exactly_as_typed(words: str) -> None:
    button = [{"title": words, "payload": "/x"}]
    plain = cards.activity({"text": words}, str)
    assert plain is None or (plain["textFormat"], plain["text"]) == ("plain", words)
    card = cards.activity({"text": words, "buttons": button}, str)
    assert card is not None
    parts = _parts(card)
    assert {part["type"] for part in parts if "type" in part} <= RUNS
    runs = [part["text"] for part in parts if part.get("type") == "TextRun"]
    assert "".join("".join(runs).split()) == "".join(words.split())
    assert json.dumps(words) in json.dumps(card), "the label is whole"
