"""What a talk of the fake server is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
Json = dict[str, Any]


def bot(
    text: str = "",
    *buttons: str,
    image: str | None = None,
    alt: str | None = None,
    file: Json | None = None,
    turn: int | None = None,
) -> Message:
    mark = "" if turn is None else f"{turn}:"
    choices = [{"title": title, "payload": f"{mark}/choose:{title}"} for title in buttons]
    return {
        "from": "bot",
        "text": text,
        "buttons": choices,
        "image": image,
        "alt": alt,
        "file": file,
    }


def user(text: str) -> Message:
    return {"from": "user", "text": text, "buttons": [], "image": None, "alt": None}


GREETING = (
    bot(
        "Hallo, ik ben Padwijzer. Ik ben een computer en ik denk met je mee over leren op het werk."
    ),
    bot("Wat is jouw rol?", "Medewerker", "Leidinggevende", "Leeradviseur"),
)


@dataclass
class Talk:
    messages: list[Message] = field(default_factory=list)
    handled: dict[str, list[Message]] = field(default_factory=dict)
    working: bool = False

    def add(self, *new: Message) -> list[Message]:
        numbered = [
            {**message, "n": len(self.messages) + at} for at, message in enumerate(new, start=1)
        ]
        self.messages += numbered
        return numbered
