"""The talk that comes back to a promise: every way through it ends, and the promise follows."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.answers import Role
from coach.domain.coaching import Plan
from coach.domain.errors import IllegalMove, UnknownChoice
from coach.domain.followup import CHOICES, DAYS, OPENINGS, After, FollowUp, Stage
from coach.domain.path import POSITIONS, PROCESSES, Position, Process, Ring
from coach.domain.promise import Outcome, Promise

HERE = Position(Ring.ACTIVATIE, Process.PADVINDEN)
ON, BACK = date(2026, 12, 7), date(2026, 12, 14)


def promise(position: Position = HERE, *, kept: bool = True) -> Promise:
    plan = Plan(position, "eigen", "samen een doel kiezen", "jijzelf", "maandag", ON, 8, "", BACK)
    return Promise(Role.MEDEWERKER, plan, kept=kept)


def moves(stage: Stage) -> st.SearchStrategy[str]:
    """What may be said at a stage."""
    if stage in CHOICES:
        return st.sampled_from(CHOICES[stage])
    if stage in DAYS:
        return st.one_of(st.just(""), st.dates(ON, date(2030, 1, 1)).map(date.isoformat))
    if stage is Stage.RATE:
        return st.one_of(st.just(""), st.integers(0, 100).map(str))
    return st.sampled_from(["gezegd", "geen_tijd"])


@given(
    st.data(),
    st.sampled_from(POSITIONS),
    st.sampled_from(OPENINGS),
    st.one_of(st.none(), st.sampled_from(PROCESSES)),
)
def test_every_follow_up_ends_survives_json_and_can_be_stepped_back(
    data: st.DataObject, position: Position, opening: Stage, points_to: Process | None
) -> None:
    followup = FollowUp(promise(position), opening)
    for _ in range(10):
        if followup.stage is Stage.DONE:
            break
        value = data.draw(moves(followup.stage))
        after = followup.say(value, "eigen woorden", points_to)
        assert after.back() == followup
        assert FollowUp.from_json(json.loads(json.dumps(after.to_json()))) == after
        kept = after.promise
        assert Promise.from_json(json.loads(json.dumps(kept.to_json()))) == kept
        assert kept.day is None or kept.outcome is Outcome.OPEN
        followup = after
    assert followup.stage is Stage.DONE
    with pytest.raises(IllegalMove):
        followup.say("gezegd")
    if followup.after is After.LOOK_BACK:
        earlier = followup.earlier
        assert earlier and earlier.ring is position.ring
        assert PROCESSES.index(earlier.process) < PROCESSES.index(position.process)


def through(*said: str, points_to: Process | None = None) -> FollowUp:
    followup = FollowUp(promise())
    for value in said:
        followup = followup.say(value, value, points_to)
    return followup


def test_done_leads_to_the_next_step_or_a_second_measurement() -> None:
    done = through("gelukt", "90", "mijn collega hielp")
    assert done.stage is Stage.NEXT
    assert (done.promise.outcome, done.promise.rating, done.promise.day) == (Outcome.DONE, 90, None)
    assert done.say("stap").after is After.STEP
    assert done.say("meten").after is After.MEASURE
    assert done.say("klaar").after is After.NOTHING


def test_partly_leads_to_a_smaller_step_on_a_new_day() -> None:
    partly = through("deels", "", "het begin lukte", "een kwartier met Anne", "2026-12-21")
    assert partly.stage is Stage.AGAIN
    found = partly.say("2026-12-28").promise
    assert (found.n, found.plan.what, found.plan.on) == (
        2,
        "een kwartier met Anne",
        date(2026, 12, 21),
    )
    assert (found.outcome, found.day) == (Outcome.OPEN, date(2026, 12, 28))


def test_not_points_back_to_an_earlier_process_where_there_is_one() -> None:
    stranded = through("niet", "geen tijd", points_to=Process.PROGRAMMEREN)
    assert stranded.stage is Stage.LOOK_BACK
    assert stranded.earlier == Position(HERE.ring, Process.PROGRAMMEREN)
    assert stranded.say("ja").after is After.LOOK_BACK
    assert stranded.say("nee").stage is Stage.WAY
    assert through("niet", "iets", points_to=Process.LEREN).stage is Stage.WAY
    assert through("niet", "iets").stage is Stage.WAY


def test_a_step_that_is_left_is_dropped_and_no_one_comes_back_to_it() -> None:
    left = through("niet", "iets", "laten")
    assert (left.stage, left.promise.outcome, left.promise.day) == (
        Stage.DONE,
        Outcome.DROPPED,
        None,
    )


@given(st.integers(-200, 200))
def test_looking_back_moves_with_the_day(days: int) -> None:
    on = ON + timedelta(days=days)
    followup = FollowUp(promise(), Stage.CHANGE).say("dag").say(on.isoformat())
    assert followup.promise.plan.on == on
    assert followup.promise.day == BACK + timedelta(days=days)


def test_without_consent_nobody_comes_back() -> None:
    assert promise(kept=False).day is None
    assert promise().day == BACK


@pytest.mark.parametrize(
    ("said", "value"),
    [((), "misschien"), (("gelukt",), "101"), (("gelukt",), "veel"),
     (("niet", "iets", "zelfde"), "morgen")],
)  # fmt: skip
def test_a_value_that_the_stage_does_not_know_is_refused(said: tuple[str, ...], value: str) -> None:
    with pytest.raises(UnknownChoice):
        through(*said).say(value)
