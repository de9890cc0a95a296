"""The placement rule: which answers lead to which place, how sure, and what would change it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations, product
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.answers import (
    LEVELS,
    RING_CONSTRUCTS,
    Answer,
    Construct,
    Level,
    Question,
    ReadAs,
    Role,
    Subject,
    process_questions,
    ring_questions,
)
from coach.domain.errors import UnknownChoice
from coach.domain.interview import Interview, Phase, begin
from coach.domain.path import POSITIONS, Position, Process, Ring
from coach.domain.placement import (
    Certainty,
    Placement,
    first_not_in_order,
    possible_rings,
    ring_of,
)

ANY_LEVEL: tuple[Level | None, ...] = (*LEVELS, None)
ALL_IN_ORDER = "3 3 3 3"


def answered(interview: Interview, level: Level | None, sure: float = 1.0) -> Interview:
    """The open question answered; 'weet ik niet' is said to the probe too."""
    question = interview.next_question()
    assert question is not None
    after = interview.record(Answer(question, level, read_as=ReadAs.TEXT, certainty=sure))
    return answered(after, None) if level is None and after.phase is Phase.PROBE else after


def opened(order: Sequence[Question] = ring_questions()) -> Interview:
    interview = begin("test", order).choose_role(Role.MEDEWERKER)
    return interview.choose_subject(Subject.TEAM).give_consent(True)


def levels_of(text: str) -> list[Level | None]:
    """'1 2 ? .': levels as in the worked cases; '?' is 'weet ik niet', '.' is never asked."""
    return [None if level == "?" else int(level) for level in text.split() if level != "."]


def held(ring: str, processes: str = "", sure: float = 1.0) -> Interview:
    """The interview after these answers; refuses a level that would never be asked for."""
    interview = opened()
    for level in levels_of(ring):
        question = interview.next_question()
        assert question is not None and question.ring is None, f"{ring}: stopped before {level}"
        interview = answered(interview, level, sure)
    for level in levels_of(processes):
        question = interview.next_question()
        assert question is not None and question.ring is not None, f"{processes}: too many"
        interview = answered(interview, level, sure)
    return interview


def placed(ring: str, processes: str, sure: float = 1.0) -> Placement:
    placement = held(ring, processes, sure).placement()
    assert placement is not None
    return placement


# --- the worked cases -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "ring", "questions"),
    [
        ("1 1 1 . . .", Ring.ACTIVATIE, 3),
        ("3 3 3 3 . .", Ring.REALISATIE, 4),
        ("1 3 2 2 2 .", Ring.CULTIVATIE, 5),
        ("1 1 2 2 3 3", Ring.CULTIVATIE, 6),
    ],
)
def test_ring_of_the_worked_cases_is_known_after_exactly_so_many_questions(
    levels: str, ring: Ring, questions: int
) -> None:
    *before, last = levels_of(levels)
    interview = opened()
    for level in before:
        interview = answered(interview, level)
        assert interview.ring() is None
    interview = answered(interview, last)
    assert interview.ring() is ring
    assert len(interview.settled()) == questions
    assert interview.next_question() == process_questions(ring)[0]


def test_many_high_answers_do_not_hide_that_steering_and_knowing_lag_behind() -> None:
    placement = placed("1 1 2 2 3 3", "1")
    assert placement.ring is Ring.CULTIVATIE
    assert placement.lagging == (Construct.STURING, Construct.WETEN)
    assert placement.ahead == (Construct.DURVEN, Construct.MOGEN)


# --- the article's own cases ----------------------------------------------------------


@pytest.mark.parametrize(
    ("processes", "process"),
    [
        ("1", Process.DOELEN_STELLEN),
        ("2", Process.DOELEN_STELLEN),
        ("3 1", Process.PROGRAMMEREN),
        ("3 3 1", Process.PADVINDEN),
    ],
    ids=["goals unclear", "goals unrealistic", "no room to learn", "goals and room in order"],
)
def test_stranded_attempts_without_self_direction_point_back_to_the_first_thing_missing(
    processes: str, process: Process
) -> None:
    assert placed("1 1 1", processes).position == Position(Ring.ACTIVATIE, process)


def test_motivated_people_with_shared_steering_are_not_sent_to_motivating_again() -> None:
    placement = placed("2 2 3 2", "2")
    assert placement.position == Position(Ring.CULTIVATIE, Process.DOELEN_STELLEN)
    assert placement.ahead == (Construct.WILLEN,)
    assert Construct.WILLEN not in placement.lagging


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
def test_every_position_can_be_reached(position: Position) -> None:
    ring = {1: "1 1 1", 2: "2 2 2 2", 3: "3 3 3 3"}[position.ring.level]
    passed = ["3"] * len(position.before())
    assert placed(ring, " ".join([*passed, "2"])).position == position


# --- the ring -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "ring"),
    [
        ((1, 3, 3), Ring.REALISATIE),
        ((1, 1, 3, 3), Ring.ACTIVATIE),
        ((1, 2, 3, 3), Ring.CULTIVATIE),
        ((2, 2, 2, 3, 3, 3), Ring.CULTIVATIE),
        ((1, 1, 3, 3, 3, 3), Ring.REALISATIE),
    ],
)
def test_an_even_number_of_answers_takes_the_lower_of_the_two_in_the_middle(
    levels: tuple[Level, ...], ring: Ring
) -> None:
    assert {ring_of(order) for order in permutations(levels)} == {ring}


@given(st.lists(st.sampled_from(ANY_LEVEL), max_size=6))
def test_ring_is_the_lower_median_of_what_is_known(levels: list[Level | None]) -> None:
    known = [level for level in levels if level is not None]
    ring = ring_of(levels)
    assert (ring.level if ring else None) == (median_low(known) if len(known) >= 3 else None)


@pytest.mark.parametrize("levels", ["? ? ? ? . .", "1 2 ? ? ? ?", "3 ? 3 ? ? ?", "? 1 ? ? 1 ?"])
def test_with_fewer_than_three_known_answers_no_place_is_invented(levels: str) -> None:
    interview = held(levels)
    assert interview.phase is Phase.UNPLACED
    assert interview.ring() is None
    assert interview.placement() is None
    assert interview.next_question() is None


@pytest.mark.parametrize("levels", ["1 ? ? 1 ? 1", "? ? ? 1 2 1"])
def test_three_known_answers_are_enough_for_a_ring(levels: str) -> None:
    assert held(levels).ring() is Ring.ACTIVATIE


def test_possible_rings_are_those_of_every_way_to_answer_on() -> None:
    for known, to_come in ((0, 3), (1, 3), (2, 3), (3, 2), (4, 2), (5, 1)):
        for levels in product(ANY_LEVEL, repeat=known):
            rings = {ring_of([*levels, *rest]) for rest in product(ANY_LEVEL, repeat=to_come)}
            assert possible_rings(levels, to_come) == rings


outcomes = st.tuples(st.sampled_from(ANY_LEVEL), st.booleans())
"""A level as it ends up, and whether it took the probe to get there."""


@given(
    order=st.permutations(ring_questions()),
    answers=st.lists(outcomes, min_size=6, max_size=6),
)
def test_stopping_early_gives_the_ring_that_asking_everything_would_give(
    order: list[Question], answers: list[tuple[Level | None, bool]]
) -> None:
    by_question = dict(zip(order, answers, strict=True))
    interview = opened(order)
    given_levels: list[Level | None] = []
    while (question := interview.next_question()) and question.ring is None:
        to_come = len(order) - len(given_levels)
        still = {ring_of([*given_levels, *rest]) for rest in product(ANY_LEVEL, repeat=to_come)}
        assert len(still) > 1, "a question is asked that can change nothing"
        level, by_probe = by_question[question]
        if level is None or by_probe:
            interview = interview.record(Answer(question, None))
            assert (interview.phase, interview.next_question()) == (Phase.PROBE, question)
        interview = interview.record(Answer(question, level))
        given_levels.append(level)
    unasked = len(order) - len(given_levels)
    for rest in product(ANY_LEVEL, repeat=unasked):
        assert ring_of([*given_levels, *rest]) == interview.ring()
    assert ring_of([level for level, _ in answers]) == interview.ring()


# --- the process ----------------------------------------------------------------------


def test_process_questions_stop_at_the_first_that_is_not_in_order() -> None:
    interview = held("2 2 2 2", "3 3 2")
    assert interview.phase is Phase.REVIEW
    assert [q.process for q in interview.settled() if q.ring] == list(Process)[:3]


@pytest.mark.parametrize("levels", list(product(ANY_LEVEL, repeat=4)))
def test_process_is_the_first_that_is_not_known_to_be_in_order(
    levels: tuple[Level | None, ...],
) -> None:
    asked = dict(zip(Process, levels, strict=True))
    missing = [process for process in Process if asked[process] != 3]
    assert first_not_in_order(asked) == (missing[0] if missing else None)


@pytest.mark.parametrize("ring", Ring)
def test_an_unknown_process_counts_as_not_in_order_and_makes_the_place_unsure(ring: Ring) -> None:
    placement = placed({1: "1 1 1", 2: "2 2 2 2", 3: "3 3 3 3"}[ring.level], "3 ?")
    assert placement.position == Position(ring, Process.PROGRAMMEREN)
    assert placement.certainty is Certainty.ONZEKER
    assert placement.would_change == (process_questions(ring)[1],)


@pytest.mark.parametrize(
    ("levels", "completed", "following"),
    [
        ("1 1 1", Ring.ACTIVATIE, Ring.CULTIVATIE),
        ("2 2 2 2", Ring.CULTIVATIE, Ring.REALISATIE),
        ("3 3 3 3", Ring.REALISATIE, Ring.REALISATIE),
    ],
)
def test_a_completed_round_leads_to_choosing_goals_in_the_next_ring(
    levels: str, completed: Ring, following: Ring
) -> None:
    placement = placed(levels, ALL_IN_ORDER)
    assert placement.completed is completed
    assert placement.position == Position(following, Process.DOELEN_STELLEN)


def test_a_round_that_is_not_completed_is_no_transition() -> None:
    assert placed("1 1 1", "3 3 3 2").completed is None


def test_points_of_attention_in_a_transition_are_those_of_the_ring_just_completed() -> None:
    placement = placed("1 3 2 2 2", ALL_IN_ORDER)
    assert placement.completed is Ring.CULTIVATIE
    assert (placement.lagging, placement.ahead) == ((Construct.STURING,), (Construct.WETEN,))


# --- how sure -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ring", "processes", "certainty"),
    [
        ("1 1 1", "1", Certainty.DUIDELIJK),
        ("3 3 3 3", ALL_IN_ORDER, Certainty.DUIDELIJK),
        ("1 1 2 2 3 3", "1", Certainty.WAARSCHIJNLIJK),
        ("? 1 1 1", "1", Certainty.WAARSCHIJNLIJK),
        ("? ? 1 1 1", "1", Certainty.WAARSCHIJNLIJK),
        ("? ? ? 1 1 1", "1", Certainty.ONZEKER),
        ("1 1 1", "?", Certainty.ONZEKER),
    ],
)
def test_place_is_as_sure_as_its_answers(ring: str, processes: str, certainty: Certainty) -> None:
    assert placed(ring, processes).certainty is certainty


def test_a_place_read_from_vague_words_is_probable_at_most() -> None:
    assert placed("1 1 1", "1", sure=0.6).certainty is Certainty.WAARSCHIJNLIJK
    assert placed("1 1 1", "1", sure=0.95).certainty is Certainty.DUIDELIJK


def test_an_answer_that_the_user_confirmed_is_as_good_as_a_button() -> None:
    question = ring_questions()[0]
    vague = Answer(question, 2, "zoiets", ReadAs.TEXT, 0.5)
    assert vague.checked() == Answer(question, 2, "zoiets", ReadAs.CHECK, 1.0)


def test_what_would_change_the_place_are_the_answers_on_the_edge() -> None:
    placement = placed("1 1 2 2 3 3", "1")
    assert {q.construct for q in placement.would_change} == {Construct.WILLEN, Construct.KUNNEN}


def test_an_answer_between_two_other_rings_is_named_once_as_what_would_change_it() -> None:
    placement = placed("1 1 2 3 3 3", "1")
    assert placement.would_change == (Question(Construct.WILLEN),)


@given(st.lists(st.sampled_from(ANY_LEVEL), min_size=6, max_size=6))
def test_a_clear_place_stands_when_one_ring_answer_is_a_level_off(
    levels: list[Level | None],
) -> None:
    interview = opened()
    while question := interview.next_question():
        level = levels[RING_CONSTRUCTS.index(question.construct)] if question.ring is None else 1
        interview = answered(interview, level)
    placement = interview.placement()
    if placement is None or placement.certainty is not Certainty.DUIDELIJK:
        return
    known = [a.level for a in placement.decided_by if not a.question.ring and a.level]
    for index, level in enumerate(known):
        for other in {level - 1, level + 1} & set(LEVELS):
            assert ring_of([*known[:index], other, *known[index + 1 :]]) is placement.ring


# --- the result as a whole ------------------------------------------------------------


def test_result_names_the_answers_that_decided_it() -> None:
    placement = placed("? 1 1 1", "3 2")
    told = [(a.question.construct, a.level) for a in placement.decided_by]
    assert told == [
        (Construct.WETEN, 1),
        (Construct.WILLEN, 1),
        (Construct.KUNNEN, 1),
        (Construct.DOELEN_STELLEN, 3),
        (Construct.PROGRAMMEREN, 2),
    ]


def test_result_says_under_which_questionnaire_and_rule_it_was_made() -> None:
    placement = placed("1 1 1", "1")
    assert (placement.version, bool(placement.rule)) == ("test", True)


@pytest.mark.parametrize(
    ("ring", "processes"), [("1 1 1", "1"), ("1 1 2 2 3 3", "?"), ("3 3 3 3", ALL_IN_ORDER)]
)
def test_result_survives_json(ring: str, processes: str) -> None:
    placement = placed(ring, processes, sure=0.7)
    assert Placement.from_json(json.loads(json.dumps(placement.to_json()))) == placement


@given(st.floats(0.799, 0.801))
def test_a_result_worked_out_again_after_json_is_just_as_sure(sure: float) -> None:
    interview = held("1 1 1", "1", sure)
    again = Interview.from_json(json.loads(json.dumps(interview.to_json())))
    before, after = interview.placement(), again.placement()
    assert before and after and after.certainty is before.certainty


@pytest.mark.parametrize("level", [0, 4, -1])
def test_a_level_that_does_not_exist_is_refused(level: int) -> None:
    with pytest.raises(UnknownChoice):
        replace(Answer(ring_questions()[0], 1), level=level)
