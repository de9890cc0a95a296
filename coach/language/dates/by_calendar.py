"""Rules for dates on the calendar: 3 december, eind van de maand, begin Q1, na de kerst."""

from __future__ import annotations

import re
from datetime import date, timedelta

from coach.language.dates import days
from coach.language.dates.found import (
    COUNT,
    DAY_NAMES,
    HOURS,
    MONTH_NAMES,
    NEXT,
    NTH,
    PARTS,
    Found,
    month,
    one,
    safe,
)
from coach.language.dates.words import MONTHS, WEEKDAYS, day_number


def figures(text: str, today: date) -> Found | None:
    """2026-12-09, 07-01-2027, 3/12, 3.12."""
    iso = re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", text)
    if iso:
        return one(safe(int(iso[1]), int(iso[2]), int(iso[3])), iso)
    pattern = r"(?<![\d.,])(\d{1,2}) ?([-/.]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{2}))?(?![\d%]|[.,]\d| ?(?:uur|van de|mensen|keer))"
    for match in re.finditer(pattern, text):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0) if match[4] else None
        found = _in_future(int(match[1]), int(match[3]), today, year)
        named = re.search(r"\b(?:op|doe maar|voor|de|datum|wordt|naar) $", text[: match.start()])
        if found and (year or match[2] != "." or named or int(match[1]) > HOURS):
            return one(found, match)
    return None


def _in_future(day: int, month: int, today: date, year: int | None = None) -> date | None:
    """That day in the given year, else this year or, when it has passed, the next."""
    found = safe(year or today.year, month, day)
    if year is None and (found is None or found < today):
        return safe(today.year + 1, month, day)
    return found


def day_and_month(text: str, today: date) -> Found | None:
    """3 december, twee december 2026, de 3e van december, de derde januari, 4 van de volgende maand."""
    match = re.search(
        rf"\b({NTH}|{COUNT})\.?(?: van)?(?: de)? ({MONTH_NAMES}|{NEXT} maand|deze maand)\b(?: (\d{{4}}))?",
        text,
    )
    if not match:
        return None
    day = day_number(match[1])
    if not day or day > 31:
        return None
    if match[2] in MONTHS:
        year = int(match[3]) if match[3] else None
        return one(_in_future(day, MONTHS.index(match[2]) + 1, today, year), match)
    first = days.first_of_month(today, 0 if match[2].startswith("deze") else 1)
    return one(safe(first.year, first.month, day), match)


_OF_MONTH = rf"(?:van |in |v\. ?)?(?:de |deze )?(?:(?:{MONTH_NAMES})(?: (?:\d{{4}}|volgende? jaar))?|(?:{NEXT} |deze |lopende )?maand\b)"


def nth_of_month(text: str, today: date) -> Found | None:
    """De eerste maandag van december, de laatste vrijdag van de maand, de laatste week van januari."""
    match = re.search(rf"\b(laatste|{NTH}) ({DAY_NAMES}|werkdag|dag|week) ({_OF_MONTH})", text)
    if not match:
        return None
    nth = -1 if match[1] == "laatste" else day_number(match[1]) or 1
    for first in (month(match[3], today), days.first_of_month(month(match[3], today), 1)):
        found = _nth(first, match[2], nth)
        if found >= today:
            return one(found, match)
    return None


def _nth(first: date, unit: str, nth: int) -> date:
    last = days.last_of_month(first)
    if unit in WEEKDAYS:
        return days.nth_weekday(first, WEEKDAYS.index(unit), nth)
    if unit == "werkdag":
        return (
            days.workday_before(last + days.DAY)
            if nth < 0
            else days.workdays_ahead(first - days.DAY, nth)
        )
    if unit == "week":
        return days.monday(last) if nth < 0 else days.workday(first + timedelta(days=7 * (nth - 1)))
    return last if nth < 0 else first + timedelta(days=nth - 1)


def _part(part: str, first: date, last: date, middle: date, match: re.Match[str]) -> Found:
    """Begin: the first working day; half: the middle; eind: the last day."""
    day = {"begin": days.workday(first), "half": middle}.get(part, last)
    return Found(day, last if part == "eind" else day, match.start(), exact=part == "eind")


