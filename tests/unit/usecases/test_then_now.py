"""Then beside now, over the real content: what is said, and what is left out, whatever moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coach.domain.answers import Answer as Given
from coach.domain.answers import Construct, Level, Question, Role, Subject
from coach.domain.content import Content
from coach.domain.interview import Interview, begin
from coach.domain.path import POSITIONS, PROCESSES, Position, Process, Ring
from coach.domain.rounds import Round
from coach.usecases import result
from coach.usecases.then_now import MOST_PLACES, picture, places_of, then_and_now

NEWER = "2027-05"


def at(content: Content, position: Position, version: str = "") -> Interview:
    """Somebody who stands clearly at a position."""
    levels: dict[Construct, Level] = dict.fromkeys(Construct, position.ring.level)
    for process in PROCESSES:
        passed = PROCESSES.index(process) < PROCESSES.index(position.process)
        levels[Construct(process.value)] = 3 if passed else 1
    interview = begin(version or content.current).choose_role(Role.MEDEWERKER)
    interview = interview.choose_subject(Subject.TEAM).give_consent(True)
    while question := interview.next_question():
        interview = interview.record(Given(question, levels[question.construct]))
    return interview


def rounds(content: Content, *places: Position) -> tuple[Round, ...]:
    return tuple(
        Round(n, date(2026, 1, 5) + timedelta(days=28 * n), at(content, place))
        for n, place in enumerate(places, start=1)
    )


def renewed(content: Content, *changed: Question) -> Content:
    """The same content with a newer questionnaire, in which some questions mean something else."""
    old = content.questionnaires[content.current]
    items = {
        q: replace(item, changed_in=NEWER if q in changed else "") for q, item in old.items.items()
    }
    newer = replace(old, version=NEWER, items=items)
    return replace(content, questionnaires={**content.questionnaires, NEWER: newer}, current=NEWER)


def responses(content: Content, now: Interview, before: tuple[Round, ...]) -> list[str]:
    return [say.response for say in then_and_now(content, now, before)]


FIRST, SECOND = POSITIONS[0], POSITIONS[1]


def test_a_first_time_says_nothing_of_then(content: Content) -> None:
    now = at(content, FIRST)
    assert then_and_now(content, now, ()) == ()
    assert "utter_result" in [say.response for say in result.show(content, now)]


@pytest.mark.parametrize(
    ("then", "now", "moved", "signs"),
    [
        (FIRST, SECOND, "utter_moved_vooruitgang", "utter_signs_lasting"),
        (SECOND, SECOND, "utter_moved_stilstand", "utter_signs_standstill"),
        (SECOND, FIRST, "utter_moved_terugval", "utter_signs_relapse"),
    ],
)
def test_each_movement_comes_with_its_own_signs(
    content: Content, then: Position, now: Position, moved: str, signs: str
) -> None:
    says = then_and_now(content, at(content, now), rounds(content, then))
    assert {moved, signs} <= {say.response for say in says}
    place = content.places[then if then != now and moved.endswith("gang") else now]
    told = next(say for say in says if say.response == signs).slots["signs"]
    wanted = place.in_order_when if moved.endswith("gang") else place.standstill
    assert all(sign in told for sign in wanted[:3])


def test_a_relapse_points_back_to_the_process_or_to_the_ring(content: Content) -> None:
    within = responses(content, at(content, FIRST), rounds(content, SECOND))
    assert within[-1] == "utter_look_back_process"
    across = Position(Ring.CULTIVATIE, Process.DOELEN_STELLEN)
    assert "utter_look_back_ring" in responses(content, at(content, FIRST), rounds(content, across))


def test_the_way_is_told_from_the_third_time_on_and_stays_short(content: Content) -> None:
    now = at(content, SECOND)
    assert "utter_way" not in responses(content, now, rounds(content, FIRST))
    many = rounds(content, *[FIRST, SECOND] * 8)
    way = next(s for s in then_and_now(content, now, many) if s.response == "utter_way")
    assert len(way.slots["way"].splitlines()) == 6


def test_what_was_said_before_about_strengths_is_not_said_again(content: Content) -> None:
    def strong(interview: Interview) -> Interview:
        sturing = Question(Construct.STURING)
        return interview.choose_correction().correct(sturing).record(Given(sturing, 3))

    now = strong(at(content, Position(Ring.CULTIVATIE, Process.DOELEN_STELLEN)))
    alone = [say.response for say in result.show(content, now)]
    again = [s.response for s in result.show(content, now, (Round(1, date(2026, 12, 1), now),))]
    assert "utter_strength" in alone and "utter_strength" not in again


# --- a newer questionnaire ---------------------------------------------------------------


def test_renewed_questions_about_the_same_are_compared_and_it_is_said(content: Content) -> None:
    newer = renewed(content)
    said = responses(newer, at(newer, SECOND), rounds(content, FIRST))
    assert said[:2] == ["utter_questions_renewed", "utter_moved_vooruitgang"]


def test_places_that_lean_on_a_changed_question_are_not_compared(content: Content) -> None:
    newer = renewed(content, Question(Construct.STURING))
    said = responses(newer, at(newer, SECOND), rounds(content, FIRST))
    assert said[0] == "utter_moved_andere_vragen"
    assert not {s for s in said if "signs" in s or "look_back" in s}


def test_a_questionnaire_that_is_gone_compares_nothing(content: Content) -> None:
    old = (Round(1, date(2026, 12, 1), at(content, FIRST, "2020-01")),)
    assert responses(content, at(content, SECOND), old) == ["utter_moved_andere_vragen"]


def test_another_group_is_not_compared(content: Content) -> None:
    now = replace(at(content, SECOND), subject=Subject.ORGANISATIE)
    assert responses(content, now, rounds(content, FIRST)) == ["utter_other_people"]


# --- the address of the picture ----------------------------------------------------------


def test_the_picture_of_any_number_of_rounds_has_an_address_that_can_be_read(
    content: Content,
) -> None:
    for times in (0, 1, 5, 100):
        before = rounds(content, *[POSITIONS[n % 12] for n in range(times)])
        name = picture(SECOND, before).removeprefix("/figuur/").removesuffix(".png")
        places = tuple(r.position for r in before)[-MOST_PLACES:]
        assert places_of(name) == (SECOND, places)


@pytest.mark.parametrize("name", ["", "nergens", "activatie-leren~", "activatie-leren~z", "~a",
                                  "activatie-leren~" + "a" * 41])  # fmt: skip
def test_an_address_that_is_not_ours_names_no_picture(name: str) -> None:
    assert places_of(name) is None
