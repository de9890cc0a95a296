"""Measured again: what may be taken over, and what then and now say beside each other."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.answers import (
    LEVELS,
    Answer,
    Construct,
    Level,
    Question,
    Role,
    Subject,
    process_questions,
    ring_questions,
)
from coach.domain.content import Item, Questionnaire
from coach.domain.interview import Interview, Phase, Scope, begin
from coach.domain.path import POSITIONS, PROCESSES, RINGS, Position, Process, Ring
from coach.domain.rounds import (
    Movement,
    Round,
    again,
    can_stay,
    comparable,
    compare,
    way,
)

EVERY = (*ring_questions(), *(q for ring in RINGS for q in process_questions(ring)))
SHARED = frozenset(EVERY)
STURING = Question(Construct.STURING)


def questionnaire(version: str, **changed_in: str) -> Questionnaire:
    items = {
        q: Item(q, q.id, "", "", {}, {}, changed_in.get(q.id.replace(".", "_"), "")) for q in EVERY
    }
    return Questionnaire(version, items)


NOW = questionnaire("2026-11")


def opened(subject: Subject = Subject.TEAM) -> Interview:
    interview = begin("2026-11").choose_role(Role.MEDEWERKER)
    return interview.choose_subject(subject).give_consent(True)


def answered(interview: Interview, levels: dict[Construct, Level | None]) -> Interview:
    """Answer whatever is asked from what is known; nothing known is 'weet ik niet', twice."""
    while question := interview.next_question():
        interview = interview.record(Answer(question, levels.get(question.construct)))
    return interview


def at(position: Position) -> Interview:
    """Somebody who stands clearly at a position."""
    levels: dict[Construct, Level | None] = dict.fromkeys(Construct, position.ring.level)
    for process in PROCESSES:
        passed = PROCESSES.index(process) < PROCESSES.index(position.process)
        levels[Construct(process.value)] = 3 if passed else 1
    interview = answered(opened(), levels)
    placement = interview.placement()
    assert placement and placement.position == position
    return interview


def through(ring: Ring) -> Interview:
    """Somebody with all four processes of a ring in order."""
    levels: dict[Construct, Level | None] = dict.fromkeys(Construct, ring.level)
    levels |= {Construct(p.value): 3 for p in PROCESSES}
    return answered(opened(), levels)


places = st.sampled_from(POSITIONS)
some_level = st.one_of(st.none(), st.sampled_from(LEVELS))
persons = st.fixed_dictionaries(dict.fromkeys(Construct, some_level))


# --- then and now ------------------------------------------------------------------------


@given(places, places)
def test_movement_follows_the_path_and_turns_round_with_time(a: Position, b: Position) -> None:
    there, back = compare(at(a), at(b), SHARED), compare(at(b), at(a), SHARED)
    steps = POSITIONS.index(b) - POSITIONS.index(a)
    if steps == 0:
        assert there.movement is back.movement is Movement.STANDSTILL
        assert there.changes == ()
    else:
        assert (there.movement is Movement.PROGRESS) == (steps > 0)
        assert {there.movement, back.movement} == {Movement.PROGRESS, Movement.RELAPSE}
    turned = {(c.question, c.now, c.then) for c in back.changes}
    assert {(c.question, c.then, c.now) for c in there.changes} == turned


@given(persons, persons)
def test_whatever_was_said_compares_and_names_only_what_both_know(
    then: dict[Construct, Level | None], now: dict[Construct, Level | None]
) -> None:
    earlier, later = answered(opened(), then), answered(opened(), now)
    found = compare(earlier, later, SHARED)
    placed = earlier.placement() and later.placement()
    assert (found.movement is Movement.UNKNOWN) == (placed is None)
    for change in found.changes:
        assert earlier.settled()[change.question].level == change.then
        assert later.settled()[change.question].level == change.now
        assert change.then != change.now
    ups = [change.up for change in found.changes]
    assert ups == sorted(ups, reverse=True)
    assert compare(earlier, earlier, SHARED).changes == ()


@pytest.mark.parametrize("ring", RINGS)
def test_going_through_a_ring_is_progress_from_everywhere_in_it(ring: Ring) -> None:
    for process in PROCESSES:
        found = compare(at(Position(ring, process)), through(ring), SHARED)
        assert found.movement is Movement.PROGRESS


def test_in_realisatie_there_is_no_end_point_and_a_new_turn_is_no_relapse() -> None:
    done = through(Ring.REALISATIE)
    begun = at(Position(Ring.REALISATIE, Process.DOELEN_STELLEN))
    assert compare(done, begun, SHARED).movement is Movement.STANDSTILL
    onward = at(Position(Ring.REALISATIE, Process.PADVINDEN))
    assert compare(done, onward, SHARED).movement is Movement.PROGRESS
    assert compare(done, done, SHARED).movement is Movement.PROGRESS
    outside = at(Position(Ring.CULTIVATIE, Process.LEREN))
    assert compare(done, outside, SHARED).movement is Movement.RELAPSE


def test_another_group_is_not_compared() -> None:
    here = at(POSITIONS[0])
    found = compare(here, replace(here, subject=Subject.ORGANISATIE), SHARED)
    assert (found.movement, found.changes) == (Movement.OTHER_PEOPLE, ())


# --- a newer questionnaire ---------------------------------------------------------------


def test_a_questionnaire_is_comparable_with_itself_in_all_it_asks() -> None:
    assert comparable(NOW, NOW) == SHARED
    assert comparable(NOW, questionnaire("2027-05")) == SHARED


def test_a_construct_that_changed_is_left_out_from_then_on_and_never_before() -> None:
    newer = questionnaire("2027-05", sturing="2027-05")
    assert comparable(NOW, newer) == comparable(newer, NOW) == SHARED - {STURING}
    later = questionnaire("2028-01", sturing="2027-05")
    assert comparable(newer, later) == SHARED
    assert comparable(NOW, later) == SHARED - {STURING}


@given(places, places, st.sets(st.sampled_from(EVERY)))
def test_places_are_compared_only_where_all_they_lean_on_is_shared(
    a: Position, b: Position, changed: set[Question]
) -> None:
    earlier, later = at(a), replace(at(b), version="2027-05")
    shared = SHARED - changed
    found = compare(earlier, later, shared)
    leaned_on = {x.question for i in (earlier, later) if (p := i.placement()) for x in p.decided_by}
    assert (found.movement is Movement.OTHER_QUESTIONS) == bool(leaned_on & changed)
    assert all(change.question in shared for change in found.changes)
    assert set(found.left_out) == changed & set(earlier.settled()) & set(later.settled())


# --- the next round ----------------------------------------------------------------------


@given(persons)
def test_the_next_round_knows_who_it_is_and_waits_for_a_choice(
    levels: dict[Construct, Level | None],
) -> None:
    earlier = answered(opened(), levels)
    later = again(earlier, NOW, SHARED)
    opening = (later.role, later.subject, later.consent)
    assert opening == (earlier.role, earlier.subject, earlier.consent)
    assert (later.phase, later.trail) == (Phase.SCOPE, ())
    whole = later.choose_scope(Scope.ALL)
    assert (whole.settled(), whole.next_question()) == ({}, STURING)
    assert answered(whole, levels).placement() == earlier.placement()


@given(persons)
def test_what_may_have_changed_is_asked_again_and_the_rest_stays(
    levels: dict[Construct, Level | None],
) -> None:
    earlier = answered(opened(), levels)
    placement = earlier.placement()
    kept = can_stay(earlier, SHARED)
    if placement is None:
        assert kept == ()
        return
    for answer in kept:
        assert answer == earlier.settled()[answer.question]
        assert answer.question.ring is None and answer.level
        assert answer.question.construct not in placement.lagging
        assert answer.question not in placement.would_change
    later = again(earlier, NOW, SHARED).choose_scope(Scope.CHANGED)
    done = answered(later, levels)
    asked = {entry.answer.question for entry in done.trail}
    assert asked.isdisjoint(a.question for a in kept)
    assert done.placement() and done.ring() == earlier.ring()


def test_nothing_is_taken_over_that_means_something_else_now() -> None:
    earlier = at(POSITIONS[0])
    assert STURING in {a.question for a in can_stay(earlier, SHARED)}
    assert STURING not in {a.question for a in can_stay(earlier, SHARED - {STURING})}


def test_after_a_ring_was_gone_through_the_ring_itself_is_asked_again() -> None:
    assert can_stay(through(Ring.ACTIVATIE), SHARED) == ()


@given(places)
def test_a_process_that_was_in_order_can_be_found_not_to_be(position: Position) -> None:
    later = again(at(position), NOW, SHARED).choose_scope(Scope.CHANGED)
    fallen = dict.fromkeys(Construct, position.ring.level) | {Construct.DOELEN_STELLEN: 1}
    found = compare(at(position), answered(later, dict(fallen)), SHARED)
    relapsed = position.process is not Process.DOELEN_STELLEN
    assert found.movement is (Movement.RELAPSE if relapsed else Movement.STANDSTILL)


# --- the way -----------------------------------------------------------------------------


@given(st.lists(st.one_of(st.none(), places), max_size=15))
def test_the_way_runs_through_every_round_that_has_a_place_and_survives_json(
    stood: list[Position | None],
) -> None:
    rounds = [
        Round(n, date(2026, 12, 1), at(p) if p else answered(opened(), {}))
        for n, p in enumerate(stood, start=1)
    ]
    assert way(rounds) == tuple(p for p in stood if p)
    for each in rounds:
        assert Round.from_json(json.loads(json.dumps(each.to_json()))) == each
