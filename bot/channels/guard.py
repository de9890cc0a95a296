"""What every channel checks before a message is taken in. A refusal is a code; its sentence stands in `refusals.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MOST_CHARACTERS = 4_000
MOST_BYTES = 16_000
MOST_ID = 128


class Refused(Exception):
    """A message that is not taken in: an HTTP status and the code of a Dutch sentence."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code

    def sentence(self) -> str:
        return _sentences()[self.code]


@dataclass(frozen=True)
class Message:
    sender: str
    id: str
    text: str
    payload: str | None = None


@cache
def _sentences() -> dict[str, str]:
    file = Path(__file__).with_name("refusals.yml")
    sentences: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return sentences


def check_id(value: Any) -> str:
    """An id of a sender or message: a short string that every database can hold."""
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_ID:
        raise Refused(400, "bad_id")
    if not _storable(value):
        raise Refused(400, "bad_id")
    return value


def check_text(value: Any) -> str:
    """A text as typed; odd but honest text is kept exactly."""
    if not isinstance(value, str):
        raise Refused(400, "bad_message")
    if len(value) > MOST_CHARACTERS:
        raise Refused(413, "too_long")
    if not _storable(value):
        raise Refused(400, "bad_message")
    return value


def _storable(value: str) -> bool:
    """PostgreSQL cannot hold a NUL, and a lone surrogate is no character."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
