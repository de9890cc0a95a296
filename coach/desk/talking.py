"""What the desk needs of the running service to hold a talk; `bot.app` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from coach.store.turn import Waiting


class Talking(Protocol):
    def hold(self, message: Waiting) -> bool:
        """Hold the turn of a message that is in the inbox; False: it is kept, and goes before the next one."""
        ...

    def say(self, talk: str, id_: str, text: str, payload: str | None) -> bool:
        """What an adviser types, or a button that is on offer."""
        ...

    def show(self, talk: str, base: str, title: str, proof: str) -> str:
        """The form of a talk as a page; `base` is the address of the talk at the desk."""
        ...

    def fill(
        self, talk: str, given: Mapping[str, str], base: str, title: str, proof: str
    ) -> tuple[int, str]:
        """Take a form in: 303 and the part of the page that comes next, or a status and the page again."""
        ...

    def go_on(self, talk: str, id_: str) -> bool:
        """The place is right: say so in the talk, when that is what it waits for."""
        ...

    def erase(self, talk: str) -> None: ...
