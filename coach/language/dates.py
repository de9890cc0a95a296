"""Dutch dates in a promise: 'volgende week vrijdag', 'over 14 dagen', 'na de kerst', 'de 15e'.

Days, weeks and parts of a month are read here, in the way people mean them; what is left is for `dateparser`.
A date that someone does not mean ('vrijdag lukt niet, doe maar woensdag') is crossed out first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
_UNITS = {"dag": 1, "dagen": 1, "week": 7, "weken": 7, "maand": 30, "maanden": 30}
_COUNTS = (
    "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
    "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
    "twintig",
)  # fmt: skip
_ORDINALS = (
    "nulde", "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste",
    "negende", "tiende", "elfde", "twaalfde", "dertiende", "veertiende", "vijftiende",
)  # fmt: skip
_DAY = rf"\b({'|'.join(WEEKDAYS)})(?:ochtend|middag|avond)?\b"
_MONTH = rf"({'|'.join(MONTHS)})"
_NOT_MEANT = (
    rf"niet (?:{'|'.join(WEEKDAYS)}|morgen|vandaag)",
    rf"(?:{'|'.join(WEEKDAYS)}|morgen) (?:lukt|kan|gaat)(?: me| mij| ons)? niet",
)
_NEXT_WEEK = r"\b(?:volgende?|komende) week\b|\bweek (?:erop|daarna)\b"


class DutchDates:
    """Reads the date that a text promises; None when it names none."""

    def read(self, text: str, today: date) -> date | None:
        plain = re.sub("|".join(_NOT_MEANT), " ", text.lower())
        rules: tuple[Callable[[str, date], date | None], ...] = (
            _numeric, _in_month, _part_of_month, _holiday, _week_number, _weekday, _after, _near,
            _day_of_month, _week, _parsed,
        )  # fmt: skip
        return next((found for rule in rules if (found := rule(plain, today))), None)


def _numeric(text: str, today: date) -> date | None:
    """3-12, 07-01-2027, 3/12."""
    match = re.search(r"\b(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}|\d{2}))?\b", text)
    if not match:
        return None
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0) if match[3] else None
    return _date(int(match[1]), int(match[2]), today, year)


def _in_month(text: str, today: date) -> date | None:
    """3 december, twee december, de eerste maandag van december."""
    first = re.search(rf"eerste ({'|'.join(WEEKDAYS)}) (?:van|in) {_MONTH}", text)
    if first:
        start = _date(1, MONTHS.index(first[2]) + 1, today)
        return start and start + timedelta((WEEKDAYS.index(first[1]) - start.weekday()) % 7)
    match = re.search(rf"\b(\d{{1,2}}|{'|'.join(_COUNTS[1:])})(?:e|ste|de)? {_MONTH}", text)
    return _date(_count(match[1]) or 0, MONTHS.index(match[2]) + 1, today) if match else None


def _part_of_month(text: str, today: date) -> date | None:
    """begin januari, halverwege december, eind van de maand."""
    match = re.search(
        rf"\b(begin|halverwege|half|midden|medio|eind|einde)(?: van)? (?:{_MONTH}|(?:de(?:ze)?) maand)",
        text,
    )
    if not match:
        return None
    month = MONTHS.index(match[2]) + 1 if match[2] else today.month
    start = _date(1, month, today.replace(day=1))
    if start is None:
        return None
    if match[1] == "begin":
        return _workday(start + timedelta(days=1) if start.month == 1 else start)
    if match[1] in ("eind", "einde"):
        return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return start.replace(day=15)


def _holiday(text: str, today: date) -> date | None:
    """na de kerst, na de kerstvakantie, na sinterklaas, na nieuwjaar: the first working day after."""
    if not re.search(r"\bna\b", text):
        return None
    for word, (month, day) in {
        "kerstvakantie": (1, 3), "nieuwjaar": (1, 2), "oud en nieuw": (1, 2), "kerst": (12, 27),
        "sinterklaas": (12, 6), "koningsdag": (4, 28), "zomervakantie": (9, 1),
    }.items():  # fmt: skip
        if word in text:
            found = _date(day, month, today)
            return found and _workday(found)
    return None


def _week_number(text: str, today: date) -> date | None:
    match = re.search(r"\b(?:week|wk) ?(\d{1,2})\b", text)
    if not match or not 1 <= int(match[1]) <= 52:
        return None
    monday = date.fromisocalendar(today.isocalendar().year, int(match[1]), 1)
    if monday < today - timedelta(days=today.weekday()):
        monday = date.fromisocalendar(today.isocalendar().year + 1, int(match[1]), 1)
    return monday


def _weekday(text: str, today: date) -> date | None:
    """vrijdag, volgende week vrijdag, woensdag over een week, donderdag de tiende."""
    match = re.search(_DAY, text)
    if not match:
        return None
    weekday = WEEKDAYS.index(match[1])
    of_month = _day_of_month(text, today)
    if of_month and of_month.weekday() == weekday:
        return of_month
    if re.search(_NEXT_WEEK, text):
        return _monday(today) + timedelta(days=7 + weekday)
    found = today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    return found + timedelta(days=_ahead(text) or 0)


def _after(text: str, today: date) -> date | None:
    """over 14 dagen, binnen een week, met twee weken, over tien werkdagen, morgen over een week."""
    match = re.search(r"\b(?:over|binnen) (\w+) werkdagen\b", text)
    if match and _count(match[1]):
        weeks, days = divmod(_count(match[1]) or 0, 5)
        return today + timedelta(days=7 * weeks + days)
    ahead = _ahead(text)
    return today + timedelta(days=ahead + ("morgen over" in text)) if ahead else None


def _ahead(text: str) -> int | None:
    match = re.search(
        r"\b(?:over|binnen|met) (?:een )?(?:(\w+) )?(dagen|dag|weken|week|maanden|maand)\b", text
    )
    if not match:
        return None
    count = _count(match[1]) if match[1] else 1
    return count * _UNITS[match[2]] if count else None


def _near(text: str, today: date) -> date | None:
    days = {r"overmorgen": 2, r"m[oö]rgen\w*": 1, r"vandaag|vanmiddag|vanavond|straks|zo meteen": 0}
    return next(
        (
            today + timedelta(days=n)
            for word, n in days.items()
            if re.search(rf"\b(?:{word})\b", text)
        ),
        None,
    )


def _day_of_month(text: str, today: date) -> date | None:
    """de 15e, op de 27ste, de tiende."""
    match = re.search(rf"\bde (?:(\d{{1,2}})(?:e|ste|de)|({'|'.join(_ORDINALS[3:])}))\b", text)
    if not match:
        return None
    day = int(match[1]) if match[1] else _ORDINALS.index(match[2])
    this_month = _safe(today.year, today.month, day)
    if this_month and this_month >= today:
        return this_month
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _safe(following.year, following.month, day)


def _week(text: str, today: date) -> date | None:
    monday = _monday(today)
    if re.search(_NEXT_WEEK + r"|\bna het weekend\b", text):
        later = (
            4
            if re.search(r"\beind", text)
            else 2
            if re.search(r"\b(?:midden|halverwege)", text)
            else 0
        )
        return monday + timedelta(days=7 + later)
    if re.search(r"\b(?:deze|van de|eind van de) week\b|\bvoor het weekend\b", text):
        return monday + timedelta(days=4 if today.weekday() <= 4 else 7)
    if re.search(r"\bvolgende maand\b", text):
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def _parsed(text: str, today: date) -> date | None:
    if not re.search(rf"\d.*{_MONTH[1:-1]}|\d{{4}}", text):
        return None
    from dateparser.search import search_dates  # slow to import: only when the rules found nothing

    found = search_dates(
        text,
        languages=["nl"],
        settings={
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "DMY",
            "RELATIVE_BASE": datetime(today.year, today.month, today.day),
            "REQUIRE_PARTS": ["day", "month"],
        },
    )
    return next((m.date() for _, m in found or [] if m.date() >= today), None)


def _count(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    word = word.replace("é", "e")
    return 2 if word == "paar" else _COUNTS.index(word) if word in _COUNTS[1:] else None


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _workday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _date(day: int, month: int, today: date, year: int | None = None) -> date | None:
    """That day in the given year, else in this year or, when it has passed, the next."""
    found = _safe(year or today.year, month, day)
    if found and year is None and found < today:
        return _safe(today.year + 1, month, day)
    return found


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
