"""The open question tells an answer from a side request."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.domain.answers import Role
from coach.domain.coaching import Coaching, Plan, Stage
from coach.domain.followup import FollowUp
from coach.domain.followup import Stage as FollowStage
from coach.domain.interview import Interview
from coach.domain.path import POSITIONS, Position
from coach.domain.promise import Promise
from coach.usecases.attention import is_answer
from coach.usecases.side import Standing

WAYS = {
    Stage.REALITY: (),
    Stage.OPTION: ("x",),
    Stage.OBSTACLE: ("x", "act-doe-1"),
    Stage.WHAT: ("x", "act-doe-1", "niets"),
    Stage.WHO: ("x", "act-doe-1", "niets", "ja"),
    Stage.WHEN: ("x", "act-doe-1", "niets", "ja", "ik"),
    Stage.SURE: ("x", "act-doe-1", "niets", "ja", "ik", "2026-12-04"),
}


def coaching_at(stage: Stage) -> Standing:
    coaching = Coaching(Role.MEDEWERKER, POSITIONS[0])
    for value in WAYS[stage]:
        coaching = coaching.say(value)
    assert coaching.stage is stage
    return Standing(Interview("v"), coaching)


@pytest.mark.parametrize(
    ("stage", "intent", "certainty", "text"),
    [
        (Stage.WHO, "faq_wie_ziet_wat", 0.41, "samen met de directeur"),
        (Stage.WHO, "role", 0.99, "mijn leidinggevende"),
        (Stage.WHEN, "greet", 1.0, "morgen"),
        (Stage.WHEN, "pause", 0.40, "binnenkort"),
        (Stage.SURE, "human", 0.9, "een 6 als iemand helpt"),
        (Stage.OBSTACLE, "human", 0.5, "hulp van een collega ontbreekt"),
    ],
)
def test_words_of_ones_own_are_an_answer(
    stage: Stage, intent: str, certainty: float, text: str
) -> None:
    assert is_answer(intent, certainty, text, coaching_at(stage))


@pytest.mark.parametrize(
    ("stage", "intent", "certainty", "text"),
    [
        (Stage.WHO, "stop", 0.99, "stop maar"),
        (Stage.WHEN, "explain", 0.99, "wat bedoel je"),
        (Stage.WHEN, "faq_kosten", 0.3, "wat kost dit?"),
        (Stage.SURE, "explain", 0.98, "hoezo een cijfer"),
        (Stage.WHAT, "distress_red", 1.0, "ik wil niet meer leven"),
        (Stage.REALITY, "human", 0.98, "kan ik een mens spreken"),
    ],
)
def test_a_side_request_stays_one(stage: Stage, intent: str, certainty: float, text: str) -> None:
    assert not is_answer(intent, certainty, text, coaching_at(stage))


def test_distress_counts_also_before_a_talk_begins() -> None:
    assert not is_answer("distress_red", 1.0, "ik wil dood", Standing())
    assert not is_answer("distress_red", 0.3, "als Henk meedoet", Standing())


def test_faint_distress_gives_way_to_a_sure_answer_and_to_nothing_else() -> None:
    text = "ze verstoppen hun fouten, want de chef wordt boos"
    assert is_answer("distress_orange", 0.5, text, Standing(), lambda: True)
    assert not is_answer("distress_orange", 0.5, text, Standing(), lambda: False)
    assert not is_answer("distress_orange", 0.7, text, Standing(), lambda: True)


def test_a_doubtful_aside_is_an_answer_to_the_open_question(
    interview_at: Callable[[Role, Position], Interview],
) -> None:
    asking = Standing(interview_at(Role.MEDEWERKER, POSITIONS[5]).back())
    assert is_answer("faq_geen_tijd", 0.5, "er is nooit tijd", asking)
    assert not is_answer("faq_geen_tijd", 0.5, "wat als er geen tijd is?", asking)
    assert not is_answer("restart", 0.5, "ik wil opnieuw", asking)


def test_what_reads_as_an_answer_is_one_unless_it_is_a_command(
    interview_at: Callable[[Role, Position], Interview],
) -> None:
    asking = Standing(interview_at(Role.MEDEWERKER, POSITIONS[5]).back())
    text = "mijn ploeg wilde fermenteren, ik heb een potje vrijgemaakt"
    assert is_answer("out_of_scope", 0.8, text, asking, lambda: True)
    assert not is_answer("out_of_scope", 0.8, text, asking, lambda: False)
    assert not is_answer("out_of_scope", 0.9, text, asking, lambda: True)
    assert not is_answer("restart", 0.8, "ik wil opnieuw", asking, lambda: True)


def test_a_day_where_a_day_is_asked_is_no_wish_to_stop() -> None:
    asked = coaching_at(Stage.WHEN)
    assert is_answer("later", 0.99, "maandag over een week", asked, says_day=lambda: True)
    assert not is_answer("later", 0.99, "ik ga later verder", asked, says_day=lambda: False)


@pytest.mark.parametrize("intent", ["restart", "human", "help"])
def test_what_helped_is_no_wish_to_begin_again(intent: str) -> None:
    promise = Promise(Role.MEDEWERKER, Plan(POSITIONS[0], "x", "bellen", "ik", "morgen", None, 8))
    looking_back = FollowUp(promise).say("gelukt").say("70")
    assert looking_back.stage is FollowStage.HELPED
    now = Standing(Interview("v"), None, looking_back, promise)
    assert is_answer(intent, 0.99, "beginnen hielp", now, says_helped=lambda: True)
    assert not is_answer(intent, 0.99, "opnieuw beginnen", now)
    assert not is_answer("distress_red", 1.0, "niets hielp", now, says_helped=lambda: True)


def test_a_device_is_an_answer_unless_somebody_wants_to_go_on_there(
    interview_at: Callable[[Role, Position], Interview],
) -> None:
    text = "op mijn telefoon, tussen de zorg door"
    asking = Standing(interview_at(Role.MEDEWERKER, POSITIONS[5]).back())
    for asked in (asking, coaching_at(Stage.OBSTACLE)):
        assert is_answer("other_device", 0.97, text, asked, says_moving=lambda: False)
        assert not is_answer("other_device", 0.97, text, asked, says_moving=lambda: True)
    assert not is_answer("other_device", 0.97, text, Standing(), says_moving=lambda: False)
