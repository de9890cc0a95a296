"""How somebody is met who comes back after a while: an answer counts, a greeting gets the offer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.domain.answers import Answer, Role, Subject
from coach.domain.coaching import Coaching, Plan
from coach.domain.coaching import Stage as Move
from coach.domain.followup import FollowUp
from coach.domain.interview import Interview, begin
from coach.domain.path import POSITIONS
from coach.domain.promise import Outcome, Promise
from coach.usecases.coming_back import Meeting, Message, answers, meeting, reply_to_offer
from coach.usecases.followups import mark_in, then_and_now
from coach.usecases.reply import Heard
from coach.usecases.side import Standing

PLAN = Plan(POSITIONS[0], "eigen", "Ik vraag het Sanne", "ik", "vrijdag", None, 8)
PROMISE = Promise(Role.MEDEWERKER, PLAN, kept=True)


@pytest.fixture
def asking(content: object) -> Standing:
    questionnaire = content.questionnaires[content.current]  # type: ignore[attr-defined]
    interview = begin(questionnaire.version, questionnaire.order)
    interview = interview.choose_role(Role.MEDEWERKER).choose_subject(Subject.TEAM)
    return Standing(interview.give_consent(True))


@pytest.mark.parametrize(
    ("intent", "text", "met"),
    [
        ("greet", "hallo", Meeting.OFFERED),
        ("nlu_fallback", "xyz", Meeting.OFFERED),
        ("affirm", "ja", Meeting.OFFERED),
        ("resume", "verder", Meeting.GOES_ON),
        ("faq_kosten", "wat kost een cursus", Meeting.GREETED),
        ("faq_privacy", "wis mijn gegevens", Meeting.AS_USUAL),
        ("stop", "stop", Meeting.AS_USUAL),
        ("distress_red", "ik wil niet meer", Meeting.AS_USUAL),
    ],
)
def test_what_is_said_decides_how_one_is_met(
    asking: Standing, intent: str, text: str, met: Meeting
) -> None:
    assert meeting(Message(intent, text), asking, "interview", answers=False) is met


def test_an_answer_is_greeted_and_counts(asking: Standing) -> None:
    assert meeting(Message("inform", "dat"), asking, "interview", answers=True) is Meeting.GREETED


def test_a_talk_that_has_not_begun_or_is_closed_is_as_usual() -> None:
    hello = Message("greet", "hallo")
    assert meeting(hello, Standing(), None, answers=False) is Meeting.AS_USUAL
    gone = Standing(promise=PROMISE.went(Outcome.DONE))
    assert meeting(hello, gone, "finished", answers=False) is Meeting.AS_USUAL
    open_ = Standing(promise=PROMISE)
    assert meeting(hello, open_, "finished", answers=False) is Meeting.OFFERED


def test_who_answers_a_check_in_is_not_told_what_it_is_about() -> None:
    now = Standing(followup=FollowUp(PROMISE), promise=PROMISE)
    assert meeting(Message("greet", "hoi"), now, "followup", answers=False) is Meeting.AS_USUAL


def test_a_plain_yes_or_no_is_about_the_offer() -> None:
    assert reply_to_offer(Message("affirm", "ja graag")) is Meeting.GOES_ON
    assert reply_to_offer(Message("deny", "nee")) is Meeting.PUT_OFF
    assert reply_to_offer(Message("affirm", "ja wij doen dat altijd samen")) is Meeting.AS_USUAL


def test_what_counts_as_an_answer(asking: Standing) -> None:
    def no() -> bool:
        return False

    def yes() -> bool:
        return True

    said = Message("inform", "wij kiezen dat samen met het team")
    assert answers(said, asking, yes, no)
    assert not answers(said, asking, no, no)
    assert not answers(replace(said, text="kiezen wij dat samen?"), asking, yes, no)
    assert answers(Message("choose", button=True), asking, no, no)
    telling = replace(asking, coaching=Coaching(Role.MEDEWERKER, POSITIONS[0]))
    assert telling.coaching is not None and telling.coaching.stage is Move.REALITY
    assert answers(said, telling, no, no)
    assert not answers(Message("inform", "tja"), telling, no, no)


def test_every_place_in_a_talk_has_words_and_an_offer(asking: Standing) -> None:
    from coach.wiring import coach

    back, interview = coach().coming_back, asking.interview
    assert isinstance(interview, Interview)
    assert back.where(asking, "interview").slots == {"number": "1", "at_most": "10"}
    assert back.offer(asking, "interview")[1].response == "utter_offer_begun"
    question = interview.next_question()
    assert question is not None
    answered = replace(asking, interview=interview.record(Answer(question, 1, "x")))
    assert back.offer(answered, "interview")[1].response == "utter_offer_answers"
    assert back.offer(Standing(promise=PROMISE), "finished")[0].slots["when"] == "vrijdag"


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [(None, 60, []), (20, 60, ["utter_rate_up"]), (60, 58, ["utter_rate_same"]), (60, 20, ["utter_rate_down"])],
)  # fmt: skip
def test_then_and_now_are_one_sentence(then: int | None, now: int, said: list[str]) -> None:
    assert [line.response for line in then_and_now(then, now)] == said


@pytest.mark.parametrize(
    ("text", "mark"),
    [("40", 40), ("ongeveer 40", 40), ("0", 0), ("101", None), ("12 of 13 ofzo", None), ("", None)],
)
def test_a_mark_is_only_a_mark_when_nothing_else_is_said(text: str, mark: int | None) -> None:
    assert mark_in(Heard(text)) == mark
