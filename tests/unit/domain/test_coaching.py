"""The coaching talk: from what happens now to a promise, looking back when the cause lies there."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from coach.domain.answers import Role
from coach.domain.coaching import NOTHING, OWN, SURE_ENOUGH, Coaching, Plan, Stage
from coach.domain.errors import IllegalMove, UnknownChoice
from coach.domain.path import POSITIONS, PROCESSES, Position, Process, Ring

HERE = Position(Ring.ACTIVATIE, Process.PADVINDEN)
FRIDAY = "2026-12-04"
STRAIGHT = (
    (Stage.REALITY, "gezegd", "soms een cursus"),
    (Stage.OPTION, "act-pad-1", "Vraag een collega"),
    (Stage.OBSTACLE, NOTHING, "niets"),
    (Stage.WHAT, "ja", "ik vraag Ali om een gesprek"),
    (Stage.WHO, "ik", "ik zelf"),
    (Stage.WHEN, FRIDAY, "vrijdag over een week"),
    (Stage.SURE, "8", "een 8"),
    (Stage.COME_BACK, "2026-12-11", "een week later"),
)
"""The talk in which nothing stands in the way."""


def begun(position: Position = HERE) -> Coaching:
    return Coaching(Role.MEDEWERKER, position)


def at(stage: Stage, coaching: Coaching | None = None) -> Coaching:
    """The straight talk up to a stage."""
    coaching = coaching or begun()
    for name, value, words in STRAIGHT:
        if coaching.stage is stage:
            return coaching
        assert coaching.stage is name
        coaching = coaching.say(value, words)
    assert coaching.stage is stage
    return coaching


def finished(coaching: Coaching) -> Coaching:
    """The talk from here to its end, saying the plainest thing each time."""
    straight = {stage: (value, words) for stage, value, words in STRAIGHT}
    plain = {
        Stage.OWN_STEP: (OWN, "iets van mezelf"),
        Stage.LOOK_BACK: ("nee", "nee"),
        Stage.WHEN_AGAIN: ("", "ooit"),
        Stage.RAISE: ("anders", "hulp van Ali"),
        Stage.SMALLER: ("kleiner", "alleen een vraag stellen"),
    }
    for _ in range(len(Stage)):
        if coaching.stage is Stage.DONE:
            return coaching
        coaching = coaching.say(*{**straight, **plain}[coaching.stage])
    raise AssertionError(f"the talk does not end: {[m.stage for m in coaching.trail]}")


def promised(coaching: Coaching) -> Plan:
    plan = coaching.plan()
    assert plan is not None
    return plan


def through_json(coaching: Coaching) -> Coaching:
    return Coaching.from_json(json.loads(json.dumps(coaching.to_json())))


# --- the straight way -----------------------------------------------------------------


def test_talk_without_obstacles_ends_with_what_who_when_and_how_sure() -> None:
    assert promised(at(Stage.DONE)) == Plan(
        position=HERE,
        step="act-pad-1",
        what="ik vraag Ali om een gesprek",
        who="ik zelf",
        when="vrijdag over een week",
        on=date(2026, 12, 4),
        sure=8,
        helps="",
        come_back=date(2026, 12, 11),
    )


def test_there_is_no_plan_before_everything_was_promised() -> None:
    for stage, _, _ in STRAIGHT[:-1]:
        assert at(stage).plan() is None
    assert promised(at(Stage.COME_BACK)).come_back is None


def test_who_does_not_want_to_come_back_to_it_still_has_a_plan() -> None:
    done = at(Stage.COME_BACK).say("", "liever niet")
    assert done.stage is Stage.DONE
    assert promised(done).come_back is None


def test_a_step_of_ones_own_is_put_into_words_first() -> None:
    own = at(Stage.OPTION).say(OWN)
    assert own.stage is Stage.OWN_STEP
    own = own.say(OWN, "samen lunchen en dan praten")
    assert own.stage is Stage.OBSTACLE
    assert promised(finished(own)).step == OWN


# --- looking back ---------------------------------------------------------------------


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
@pytest.mark.parametrize("process", PROCESSES)
def test_an_obstacle_looks_back_only_to_an_earlier_process_of_the_same_ring(
    position: Position, process: Process
) -> None:
    blocked = at(Stage.OBSTACLE, begun(position)).say("iets", "lukt niet", process)
    is_earlier = Position(position.ring, process) in position.before()
    assert blocked.stage is (Stage.LOOK_BACK if is_earlier else Stage.WHAT)
    if is_earlier:
        back = blocked.say("ja", "ja")
        assert back.working_on == Position(position.ring, process)
        assert promised(finished(back)).position == Position(position.ring, process)


def test_looking_back_offers_new_steps_and_does_not_ask_for_obstacles_again() -> None:
    back = at(Stage.OBSTACLE).say("geen_tijd", "geen tijd", Process.PROGRAMMEREN).say("ja", "ja")
    assert back.stage is Stage.OPTION
    chosen = back.say("act-pro-1", "Stel een moment voor")
    assert chosen.stage is Stage.WHAT
    assert promised(finished(chosen)).step == "act-pro-1"


def test_looking_back_with_a_step_of_ones_own_goes_straight_to_the_promise() -> None:
    back = at(Stage.OBSTACLE).say("geen_tijd", "geen tijd", Process.PROGRAMMEREN).say("ja", "ja")
    assert back.say(OWN).say(OWN, "de planner vragen").stage is Stage.WHAT


def test_who_does_not_want_to_look_back_keeps_the_step() -> None:
    blocked = at(Stage.OBSTACLE).say("geen_tijd", "geen tijd", Process.PROGRAMMEREN)
    kept = blocked.say("nee", "nee")
    assert (kept.stage, kept.working_on) == (Stage.WHAT, HERE)
    assert promised(finished(kept)).step == "act-pad-1"


def test_an_obstacle_with_no_earlier_cause_goes_on_to_the_promise() -> None:
    assert at(Stage.OBSTACLE).say("geen_geld", "geen geld").stage is Stage.WHAT


# --- when and how sure ----------------------------------------------------------------


def test_a_vague_date_is_asked_for_once_more_and_then_found() -> None:
    again = at(Stage.WHEN).say("", "binnenkort")
    assert again.stage is Stage.WHEN_AGAIN
    plan = promised(finished(again.say(FRIDAY, "vrijdag dan")))
    assert (plan.when, plan.on) == ("vrijdag dan", date(2026, 12, 4))


def test_a_date_that_stays_vague_is_kept_in_the_users_own_words() -> None:
    vague = at(Stage.WHEN).say("", "binnenkort").say("", "na de drukte")
    assert vague.stage is Stage.SURE
    plan = promised(finished(vague))
    assert (plan.when, plan.on) == ("na de drukte", None)


@pytest.mark.parametrize("mark", range(SURE_ENOUGH))
def test_a_mark_below_seven_asks_what_would_make_it_a_seven(mark: int) -> None:
    low = at(Stage.SURE).say(str(mark))
    assert low.stage is Stage.RAISE
    plan = promised(finished(low.say("hulp", "als Ali meegaat")))
    assert (plan.sure, plan.helps) == (mark, "als Ali meegaat")


@pytest.mark.parametrize("mark", range(SURE_ENOUGH, 11))
def test_a_mark_from_seven_goes_on(mark: int) -> None:
    assert at(Stage.SURE).say(str(mark)).stage is Stage.COME_BACK


def test_a_smaller_step_replaces_the_promise() -> None:
    smaller = at(Stage.SURE).say("4").say("kleiner", "een kleinere stap")
    assert smaller.stage is Stage.SMALLER
    plan = promised(smaller.say("kleiner", "alleen een appje sturen"))
    assert (plan.what, plan.helps) == ("alleen een appje sturen", "")


# --- back, JSON and refusals ----------------------------------------------------------


@pytest.mark.parametrize("stage", [stage for stage, _, _ in STRAIGHT] + [Stage.DONE])
def test_every_stage_survives_json_and_says_its_name(stage: Stage) -> None:
    coaching = at(stage)
    assert through_json(coaching) == coaching
    assert coaching.to_json()["stage"] == stage.value


def test_kept_talk_remembers_where_an_obstacle_points() -> None:
    blocked = at(Stage.OBSTACLE).say("geen_tijd", "geen tijd", Process.PROGRAMMEREN)
    again = through_json(blocked)
    assert again == blocked
    assert again.say("ja").working_on == blocked.say("ja").working_on != HERE


def test_back_walks_the_whole_way_back_to_the_start() -> None:
    coaching = at(Stage.DONE)
    stages = []
    while coaching.trail:
        coaching = coaching.back()
        stages.append(coaching.stage)
    assert stages == [stage for stage, _, _ in reversed(STRAIGHT)]
    with pytest.raises(IllegalMove):
        coaching.back()


def test_back_from_the_earlier_process_returns_to_the_own_place() -> None:
    back = at(Stage.OBSTACLE).say("geen_tijd", "geen tijd", Process.PROGRAMMEREN).say("ja", "ja")
    undone = back.back()
    assert (undone.stage, undone.working_on) == (Stage.LOOK_BACK, HERE)


def test_nothing_can_be_said_when_the_talk_is_over() -> None:
    with pytest.raises(IllegalMove):
        at(Stage.DONE).say("nog iets")


@pytest.mark.parametrize("mark", ["11", "-1", "", "acht", "7,5"])
def test_a_mark_outside_nought_to_ten_is_refused(mark: str) -> None:
    with pytest.raises(UnknownChoice):
        at(Stage.SURE).say(mark)


@pytest.mark.parametrize("stage", [Stage.WHEN, Stage.COME_BACK])
def test_something_that_is_no_date_never_becomes_one(stage: Stage) -> None:
    with pytest.raises((UnknownChoice, ValueError)):
        at(stage).say("binnenkort")


def test_what_was_not_said_yet_cannot_be_looked_up() -> None:
    with pytest.raises(IllegalMove):
        begun().last(Stage.WHAT)
    assert begun().said(Stage.WHAT) is None


# --- every possible talk --------------------------------------------------------------

words = st.text(max_size=40)
dates = st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(date.isoformat)


class AnyCoaching(RuleBasedStateMachine):
    """Whatever the user says, the talk goes on, can be undone and ends with a plan."""

    coaching = begun()

    @initialize(role=st.sampled_from(Role), position=st.sampled_from(POSITIONS))
    def begins(self, role: Role, position: Position) -> None:
        self.coaching = Coaching(role, position)

    def at(self, *stages: Stage) -> bool:
        return self.coaching.stage in stages

    def say(self, value: str, said: str, points_to: Process | None = None) -> None:
        before = self.coaching
        self.coaching = before.say(value, said, points_to)
        assert self.coaching.back() == before
        assert self.coaching.trail[-1].stage is before.stage

    @precondition(lambda self: self.at(Stage.OPTION))
    @rule(value=st.sampled_from(["stap-1", OWN]), said=words)
    def chooses_a_step(self, value: str, said: str) -> None:
        self.say(value, said)

    @precondition(lambda self: self.at(Stage.OBSTACLE))
    @rule(said=words, process=st.none() | st.sampled_from(Process))
    def names_an_obstacle(self, said: str, process: Process | None) -> None:
        self.say("obstakel" if process else NOTHING, said, process)

    @precondition(lambda self: self.at(Stage.LOOK_BACK))
    @rule(value=st.sampled_from(["ja", "nee"]))
    def looks_back_or_not(self, value: str) -> None:
        self.say(value, value)

    @precondition(lambda self: self.at(Stage.WHEN, Stage.WHEN_AGAIN, Stage.COME_BACK))
    @rule(value=st.just("") | dates, said=words)
    def names_a_moment(self, value: str, said: str) -> None:
        self.say(value, said)

    @precondition(lambda self: self.at(Stage.SURE))
    @rule(mark=st.integers(0, 10))
    def gives_a_mark(self, mark: int) -> None:
        self.say(str(mark), "")

    @precondition(lambda self: self.at(Stage.RAISE))
    @rule(value=st.sampled_from(["kleiner", "hulp", "tijd", "anders"]), said=words)
    def says_what_would_help(self, value: str, said: str) -> None:
        self.say(value, said)

    @precondition(
        lambda self: self.at(Stage.REALITY, Stage.OWN_STEP, Stage.WHAT, Stage.WHO, Stage.SMALLER)
    )
    @rule(said=words)
    def tells(self, said: str) -> None:
        self.say("gezegd", said)

    @rule()
    def goes_back(self) -> None:
        before = self.coaching
        if not before.trail:
            with pytest.raises(IllegalMove):
                before.back()
            return
        self.coaching = before.back()
        assert self.coaching.trail == before.trail[:-1]
        assert self.coaching.stage is before.trail[-1].stage

    @invariant()
    def json_tells_all(self) -> None:
        assert through_json(self.coaching) == self.coaching

    @invariant()
    def plan_is_there_when_all_was_promised(self) -> None:
        plan = self.coaching.plan()
        assert (plan is not None) == self.at(Stage.COME_BACK, Stage.DONE)
        if plan:
            assert plan.position == self.coaching.working_on
            assert 0 <= plan.sure <= 10
            assert not (plan.helps and plan.sure >= SURE_ENOUGH)

    @invariant()
    def works_on_the_own_place_or_an_earlier_one(self) -> None:
        own = self.coaching.position
        assert self.coaching.working_on in (own, *own.before())
        if self.at(Stage.LOOK_BACK):
            assert self.coaching.earlier(self.coaching.last(Stage.OBSTACLE)) in own.before()

    @invariant()
    def looks_back_and_asks_for_a_date_again_at_most_once(self) -> None:
        stages = [move.stage for move in self.coaching.trail]
        for once in (Stage.OBSTACLE, Stage.LOOK_BACK, Stage.WHEN_AGAIN, Stage.RAISE):
            assert stages.count(once) <= 1
        assert stages.count(Stage.OPTION) <= 2

    def teardown(self) -> None:
        assert finished(self.coaching).plan() is not None


TestAnyCoaching = AnyCoaching.TestCase
TestAnyCoaching.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
