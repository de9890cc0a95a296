"""Somebody at a door of the service: what is said there, and what is read."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from served import until
from sqlalchemy import select, union_all
from talking import Store

from coach.store.tables import inbox, outbox

WAITING = union_all(
    select(inbox.c.id).where(inbox.c.status == "new"),
    select(outbox.c.id).where(outbox.c.sent.is_(False)),
).limit(1)


@dataclass(frozen=True)
class Read:
    """One message of the bot as it is read, without the markup of the place where it stands."""

    words: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    picture: bool = False
    alt: str | None = None
    """None where the platform shows none: REST is for scripts."""


def lines(text: str) -> tuple[str, ...]:
    """What is read line by line; empty lines, the sign of a list and that of a file differ by platform."""
    plain = (line.strip().removeprefix("Bestand: ") for line in text.splitlines())
    shown = (re.sub(r"^[-•*]\s+", "- ", line) for line in plain)
    return tuple(line for line in shown if line)


class Visitor(ABC):
    """One person at one door."""

    channel: str

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name = store, name

    @abstractmethod
    async def send(self, text: Any, message_id: str | None = None) -> int:
        """Send whatever it is, and wait for no answer; returns a status as HTTP has them."""

    @abstractmethod
    async def press(self, value: str) -> None:
        """Use the button that carries a value, on the newest message that has any."""

    @abstractmethod
    async def press_old(self, value: str) -> None:
        """Use the button that carried a value when it was offered first: an old tab, or a message far up."""

    @abstractmethod
    def read(self) -> list[Read]:
        """All that the bot said."""

    @abstractmethod
    def told(self) -> list[str]:
        """The sentences of refusals that this person got to read."""

    async def say(self, text: str) -> None:
        status = await self.send(text)
        assert status == 200, status
        await self.settled()

    async def settled(self) -> None:
        """Everything was answered, and the answers were given to the platform."""

        def done() -> bool:
            # counted there, not fetched: this asks a hundred times a second
            with self.store.database.begin() as db:
                return not db.execute(WAITING).first()

        await until(done)
