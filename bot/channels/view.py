"""A talk as pages show it, and a message as pages send it: the same over HTTP and over a socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.channels import guard, state
from bot.channels.guard import Refused
from bot.channels.pictures import Pictures, local
from bot.turns.worker import Turns
from coach.store.turn import Line, Talk


class View:
    def __init__(self, turns: Turns, pictures: Pictures) -> None:
        self._turns, self._pictures = turns, pictures

    async def since(self, sender: str, after: int) -> dict[str, Any]:
        """The messages of a sender's talk behind line `after`, and its state."""
        return (await self.look(sender, after))[1]

    async def look(self, sender: str, after: int) -> tuple[Talk | None, dict[str, Any]]:
        """The same with the talk, which is None when there is none yet."""
        talk, lines = await self._turns.page("web", sender, after)
        if talk is None:
            return None, {"messages": [], "state": standing({})}
        state = {**standing(talk.state), "back": self._back(talk)}
        return talk, {"messages": [self.shown(line) for line in lines], "state": state}

    def _back(self, talk: Talk) -> str | None:
        """After a long while: the id of the greeting that a page sends, the same for all tabs, so that one counts."""
        return f"back:{talk.seq}" if talk.state and self._turns.answering.is_away(talk) else None

    def shown(self, line: Line) -> dict[str, Any]:
        image, file = line.message.get("image"), line.message.get("attachment")
        shown = {
            "n": line.n,
            "from": "user" if line.by_user else "bot",
            "text": line.text,
            "buttons": line.message.get("buttons", []),
            "image": local(image) if image else None,
            "alt": self._pictures.describe(image) if image else None,
            "more": None,
        }
        return shown | ({"file": _local(file)} if isinstance(file, Mapping) else {})


def _local(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file with its address as a path of this server, whatever name a browser knows that by."""
    return {**file, "url": urlsplit(str(file["url"])).path}


def standing(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a talk with its progress."""
    return {**state.report(kept), "progress": state.progress(kept) if kept else None}


def read_message(sender: str, data: Mapping[str, Any]) -> guard.Message:
    """`{"id", "text", "payload"?}` as a message of this sender; Refused when it is something else."""
    text = guard.check_text(data.get("text", ""))
    payload = data.get("payload")
    if payload is not None:
        payload = guard.check_text(payload)
    elif not text.strip():
        raise Refused(400, "empty")
    return guard.Message(sender, guard.check_id(data.get("id")), text, payload)
