"""Rules for dates counted from today: vrijdag, volgende week, over 14 dagen, week 50, de 15e."""

from __future__ import annotations

import re
from datetime import date, timedelta

from coach.language.dates import days
from coach.language.dates.found import (
    COUNT,
    DAY_NAMES,
    HOURS,
    NEXT,
    NTH,
    PARTS,
    Found,
    one,
    safe,
)
from coach.language.dates.words import WEEKDAYS, day_number, number

_AFTER_NEXT = (
    r"(?:(?:de )?week (?:na (?:de )?volgende(?: week)?|daarop|erop|daarna|erna)|overvolgende week)"
)
_UNITS = r"dagen|dag|werkdagen|werkdag|weken|week|maanden|maand|kwartaal|jaar|weekje|weekjes|dagje|dagjes|maandje"


def week_number(text: str, today: date) -> Found | None:
    """Week 50, dinsdag in week 50, eind week 2."""
    match = re.search(r"\bweek (\d{1,2})\b(?! (?:dagen|keer))", text)
    if not match or not 1 <= int(match[1]) <= 53:
        return None
    year = today.isocalendar().year + bool(re.search(r"volgende? jaar", text))
    try:
        start = date.fromisocalendar(year, int(match[1]), 1)
        if start < days.monday(today):
            start = date.fromisocalendar(year + 1, int(match[1]), 1)
    except ValueError:
        return None
    return _in_week(text, start, match)


def _in_week(text: str, start: date, match: re.Match[str]) -> Found:
    """The day of a week that is meant: a weekday that is named, else its beginning, middle or end."""
    weekday = re.search(rf"\b(?:{DAY_NAMES})\b", text)
    if weekday:
        day = start + timedelta(days=WEEKDAYS.index(weekday[0]))
        return Found(day, day, min(weekday.start(), match.start()))
    part = re.search(rf"\b({PARTS})(?: van| in)?(?: de| het)? $", text[: match.start()])
    if part:
        day = start + timedelta(days={"begin": 0, "half": 2, "eind": 4}[part[1]])
        return Found(day, day, part.start(), exact=part[1] == "eind")
    return Found(start, start + timedelta(days=6), match.start())


def named_week(text: str, today: date) -> Found | None:
    """Volgende week, dinsdag volgende week, de week daarop, over twee weken op vrijdag."""
    start = days.monday(today)
    second = re.search(rf"\b{_AFTER_NEXT}\b", text)
    if second:
        named_next = "volgende" in second[0] or re.search(r"\bvolgende week\b", text)
        return _in_week(text, start + timedelta(days=14 if named_next else 7), second)
    following = re.search(rf"\b{NEXT} week\b", text)
    if following:
        return _in_week(text, start + timedelta(days=7), following)
    ahead = re.search(rf"\bover ({COUNT}) weken(?: op)?(?: een)? (?={DAY_NAMES})", text)
    count = number(ahead[1]) if ahead else None
    if ahead and count:
        return _in_week(text, start + timedelta(days=7 * count), ahead)
    return None


def weekday(text: str, today: date) -> Found | None:
    """Vrijdag, komende vrijdag, woensdag over een week, donderdag de tiende, volgende vrijdag."""
    match = re.search(rf"\b({DAY_NAMES})\b", text)
    if not match:
        return None
    weekday = WEEKDAYS.index(match[1])
    of_month = day_of_month(text, today)
    if of_month and of_month.first.weekday() == weekday:
        return Found(of_month.first, of_month.first, match.start())
    day = today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    ahead = span(text, today)
    if ahead:
        at = (
            min(match.start(), ahead.at)
            if text[match.end() :].startswith(" over")
            else match.start()
        )
        return Found(day + (ahead.first - today), day + (ahead.first - today), at)
    if re.search(r"\bvolgende $", text[: match.start()]) and day <= days.monday(today) + timedelta(
        days=6
    ):
        day += timedelta(days=7)
    lead = re.search(r"\b(?:volgende|komende|deze|aanstaande) $", text[: match.start()])
    return Found(day, day, lead.start() if lead else match.start())


