"""The card of a talk: its reasons, steps and resources follow from what was said and from the place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from coach.content import load
from coach.domain.answers import Answer, Level, Role, Subject
from coach.domain.coaching import Plan
from coach.domain.interview import Interview, begin
from coach.domain.path import Process, Ring
from coach.domain.promise import Promise
from coach.settings import ROOT
from coach.usecases.client_talks import Standing, for_client, opening, where
from coach.usecases.form import Sheet
from coach.usecases.talk_card import RESOURCES, card_of

CONTENT = load(ROOT / "content")


def interview(levels: str, processes: str = "1") -> Interview:
    questionnaire = CONTENT.questionnaires[CONTENT.current]
    here = begin(questionnaire.version, questionnaire.order).choose_role(Role.LEERADVISEUR)
    here = here.choose_subject(Subject.KLANT).give_consent(True)
    ring, process = iter(levels), iter(processes)
    while question := here.next_question():
        level: Level = int(next(process, "1") if question.ring else next(ring, levels[-1]))
        here = here.record(Answer(question, level, "zo gaat het"))
    return here


def state(here: Interview, **more: Any) -> dict[str, Any]:
    return {"slots": {"interview": here.to_json(), **more}}


@pytest.mark.parametrize("ring", ["1", "2", "3"])
@pytest.mark.parametrize("processes", ["1", "31", "331", "3331"])
def test_every_place_has_a_card_with_three_steps_and_help(ring: str, processes: str) -> None:
    card = card_of(CONTENT, state(interview(ring * 4, processes)))
    assert card
    assert len(card.steps) == 3 and 0 < len(card.resources) <= RESOURCES
    assert all(Role.LEERADVISEUR in one.roles for one in card.resources)
    assert card.first == card.steps[0].actors
    assert 2 <= len(card.reasons) <= 5


def test_resources_belong_to_the_place_when_there_are_any() -> None:
    card = card_of(CONTENT, state(interview("1111")))
    assert card
    assert all(card.place.code in one.positions for one in card.resources)


def test_who_is_first_follows_the_step_that_was_promised() -> None:
    here = interview("2222", "331")
    card = card_of(CONTENT, state(here))
    assert card and (card.place.position.ring, card.place.position.process) == (
        Ring.CULTIVATIE,
        Process.PADVINDEN,
    )
    other = next(s for s in card.steps if s.actors != card.first)
    on = date(2026, 12, 4)
    plan = Plan(card.place.position, other.step.id, "bellen", "ik", "vrijdag", on, 8)
    after = card_of(CONTENT, state(here, promise=Promise(Role.LEERADVISEUR, plan).to_json()))
    assert after and after.promise and after.first == other.actors


def test_there_is_no_card_before_there_is_a_place() -> None:
    assert card_of(CONTENT, {}) is None
    assert card_of(CONTENT, state(interview("1111").back())) is None


def test_where_a_talk_is() -> None:
    assert where({}).standing is Standing.BEGUN
    asking = where(state(interview("1111").back()))
    assert asking.standing is Standing.ASKING and asking.number
    placed = where(state(interview("1111")))
    assert placed.standing is Standing.PLACED and placed.position


def test_the_opening_is_the_desks_whatever_is_sent() -> None:
    sent = Sheet("2026-11", Role.MEDEWERKER, Subject.TEAM, True)
    assert for_client(sent, consent=False) == Sheet(
        "2026-11", Role.LEERADVISEUR, Subject.KLANT, False, at_desk=True
    )
    assert opening("2026-11", known=True).consent is True
