"""Buttons on offer: each payload carries the turn that offered it, so that an old one never answers a later question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALWAYS_OFFERED = {"/greet": "", "/restart": ""}
"""What a page may send without a button of the bot: begin, and ask to begin again."""

MARKED = re.compile(r"([0-9]{1,9}):(/.*)", re.DOTALL)


@dataclass(frozen=True)
class Use:
    """What a message does with buttons: `command` is the payload of one on offer, `old` is one of an earlier question."""

    command: str | None = None
    old: bool = False


def mark(reply: Mapping[str, Any], turn: int) -> dict[str, Any]:
    """A reply whose buttons carry the number of the turn that offers them."""
    if not reply.get("buttons"):
        return dict(reply)
    buttons = [
        {**b, "payload": f"{turn}:{b['payload']}"} if "payload" in b else b
        for b in reply["buttons"]
    ]
    return {**reply, "buttons": buttons}


def bare(payload: str) -> str:
    """A payload as Rasa knows it, without its mark."""
    found = MARKED.fullmatch(payload)
    return found[2] if found else payload


def use(
    text: str, payload: str | None, offered: Mapping[str, str], turn: int, *, scripted: bool = False
) -> Use:
    """Which button was used, or whose label was typed; `turn` is the number of the last turn.

    A script may send a payload as its text, and may leave the mark out: then it must be on offer now.
    What a person types is no payload, however much it looks like one.
    """
    if payload is None and not scripted:
        return _label(text, offered)
    sent = payload if payload is not None else text
    if sent in offered:
        return Use(bare(sent))
    if payload in ALWAYS_OFFERED:
        return Use(payload)
    found = MARKED.fullmatch(sent)
    if found:
        return Use(old=payload is not None or int(found[1]) <= turn)
    unmarked = next((p for p in offered if bare(p) == sent), None)
    if unmarked and (payload is None or not text.strip() or offered[unmarked] == text):
        return Use(sent)
    if payload is not None:
        return Use(old=True)
    return _label(text, offered)


def _label(text: str, offered: Mapping[str, str]) -> Use:
    """The button whose label was typed."""
    typed = text.strip().casefold()
    return Use(next((bare(p) for p, title in offered.items() if title.casefold() == typed), None))
