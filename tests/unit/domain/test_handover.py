"""A person takes over: whatever anybody does in whatever order, one adviser has it and only what was shown is sent."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from coach.domain.checkin import Hours
from coach.domain.errors import CoachError, IllegalMove
from coach.domain.handover import (
    MOST,
    WITHIN,
    Asking,
    Handover,
    Reason,
    Stage,
    State,
    Taken,
    answer_by,
)

ADVISERS = st.sampled_from(["anna", "bram", "carla"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))


class TheDesk(RuleBasedStateMachine):
    """Advisers who each act on what they last saw, and a user who may leave at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Handover()
        self.seen: dict[str, str | None] = {}
        self.was_done = False

    @rule(adviser=ADVISERS)
    def look(self, adviser: str) -> None:
        self.seen[adviser] = self.now.adviser

    @rule(adviser=ADVISERS)
    def take(self, adviser: str) -> None:
        seen, before = self.seen.get(adviser), self.now
        try:
            self.now = before.take(adviser, seen)
        except Taken:
            assert before.adviser != seen
        except IllegalMove:
            assert before.state is State.DONE
        else:
            assert before.adviser == seen and before.state is not State.DONE

    @rule(adviser=ADVISERS, move=st.sampled_from(["release", "answer", "give_back"]))
    def act(self, adviser: str, move: str) -> None:
        before = self.now
        try:
            self.now = getattr(before, move)(adviser)
        except CoachError:
            assert before.state is State.DONE or before.adviser != adviser
        else:
            assert before == Handover(State.BUSY, adviser)

    @rule()
    def leave(self) -> None:
        self.now = self.now.leave()
        assert self.now.state is State.DONE

    @invariant()
    def one_has_it_or_nobody(self) -> None:
        assert (self.now.state is State.BUSY) <= (self.now.adviser is not None)
        assert (self.now.state is State.NEW) <= (self.now.adviser is None)

    @invariant()
    def done_is_done(self) -> None:
        assert not self.was_done or self.now.state is State.DONE
        self.was_done = self.now.state is State.DONE


TestTheDesk = TheDesk.TestCase


@given(st.lists(st.one_of(st.just("edit"), st.just("agree"), st.text(max_size=30))))
def test_only_what_was_shown_last_is_sent(moves: list[str]) -> None:
    now, shown = Asking(Stage.SHOWN, Reason.DISTRESS, "ons eigen"), "ons eigen"
    for move in moves:
        with suppress(IllegalMove):
            if move == "agree":
                now = now.agree("1")
            elif move == "edit":
                now = now.edit()
            else:
                now = now.write(move)
                shown = now.summary
        assert now.summary == shown
        assert (now.id == "1") is now.is_sent
        assert Asking.from_json(now.to_json()) == now


def test_own_words_are_all_that_is_said_of_why() -> None:
    asking = Asking(Stage.SHOWN, Reason.DISTRESS, "x").edit().write("y" * 3_000)
    assert asking.reason is Reason.ASKED and len(asking.summary) == MOST


def test_a_user_is_told_once_and_only_after_the_sending() -> None:
    asking = Asking(Stage.SHOWN, Reason.ASKED, "x")
    with pytest.raises(IllegalMove):
        asking.tell()
    assert asking.agree("1").tell().told


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-11-27 09:00", "2026-11-27 13:00"),  # Friday morning
        ("2026-11-27 09:20", "2026-11-27 14:00"),  # up to a whole hour
        ("2026-11-27 15:30", "2026-11-30 12:00"),  # over the weekend: half past eleven
        ("2026-11-28 12:00", "2026-11-30 13:00"),  # Saturday
        ("2026-11-27 05:00", "2026-11-27 13:00"),  # before opening
    ],
)
def test_when_there_is_an_answer(asked: str, until: str) -> None:
    hours = Hours()
    found = answer_by(_utc(asked, hours), hours)
    assert found == _utc(until, hours)


@given(MOMENTS, st.integers(0, 23), st.integers(1, 24))
def test_the_promise_is_at_the_desk_hours_and_leaves_time(
    now: datetime, first: int, length: int
) -> None:
    hours = Hours(first, min(24, first + length))
    until = answer_by(now, hours)
    assert until >= now + WITHIN
    just_before = until - timedelta(seconds=1)
    assert hours.open_at(just_before)
    assert answer_by(now + timedelta(minutes=1), hours) >= until


def _utc(text: str, hours: Hours) -> datetime:
    local = datetime.fromisoformat(text).replace(tzinfo=hours.zone)
    return local.astimezone(UTC).replace(tzinfo=None)
