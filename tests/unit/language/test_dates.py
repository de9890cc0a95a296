"""Dutch dates: every kind once, and what must hold for all of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.dates import DutchDates
from coach.language.dates.days import first_of_month, is_workday, months_ahead, workday_after
from coach.language.dates.words import MONTHS, WEEKDAYS

DATES = DutchDates()
TODAY = date(2026, 11, 25)
"""A Wednesday."""


def read(text: str) -> str | None:
    found = DATES.read(text, TODAY)
    return found.isoformat() if found else None


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("ik doe het vrijdag om 10.30 uur", "2026-11-27"),
        ("volgende week vrijdag", "2026-12-04"),
        ("vrijdag over een week", "2026-12-04"),
        ("over twee weken op donderdag", "2026-12-10"),
        ("over 14 dagen", "2026-12-09"),
        ("over anderhalve maand", "2027-01-09"),
        ("binnen tien werkdagen", "2026-12-09"),
        ("begin Q1", "2027-01-04"),
        ("eind van het kwartaal", "2026-12-31"),
        ("eind van de maand", "2026-11-30"),
        ("half januari", "2027-01-15"),
        ("de eerste maandag van de maand", "2026-12-07"),
        ("de laatste vrijdag van december", "2026-12-25"),
        ("dinsdag in week 50", "2026-12-08"),
        ("eind week 2", "2027-01-15"),
        ("na de kerst", "2026-12-28"),
        ("voor de kerst", "2026-12-24"),
        ("na de kerstvakantie", "2027-01-04"),
        ("de week na Pasen", "2027-04-05"),
        ("na koningsdag", "2027-04-28"),
        ("voor vrijdag", "2026-11-26"),
        ("na het weekend", "2026-11-30"),
        ("in december", "2026-12-01"),
        ("begin volgend jaar", "2027-01-04"),
        ("de 15e", "2026-12-15"),
        ("3/12", "2026-12-03"),
        ("15-1-27", "2027-01-15"),
        ("morgenvroeg", "2026-11-26"),
        ("vrijdg a.s.", "2026-11-27"),
        ("niet vrijdag maar maandag", "2026-11-30"),
        ("dinsdag lukt niet, woensdag wel", "2026-12-02"),
        ("ik heb een afspraak voor vrijdag gemaakt", "2026-11-27"),
        ("3 van de 12 mensen gesproken", None),
        ("om 16.30", None),
        ("na mijn vakantie", None),
        ("binnenkort", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_people_at_work_mean_it(text: str, on: str | None) -> None:
    assert read(text) == on


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.sampled_from(WEEKDAYS))
def test_a_weekday_is_within_the_next_week(today: date, name: str) -> None:
    found = DATES.read(f"ik doe het {name}", today)
    assert found is not None and WEEKDAYS[found.weekday()] == name
    assert timedelta(days=1) <= found - today <= timedelta(days=7)


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.dates(date(2020, 1, 1), date(2020, 12, 31))
)
def test_a_day_of_a_month_is_that_day_and_not_past(today: date, day: date) -> None:
    found = DATES.read(f"op {day.day} {MONTHS[day.month - 1]}", today)
    if (day.month, day.day) != (2, 29):
        assert found is not None and (found.month, found.day) == (day.month, day.day)
        assert found >= today


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert DATES.read(text, TODAY) is None or DATES.read(text, TODAY) is not None


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.integers(0, 24))
def test_months_ahead_stay_in_their_month(day: date, count: int) -> None:
    assert first_of_month(months_ahead(day, count)) == first_of_month(day, count)


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_the_next_working_day_is_one(day: date) -> None:
    assert is_workday(workday_after(day)) and workday_after(day) > day