def part_of_month(text: str, today: date) -> Found | None:
    """Begin januari, half december, eind van de maand, januari begin."""
    match = re.search(rf"\b({PARTS}) ({_OF_MONTH})", text)
    if not match:
        return None
    first = month(match[2], today)
    found = _part(match[1], first, days.last_of_month(first), first.replace(day=15), match)
    if found.first < today and not re.search(MONTH_NAMES, match[2]):
        first = days.first_of_month(first, 1)
        return _part(match[1], first, days.last_of_month(first), first.replace(day=15), match)
    return found


def quarter(text: str, today: date) -> Found | None:
    """Begin Q1, eind van het tweede kwartaal, volgend kwartaal."""
    match = re.search(
        rf"\b(?:({PARTS}) )?(?:van )?(?:het |dit )?(?:q ?([1-4])\b|({NTH}) kwartaal|([1-4])e? kwartaal|(volgende|volgend|komende|dit)? ?kwartaal\b)",
        text,
    )
    if not match or not any(match.groups()):
        return None
    named = match[2] or match[4] or (str(day_number(match[3])) if match[3] else "")
    now = (today.month - 1) // 3 + 1
    quarter = int(named) if named else now + (match[5] in ("volgende", "volgend", "komende"))
    if quarter > 5:
        return None
    first = date(today.year + (quarter > 4), (quarter - 1) % 4 * 3 + 1, 1)
    last = days.last_of_month(days.first_of_month(first, 2))
    begun = today > first and (match[1] or "begin") == "begin"
    if last < today or (begun and named):
        first, last = first.replace(year=first.year + 1), last.replace(year=last.year + 1)
    middle = days.first_of_month(first, 1).replace(day=15)
    return _part(match[1] or "begin", first, last, middle, match)


def year(text: str, today: date) -> Found | None:
    """Begin volgend jaar, eind van het jaar, in het nieuwe jaar."""
    match = re.search(
        rf"\b(?:({PARTS}) )?(?:van |in )?(?:het |dit |'t )?(volgende jaar|volgend jaar|nieuwe jaar|komende jaar|jaar)\b",
        text,
    )
    if not match or (match[2] == "jaar" and match[1] not in ("eind",)):
        return None
    year = today.year + (match[2] != "jaar")
    return _part(match[1] or "begin", date(year, 1, 1), date(year, 12, 31), date(year, 7, 1), match)


def feast(text: str, today: date) -> Found | None:
    """Na de kerst, voor Pasen, de week na carnaval, de dag voor sinterklaas, tweede paasdag."""
    for pattern in days.FEASTS:
        match = re.search(rf"\b(?:{pattern})\b", text)
        if not match:
            continue
        first, last = days.feast(pattern, today)
        offset = re.search(
            rf"\b(week|weekend|dag|{DAY_NAMES}) (na|voor)(?: de| het)? $", text[: match.start()]
        )
        if re.search(r"\btussen $", text[: match.start()]):
            return one(days.workday_after(last), match)
        if not offset:
            if not re.search(r"\b(?:na|voor)(?: de| het)? $", text[: match.start()]):
                first = max(first, today)
            return Found(first, last, match.start())
        unit, side = offset[1], offset[2]
        if unit in WEEKDAYS:
            day = last + days.DAY if side == "na" else first - timedelta(days=7)
            day += timedelta(days=(WEEKDAYS.index(unit) - day.weekday()) % 7)
        elif unit == "dag":
            day = last + days.DAY if side == "na" else first - days.DAY
        else:
            day = days.monday(last if side == "na" else first)
            day += timedelta(days=7 if side == "na" else -7)
        return Found(day, day, offset.start())
    return None


def whole_month(text: str, today: date) -> Found | None:
    """Volgende maand; in december; deze maand nog."""
    match = re.search(rf"\b{NEXT} maand\b", text)
    if match:
        first = days.first_of_month(today, 1)
        return Found(days.workday(first), days.last_of_month(first), match.start())
    match = re.search(
        rf"\b(?:in|vanaf|sinds|tegen|pas in|loop van) ({MONTH_NAMES})\b|^({MONTH_NAMES})$", text
    )
    if match:
        first = month(match[0], today)
        first = first if first >= today.replace(day=1) else first.replace(year=first.year + 1)
        return Found(max(today, days.workday(first)), days.last_of_month(first), match.start())
    match = re.search(r"\bdeze maand(?: nog)?\b", text)
    last = days.last_of_month(today)
    return Found(last, last, match.start(), exact=True) if match else None
