"""Every step, question and answered promise of a talk is counted once, however the talk goes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.answers import Answer, Question, Role, Subject
from coach.domain.coaching import Plan, Stage
from coach.domain.counting import STEPS, Counted, Counts, Place, count, so_far
from coach.domain.interview import Interview, begin
from coach.domain.path import POSITIONS
from coach.domain.promise import Outcome, Promise
from coach.domain.shown_figures import stops


def opened(consent: bool = True, role: Role = Role.MEDEWERKER) -> Interview:
    interview = begin("test").choose_role(role)
    return interview.choose_subject(Subject.TEAM).give_consent(consent)


def say(interview: Interview, *levels: int | None) -> Interview:
    for level in levels:
        question = interview.next_question()
        assert question is not None
        interview = interview.record(Answer(question, level))  # type: ignore[arg-type]
    return interview


def promise(round_: int = 1, outcome: Outcome = Outcome.OPEN) -> Promise:
    plan = Plan(POSITIONS[0], "eigen", "praten", "ik", "morgen", date(2026, 11, 30), 8, "", None)
    return Promise(Role.MEDEWERKER, plan, round_, outcome=outcome)


def walk(*places: Place) -> tuple[Counted, Counter[str]]:
    """What a talk that stands here and then there counts together."""
    marks, seen = Counted(), Counter[str]()
    for place in places:
        marks, new = count(marks, place)
        marks = Counted.from_json(json.loads(json.dumps(marks.to_json())))
        seen.update((*new.steps, *new.other))
    return marks, seen


def test_a_talk_counts_what_it_comes_past() -> None:
    asked = opened()
    placed = say(asked, 1, 1, 1, 1)
    _, seen = walk(Place(), Place(begin("test")), Place(asked), Place(placed))
    assert seen["begonnen"] == seen["rol"] == seen["toestemming"] == seen["toestemming:ja"] == 1
    assert placed.placement() is not None and seen["plek"] == 1 and seen["klopt"] == 0
    assert [name for name in seen if name.startswith("vraag:")] == [
        "vraag:sturing",
        "vraag:doelen_stellen",
        "vraag:weten",
        "vraag:willen",
    ]
    assert all(seen[f"antwoord:{name[6:]}"] == 1 for name in seen if name.startswith("vraag:"))


def test_the_open_question_is_where_a_talk_stops() -> None:
    _, seen = walk(Place(), Place(say(opened(), 1)))
    many = Counter({name: 6 * number for name, number in seen.items()})
    where = stops(many, ("sturing", "weten", "willen"))
    assert [(bar.name, bar.number) for bar in where] == [("vraag:weten", 6)]
    assert stops(Counter({name: 4 * n for name, n in seen.items()}), ("sturing", "weten")) == ()


def test_a_no_is_counted_as_a_no_and_ends_what_was_told() -> None:
    marks, seen = walk(Place(opened(consent=False)))
    assert seen["toestemming:nee"] == 1 and seen["toestemming:ja"] == 0
    told = replace(marks, told=True)
    assert not count(told, Place(opened(consent=False)))[0].told
    assert count(told, Place(opened()))[0].told


def test_a_promise_that_is_answered_counts_once_a_promise() -> None:
    done = promise(outcome=Outcome.DONE)
    _, seen = walk(
        Place(opened(), Stage.DONE, promise()),
        Place(opened(), Stage.DONE, done),
        Place(opened(), Stage.DONE, done),
        Place(opened(), Stage.DONE, promise(2, Outcome.NOT)),
    )
    assert (seen["terug:gelukt"], seen["terug:niet"], seen["beloofd"]) == (1, 1, 1)


def test_a_talk_from_before_the_counting_counts_only_what_is_new() -> None:
    marks = so_far(Place(say(opened(), 1)))
    _, new = count(marks, Place(say(opened(), 1, 1)))
    assert new.steps == () and set(new.other) == {"antwoord:weten", "vraag:willen"}


def test_a_talk_of_the_desk_is_counted_apart() -> None:
    new = Counts(("begonnen", "rol"), ("toestemming:ja",), "medewerker")
    assert new.names("desk") == ["klant:begonnen", "klant:rol", "klant:toestemming:ja"]
    assert set(new.names("web")) == {
        "begonnen", "rol", "toestemming:ja", "kanaal:web:begonnen", "kanaal:web:rol",
        "rol:medewerker:rol",
    }  # fmt: skip


@pytest.mark.parametrize("channel", ["c" * 16, "desk"])
def test_every_name_fits_its_column(channel: str) -> None:
    for role in Role:
        names = Counts(STEPS, ("overdracht:onduidelijk", "wacht:20160"), role.value).names(channel)
        assert max(map(len, names)) <= 48


PLACES = st.builds(
    Place,
    st.sampled_from(
        [
            None,
            begin("test"),
            opened(),
            say(opened(), 1),
            say(opened(), 3, 2),
            say(opened(), 2, None),
        ]
    ),
    st.one_of(st.none(), st.sampled_from(list(Stage))),
    st.one_of(st.none(), st.builds(promise, st.integers(1, 3), st.sampled_from(list(Outcome)))),
)


@given(st.lists(st.tuples(PLACES, st.booleans())))
def test_no_order_of_turns_and_failures_counts_anything_twice(
    turns: list[tuple[Place, bool]],
) -> None:
    """A turn that fails stores neither its marks nor its counts; the same message is then held again."""
    marks, seen, reached = Counted(), Counter[str](), -1
    for place, fails in turns:
        after, new = count(marks, place)
        assert count(marks, place) == (after, new)
        if fails:
            continue
        marks, reached = after, max(reached, place.step)
        seen.update((*new.steps, *new.other))
        assert not count(marks, place)[1], "the same place again counts nothing"
    assert [name for name in seen if name in STEPS] == list(STEPS[: reached + 1])
    counted = {name: number for name, number in seen.items() if not name.startswith("terug:")}
    assert set(counted.values()) <= {1}
    assert sum(seen.values()) - len(counted) <= 3, "once a promise"


def test_questions_are_named_by_what_they_measure() -> None:
    asked, done = Place(say(opened(), 1)).questions()
    assert asked - done == {Question.from_json({"construct": "weten", "ring": None}).construct}