_ABOUT = r"(?:ongeveer |zo'n |een kleine |een goede |een dikke |krap |ruim |een |maximaal |hooguit |uiterlijk |nog )?"


def span(text: str, today: date) -> Found | None:
    """Over 14 dagen, binnen een week, met twee weken, over anderhalve week, na drie maanden."""
    half = re.search(
        r"\b(?:over|binnen|met|na) (?:een )?(anderhalve|halve?|half) (week|maand|jaar)\b", text
    )
    if half:
        length = {"week": 7, "maand": 30, "jaar": 182}[half[2]]
        times = 1.5 if half[1] == "anderhalve" else 0.5
        if half[2] == "jaar":
            return one(days.months_ahead(today, int(12 * times)), half)
        return one(today + timedelta(days=round(length * times)), half)
    hours = re.search(r"\b(?:over|binnen) (\d{2,3}) ?uur\b", text)
    if hours:
        return one(today + timedelta(days=round(int(hours[1]) / HOURS)), hours)
    match = re.search(
        rf"\b(?:over|binnen|met|na|t'?enden|na verloop van) {_ABOUT}(?:({COUNT}) )?({_UNITS})(?: of ({COUNT}))?\b",
        text,
    ) or re.search(rf"\b({COUNT}) ({_UNITS}) (?:vanaf nu|verder|later|na vandaag|na nu)()", text)
    if not match:
        return None
    count = number(match[3]) if match[3] else number(match[1]) if match[1] else 1
    return one(_ahead(today, count, match[2]), match, exact=True) if count else None


def _ahead(today: date, count: int, unit: str) -> date:
    if unit.startswith("werkdag"):
        return days.workdays_ahead(today, count)
    if unit.startswith("dag"):
        return today + timedelta(days=count)
    if unit.startswith("we"):
        return today + timedelta(days=7 * count)
    return days.months_ahead(today, count * {"k": 3, "j": 12}.get(unit[0], 1))


_NEAR = {
    r"overmorgen": 2,
    r"morgen": 1,
    r"vandaag|vanmiddag|vanavond|vanochtend|vannacht|vanmorgen|straks|zo meteen|zometeen|dalijk|dadelijk": 0,
}


def near(text: str, today: date) -> Found | None:
    """Vandaag, morgen over een week, overmorgen."""
    for words, ahead in _NEAR.items():
        match = re.search(rf"\b(?:{words})\b", text)
        if match:
            day = today + timedelta(days=ahead)
            further = span(text[match.end() :], day)
            return one(further.first if further else day, match)
    return None


def day_of_month(text: str, today: date) -> Found | None:
    """De 15e, op de 27ste, de tiende."""
    match = re.search(
        rf"\bden? ({NTH})\b(?! ?(?:keer|vraag|stap|optie|poging|groep|dag|week|werkdag|verdieping|ronde|plek|ploeg|bijeenkomst|les|kwartaal|{DAY_NAMES}))",
        text,
    )
    day = day_number(match[1]) if match else None
    if not match or not day or day > 31:
        return None
    for months in range(3):
        first = days.first_of_month(today, months)
        found = safe(first.year, first.month, day)
        if found and found >= today:
            return one(found, match)
    return None


def week(text: str, today: date) -> Found | None:
    """Na het weekend, dit weekend, deze week, eind van de week."""
    start = days.monday(today)
    weekend = re.search(rf"\b(?:({NEXT}) )?weekend\b", text)
    if weekend:
        saturday = start + timedelta(days=5)
        if weekend[1] == "volgende" and today.weekday() < 5:
            saturday += timedelta(days=7)
        return Found(saturday, saturday + days.DAY, weekend.start())
    match = re.search(rf"\b(?:({PARTS}) (?:van |v\. ?)?)?(?:deze|de) week\b", text)
    if not match or not (
        match[1] or "deze" in match[0] or re.search(r"\b(?:van|in|nog) de week", text)
    ):
        return None
    day = start + timedelta(days={"begin": 0, "half": 2}.get(match[1] or "", 4))
    if day < today:
        day += timedelta(days=7)
    return Found(day, day, match.start(), exact=True)
