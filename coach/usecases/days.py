"""Days that are offered as buttons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def offered_day(offered: Mapping[str, tuple[str, ...]], choice: str, base: date) -> date | None:
    """The day that a button stands for, counted from `base`; None when the button stands for none."""
    days = offered.get(choice)
    return workday(base + timedelta(days=int(days[0]))) if days else None
