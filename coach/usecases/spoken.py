"""Words and dates as people say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from coach.domain.content import Content

MIRRORED = 90
"""Characters of the user's own words that are said back."""


def mirror(words: str) -> str:
    """The user's own words, short enough to say back."""
    flat = " ".join(words.split()).rstrip(".!")
    return flat if len(flat) <= MIRRORED else flat[:MIRRORED].rsplit(" ", 1)[0] + " …"


def spoken(on: date | None, content: Content) -> str:
    """A date as people say it: 'vrijdag 4 december'; empty without one."""
    if on is None:
        return ""
    days, months = content.words["calendar"]["days"], content.words["calendar"]["months"]
    return f"{days[on.weekday()]} {on.day} {months[on.month - 1]}"


def spoken_date(on: date, content: Content) -> str:
    """A date on paper: '4 december 2026'."""
    return f"{on.day} {content.words['calendar']['months'][on.month - 1]} {on.year}"


def lines(texts: Iterable[str]) -> str:
    """Texts as a list, one a line."""
    return "\n".join(f"- {text}" for text in texts)
