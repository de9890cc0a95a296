"""What a browser sends of the form, as a sheet; a value that the page does not offer counts as not filled in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.channels.guard import Refused, check_text
from bot.channels.http import read_body
from coach.domain.answers import LEVELS, Role, Subject
from coach.domain.path import Ring
from coach.usecases.choices import NO, YES
from coach.usecases.form import UNKNOWN, Field, Sheet

MOST_BYTES = 96_000
"""Of the body: ten texts of 500 characters, of which each can take twelve bytes, and what is around them."""
MOST_FIELDS = 64
LEVEL, WORDS = "niveau-", "tekst-"
KIND = "application/x-www-form-urlencoded"
CHOICES = (UNKNOWN, *map(str, LEVELS))

Given = Mapping[str, str]
E = TypeVar("E", bound=StrEnum)


async def read(request: Request) -> Given:
    """The fields of a form; its size is refused before it is parsed."""
    body = await read_body(request, KIND, "bad_message", MOST_BYTES)
    try:
        pairs = parse_qsl(body.decode(), True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(400, "bad_message") from None
    return {name: check_text(value) for name, value in pairs}


def sheet(given: Given) -> Sheet:
    names = {name.removeprefix(p) for name in given for p in (LEVEL, WORDS) if name.startswith(p)}
    consent = given.get("consent")
    return Sheet(
        given.get("version", ""),
        _one_of(Role, given.get("role")),
        _one_of(Subject, given.get("subject")),
        consent == YES if consent in (YES, NO) else None,
        _one_of(Ring, given.get("ring")),
        {name: _field(given, name) for name in sorted(names)},
    )


def _field(given: Given, name: str) -> Field:
    level = given.get(LEVEL + name, "")
    # a browser sends a line break as two characters
    words = given.get(WORDS + name, "").replace("\r\n", "\n").strip()
    return Field(level if level in CHOICES else "", words)


def _one_of(kind: type[E], value: str | None) -> E | None:
    return next((choice for choice in kind if choice.value == value), None)
