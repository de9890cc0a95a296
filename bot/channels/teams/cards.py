"""Turns a message of the bot into what Teams shows: plain text, or an Adaptive Card with buttons or a picture.

Text in a card is made of text runs, which know no markup: words that a user typed come back as typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

VERSION = "1.5"
CARD = "application/vnd.microsoft.card.adaptive"
MOST_BUTTONS = 6
SHORT_ROW = 40
"""Characters of labels that fit side by side on a telephone; more get a row each, or Teams would cut them off."""
SUMMARY = 200

Json = dict[str, Any]
Alt = Callable[[str], str]


@cache
def texts() -> dict[str, str]:
    """What the door itself says, in Dutch."""
    file = Path(__file__).with_name("texts.yml")
    found: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def activity(message: Mapping[str, Any], alt: Alt) -> Json | None:
    """The activity to post, or None when there is nothing to show, such as a state for machines."""
    text, file = str(message.get("text") or ""), _file(message)
    buttons, image = message.get("buttons") or [], message.get("image")
    if not (buttons or image or file):
        return {"type": "message", "text": text, "textFormat": "plain"} if text.strip() else None
    body = [*_lines(text)]
    if image:
        body.append({"type": "Image", "url": image, "altText": alt(image), "size": "stretch"})
    actions = _choices(body, buttons)
    if file:
        actions.append({"type": "Action.OpenUrl", "title": file[0], "url": file[1]})
    return _posted(text, body, actions)


def in_words(message: Mapping[str, Any]) -> Json:
    """The same message without a card, for when Teams will not have the card: labels can also be typed."""
    lines = [str(message.get("text") or "")]
    lines += [f"- {button['title']}" for button in message.get("buttons") or []]
    if file := _file(message):
        lines.append(f"{file[0]}: {file[1]}")
    if message.get("image"):
        lines.append(str(message["image"]))
    return {"type": "message", "text": "\n".join(filter(None, lines)), "textFormat": "plain"}


def _posted(text: str, body: Sequence[Json], actions: Sequence[Json]) -> Json:
    card: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "lang": "nl",
        "body": list(body),
    }
    if actions:
        card["actions"] = list(actions)
    posted: Json = {
        "type": "message",
        "attachments": [{"contentType": CARD, "content": card}],
    }
    if text.strip():
        posted["summary"] = text.strip()[:SUMMARY]  # shown in the notification
    return posted


def _lines(text: str) -> Iterator[Json]:
    """Each line a block of its own: a text run keeps no line ends."""
    spacing = "default"
    for line in text.splitlines():
        if not line.strip():
            spacing = "medium"
            continue
        run = {"type": "TextRun", "text": line}
        yield {"type": "RichTextBlock", "spacing": spacing, "inlines": [run]}
        spacing = "small"


def _choices(body: list[Json], buttons: Sequence[Mapping[str, str]]) -> list[Json]:
    """Puts the buttons into the card: in one row, in a row each, or as a list to choose from."""
    if len(buttons) > MOST_BUTTONS:
        body.append(_list(buttons))
        return [{"type": "Action.Submit", "title": texts()["choose"]}]
    made = [_button(button["title"], button["payload"]) for button in buttons]
    if sum(len(button["title"]) for button in buttons) <= SHORT_ROW:
        return made
    body += [{"type": "ActionSet", "actions": [button]} for button in made]
    return []


def _button(title: str, payload: str) -> Json:
    """Its label shows in the chat as the user's own words, and comes back as the text of the message."""
    value = {"payload": payload, "label": title}
    back = {"type": "messageBack", "displayText": title, "text": title, "value": value}
    return {"type": "Action.Submit", "title": title, "data": {"msteams": back}}


def _list(buttons: Sequence[Mapping[str, str]]) -> Json:
    """A choice carries its label with it: Teams sends only the value back."""
    return {
        "type": "Input.ChoiceSet",
        "id": "choice",
        "style": "expanded",
        "wrap": True,
        "isRequired": True,
        "label": texts()["choices"],
        "errorMessage": texts()["no_choice"],
        "choices": [
            {
                "title": button["title"],
                "value": json.dumps({"payload": button["payload"], "label": button["title"]}),
            }
            for button in buttons
        ],
    }


def _file(message: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name and address of a file that goes with the message."""
    custom = message.get("custom")
    given = message.get("attachment") or (custom.get("file") if isinstance(custom, dict) else None)
    if isinstance(given, str):
        return texts()["file"], given
    if isinstance(given, dict) and isinstance(given.get("url"), str):
        return str(given.get("name") or texts()["file"]), given["url"]
    return None
