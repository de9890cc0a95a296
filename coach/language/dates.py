"""Dutch dates in a promise: 'volgende week vrijdag', 'over 14 dagen', '3 december'.

Weekdays and weeks are read here, in the way people mean them; what is left is for `dateparser`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_NUMBERS = {"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "paar": 2}
_DAYS = {
    "vandaag": 0,
    "vanmiddag": 0,
    "vanavond": 0,
    "morgen": 1,
    "morgenochtend": 1,
    "overmorgen": 2,
}
_UNITS = {"dag": 1, "dagen": 1, "week": 7, "weken": 7, "maand": 30, "maanden": 30}


class DutchDates:
    """Reads the first date that a text promises; None when it names none."""

    def read(self, text: str, today: date) -> date | None:
        plain = text.lower()
        for rule in (self._weekday, self._after, self._day, self._week):
            found = rule(plain, today)
            if found:
                return found
        return self._parsed(plain, today)

    @staticmethod
    def _weekday(text: str, today: date) -> date | None:
        match = re.search(rf"\b({'|'.join(WEEKDAYS)})\b", text)
        if not match:
            return None
        weekday = WEEKDAYS.index(match[1])
        if re.search(r"volgende week|komende week|week (?:erop|daarna)", text):
            monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
            return monday + timedelta(days=weekday)
        ahead = (weekday - today.weekday()) % 7 or 7
        return today + timedelta(days=ahead)

    @staticmethod
    def _after(text: str, today: date) -> date | None:
        match = re.search(
            r"\b(?:over|binnen)\s+(?:een\s+)?(\w+)\s*(dagen|dag|weken|week|maanden|maand)?\b", text
        )
        if not match:
            return None
        if match[1] in _UNITS:
            return today + timedelta(days=_UNITS[match[1]])
        count = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1])
        return today + timedelta(days=count * _UNITS[match[2]]) if count and match[2] else None

    @staticmethod
    def _day(text: str, today: date) -> date | None:
        for word, ahead in _DAYS.items():
            if re.search(rf"\b{word}\b", text):
                return today + timedelta(days=ahead)
        return None

    @staticmethod
    def _week(text: str, today: date) -> date | None:
        monday = today - timedelta(days=today.weekday())
        if re.search(r"\b(?:volgende|komende) week\b|\bna het weekend\b", text):
            return monday + timedelta(days=7)
        if re.search(r"\b(?:deze|van de) week\b|\bna vandaag\b", text):
            return max(today, monday + timedelta(days=4))
        if "volgende maand" in text:
            return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return None

    @staticmethod
    def _parsed(text: str, today: date) -> date | None:
        from dateparser.search import (
            search_dates,
        )  # slow to import: only when the rules found nothing

        if not re.search(
            r"\d|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
            text,
        ):
            return None
        found = search_dates(
            text,
            languages=["nl"],
            settings={
                "PREFER_DATES_FROM": "future",
                "RELATIVE_BASE": datetime(today.year, today.month, today.day),
                "REQUIRE_PARTS": ["day", "month"],
            },
        )
        dates = [moment.date() for _, moment in found or [] if moment.date() >= today]
        return dates[0] if dates else None
