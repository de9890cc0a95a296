"""Working days and Dutch feast days. Feasts that move are counted from Easter; school holidays differ by region, so only the one that does not is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter
from holidays import country_holidays

DAY = timedelta(days=1)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def is_workday(day: date) -> bool:
    """A weekday that is no public holiday."""
    return day.weekday() < 5 and day not in _public(day.year)


def workday(day: date) -> date:
    """That day, or the first working day after it."""
    while not is_workday(day):
        day += DAY
    return day


def workday_after(day: date) -> date:
    return workday(day + DAY)


def workday_before(day: date) -> date:
    day -= DAY
    while not is_workday(day):
        day -= DAY
    return day


def workdays_ahead(day: date, count: int) -> date:
    for _ in range(count):
        day = workday_after(day)
    return day


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month so many months further."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def last_of_month(day: date) -> date:
    return first_of_month(day, 1) - DAY


def months_ahead(day: date, count: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    first = first_of_month(day, count)
    return min(first + timedelta(days=day.day - 1), last_of_month(first))


def nth_weekday(first: date, weekday: int, n: int) -> date:
    """The nth such weekday of the month that `first` begins; -1 is the last."""
    if n == -1:
        last = last_of_month(first)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _kings_day(year: int) -> date:
    day = date(year, 4, 27)
    return day - DAY if day.weekday() == 6 else day


def _school_christmas(year: int) -> tuple[date, date]:
    """Two weeks from the last Saturday on or before Christmas Day, in every region."""
    christmas = date(year, 12, 25)
    first = christmas - timedelta(days=(christmas.weekday() - 5) % 7)
    return first, first + timedelta(days=15)


def _from_easter(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (
        easter(year) + timedelta(days=first),
        easter(year) + timedelta(days=last),
    )


def _fixed(month: int, first: int, last: int | None = None) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, first), date(year, month, last or first))


def _nth(month: int, weekday: int, n: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (nth_weekday(date(year, month, 1), weekday, n),) * 2


FEASTS: dict[str, Callable[[int], tuple[date, date]]] = {
    r"kerst ?vakantie": _school_christmas,
    r"(?:eerste|1e) kerstdag": _fixed(12, 25),
    r"(?:tweede|2e) kerstdag": _fixed(12, 26),
    r"kerstavond": _fixed(12, 24),
    r"kerst(?:mis|dagen)?": _fixed(12, 25, 26),
    r"oud (?:en|&) nieuw|(?:de )?jaarwisseling": lambda year: (
        date(year, 12, 31),
        date(year + 1, 1, 1),
    ),
    r"oude?jaars?(?:dag|avond)?": _fixed(12, 31),
    r"nieuwjaar(?:sdag)?": _fixed(1, 1),
    r"driekoningen": _fixed(1, 6),
    r"valentijn(?:sdag)?": _fixed(2, 14),
    r"carnaval|karnaval|vastelaovend": _from_easter(-49, -47),
    r"goede vrijdag": _from_easter(-2, -2),
    r"(?:eerste|1e) paasdag": _from_easter(0, 0),
    r"(?:tweede|2e) paasdag|paasmaandag": _from_easter(1, 1),
    r"pasen|paasweekend|paasdagen": _from_easter(0, 1),
    r"koningsdag": lambda year: (_kings_day(year),) * 2,
    r"dag van de arbeid": _fixed(5, 1),
    r"dodenherdenking": _fixed(5, 4),
    r"bevrijdingsdag": _fixed(5, 5),
    r"moederdag": _nth(5, 6, 2),
    r"hemelvaart(?:sdag)?": _from_easter(39, 39),
    r"(?:tweede|2e) pinksterdag|pinkstermaandag": _from_easter(50, 50),
    r"pinksteren|pinksterweekend": _from_easter(49, 50),
    r"vaderdag": _nth(6, 6, 3),
    r"prinsjesdag": _nth(9, 1, 3),
    r"sint[ -]?maarten|wapenstilstand(?:sdag)?": _fixed(11, 11),
    r"halloween": _fixed(10, 31),
    r"allerheiligen": _fixed(11, 1),
    r"allerzielen": _fixed(11, 2),
    r"black friday": lambda year: (nth_weekday(date(year, 11, 1), 3, 4) + DAY,) * 2,
    r"sint(?:erklaas)?(?:avond)?|pakjesavond|sunterkloas": _fixed(12, 5),
}
"""Pattern of a feast's name -> its first and last day in a year."""


def feast(pattern: str, today: date) -> tuple[date, date]:
    """The feast that comes next, or that is going on: its first and last day."""
    found = FEASTS[pattern](today.year - 1)
    for year in (today.year, today.year + 1):
        if found[1] >= today:
            break
        found = FEASTS[pattern](year)
    return found


@cache
def _public(year: int) -> frozenset[date]:
    """Days off by law or custom. Good Friday is in the list, but most people work then."""
    return frozenset(country_holidays("NL", years=year)) - {easter(year) - 2 * DAY}
