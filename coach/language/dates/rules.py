"""All rules, the most precise first."""

from __future__ import annotations

from coach.language.dates import by_calendar, from_today
from coach.language.dates.found import Rule

RULES: tuple[Rule, ...] = (
    by_calendar.figures,
    by_calendar.day_and_month,
    by_calendar.nth_of_month,
    by_calendar.part_of_month,
    by_calendar.quarter,
    by_calendar.feast,
    from_today.week_number,
    from_today.named_week,
    from_today.weekday,
    from_today.near,
    from_today.span,
    from_today.day_of_month,
    from_today.week,
    by_calendar.whole_month,
    by_calendar.year,
)
