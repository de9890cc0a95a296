"""What a rule finds, and the words that several rules look for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from coach.language.dates import days
from coach.language.dates.words import MONTHS, NUMBERS, ORDINALS, WEEKDAYS

DAY_NAMES = "|".join(WEEKDAYS)
MONTH_NAMES = "|".join(MONTHS)
COUNT = rf"\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}"
ORDINAL = "|".join(f"{word}n?" for word in sorted(ORDINALS, key=len, reverse=True))
NTH = rf"\d{{1,2}}(?:en?|den?|sten?)|{ORDINAL}"
NEXT = r"(?:volgende|komende)"
HOURS = 24
PARTS = r"begin|half|eind"


@dataclass(frozen=True)
class Found:
    """A stretch of days (often one), where its words begin, and whether 'voor' is already in it."""

    first: date
    last: date
    at: int
    exact: bool = False


Rule = Callable[[str, date], Found | None]


def one(day: date | None, match: re.Match[str], *, exact: bool = False) -> Found | None:
    return Found(day, day, match.start(), exact) if day else None


def safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month(words: str, today: date) -> date:
    """The first day of a month that is named: 'december', 'volgende maand', 'de maand'."""
    name = next((m for m in MONTHS if m in words), None)
    if name:
        found = date(today.year, MONTHS.index(name) + 1, 1)
        year = re.search(r"\d{4}|volgende? jaar", words)
        if year:
            return found.replace(year=int(year[0]) if year[0].isdigit() else today.year + 1)
        return found if days.last_of_month(found) >= today else found.replace(year=today.year + 1)
    return days.first_of_month(today, 1 if re.search(NEXT, words) else 0)
