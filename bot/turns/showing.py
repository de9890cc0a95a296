"""What is stored of a talk, in the words in which it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from coach.domain.code import revealed
from coach.store.codes import code_of
from coach.store.turn import Line, Stored, Talk


@dataclass(frozen=True)
class Reply:
    """A stored message to show, with its id in the outbox and its line in the talk."""

    id: int
    line: int
    message: Mapping[str, Any]


class Answer(NamedTuple):
    """The replies to a message, how its talk then stands, and all of its replies that were not shown yet."""

    replies: list[Reply]
    talk: Talk
    unsent: list[Reply]


class Showing:
    """A personal code is kept nowhere: it is worked out here, with the secret of the service."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def replies(self, talk: str, stored: Iterable[Stored]) -> list[Reply]:
        return [Reply(id_, line, self._message(talk, message)) for id_, line, message in stored]

    def line(self, talk: str, line: Line) -> Line:
        return line if line.by_user else replace(line, text=self._words(talk, line.text))

    def _message(self, talk: str, message: Mapping[str, Any]) -> Mapping[str, Any]:
        if "text" not in message:
            return message
        return {**message, "text": self._words(talk, message["text"])}

    def _words(self, talk: str, text: str) -> str:
        return revealed(text, lambda nonce: code_of(self._secret, talk, nonce))
