"""When a check-in goes out: in daytime on working days, once, with one reminder at most."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from coach import wiring
from coach.domain.checkin import AMSTERDAM, OVER, PATIENCE, CheckIn, Hours, State
from coach.domain.errors import IllegalMove, UnknownChoice

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31))
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda h: h[0] < h[1])
DAY, STEP = Hours(), timedelta(hours=1)
DUTCH = country_holidays("NL", years=range(2025, 2032))


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(AMSTERDAM)


@given(MOMENTS, HOURS)
def test_the_next_open_moment_is_open_and_not_before(
    moment: datetime, hours: tuple[int, int]
) -> None:
    open_ = Hours(*hours)
    found = open_.from_(moment)
    assert found >= moment and open_.open_at(found)
    assert local(found).weekday() < 5
    assert hours[0] <= local(found).hour < hours[1]
    assert found - moment <= timedelta(days=4)


@given(DAYS)
def test_a_check_in_comes_at_the_opening_of_its_day_or_of_the_monday_after(day: date) -> None:
    opening = local(DAY.opening(day))
    assert (opening.hour, opening.minute) == (9, 0)
    assert opening.date() == (day if day.weekday() < 5 else opening.date())
    assert 0 <= (opening.date() - day).days <= 2


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 12, 7, 7, 59), False),  # winter: 8:59
        (datetime(2026, 12, 7, 8, 0), True),
        (datetime(2026, 12, 7, 15, 59), True),
        (datetime(2026, 12, 7, 16, 0), False),
        (datetime(2026, 7, 6, 7, 0), True),  # summer: 9:00
        (datetime(2026, 7, 6, 15, 0), False),
        (datetime(2026, 12, 5, 10, 0), False),  # a Saturday
    ],
)
def test_daytime_is_that_of_the_netherlands(moment: datetime, is_open: bool) -> None:
    assert DAY.open_at(moment) is is_open


@given(DAYS, MOMENTS)
def test_nothing_comes_on_a_public_holiday(day: date, moment: datetime) -> None:
    dutch = wiring.hours()
    for found in (dutch.opening(day), dutch.from_(moment), dutch.working_days_after(moment, 3)):
        assert dutch.open_at(found)
        assert DUTCH.get(local(found).date()) in (None, "Good Friday")
        assert local(found).weekday() < 5


@pytest.mark.parametrize(
    ("day", "comes"),
    [
        (date(2026, 12, 25), date(2026, 12, 28)),  # Christmas, and the weekend after it
        (date(2026, 4, 27), date(2026, 4, 28)),
        (date(2026, 4, 6), date(2026, 4, 7)),
        (date(2027, 5, 5), date(2027, 5, 5)),  # a day off in one year of five
        (date(2030, 5, 5), date(2030, 5, 6)),
        (date(2026, 4, 3), date(2026, 4, 3)),  # Good Friday: most people work
    ],
)
def test_after_a_holiday_it_comes_on_the_next_working_day(day: date, comes: date) -> None:
    assert local(wiring.hours().opening(day)).date() == comes


@pytest.mark.parametrize(("first", "last"), [(17, 9), (9, 9), (-1, 5), (9, 25)])
def test_hours_that_are_none_are_refused(first: int, last: int) -> None:
    with pytest.raises(UnknownChoice):
        Hours(first, last)


@given(
    DAYS, MOMENTS, st.lists(st.tuples(st.integers(0, 200), st.sampled_from("tams")), max_size=60)
)
def test_whatever_happens_at_most_two_messages_go_out_and_only_in_daytime(
    day: date, moment: datetime, happenings: list[tuple[int, str]]
) -> None:
    check_in, sent, now = CheckIn.on(day, moment, DAY), [], moment
    for waited, what in happenings:
        now += waited * STEP
        was_over = check_in.state in OVER
        if what == "t" and check_in.is_due(now, DAY):
            check_in = check_in.send(now, DAY)
            sent.append(now)
            assert not was_over
        elif what == "a":
            check_in = check_in.answered()
        elif what == "s" and waited > 150:
            check_in = check_in.stopped()
        elif what == "m" and check_in.state is State.DUE:
            check_in = check_in.move(now.date() + timedelta(days=waited), now, DAY)
    assert len(sent) <= 2
    assert all(DAY.open_at(at) for at in sent)
    assert len(sent) < 2 or working_days(sent[0], sent[1]) >= PATIENCE
    assert check_in.state not in OVER or check_in.next_at is None


def working_days(first: datetime, last: datetime) -> int:
    days = (local(last).date() - local(first).date()).days
    return sum((local(first).date() + timedelta(days=n + 1)).weekday() < 5 for n in range(days))


@given(DAYS, MOMENTS)
def test_sending_follows_the_states_and_a_third_time_is_refused(
    day: date, moment: datetime
) -> None:
    check_in = CheckIn.on(day, moment, DAY)
    assert check_in.state is State.DUE and check_in.next_at is not None
    sent = check_in.send(check_in.next_at, DAY)
    assert sent.state is State.SENT and sent.next_at is not None
    with pytest.raises(IllegalMove):
        sent.send(check_in.next_at, DAY)
    reminded = sent.send(sent.next_at, DAY)
    assert reminded == CheckIn(State.REMINDED, None)
    with pytest.raises(IllegalMove):
        reminded.send(sent.next_at + timedelta(days=70), DAY)


@pytest.mark.parametrize("state", [s for s in State if s is not State.DUE])
def test_only_what_was_not_sent_can_be_moved(state: State) -> None:
    with pytest.raises(IllegalMove):
        CheckIn(state, None).move(date(2026, 12, 7), datetime(2026, 12, 1), DAY)
