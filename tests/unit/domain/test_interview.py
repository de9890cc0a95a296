"""The interview: what is asked next, what is undone by `back`, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from coach.domain.errors import IllegalMove
from coach.domain.interview import Interview, Phase, Scope, begin
from coach.domain.path import Position, Process, Ring

ASKING = (Phase.QUESTION, Phase.PROBE, Phase.CHECK)
STURING, WETEN, WILLEN = ring_questions()[:3]
DOELEN, PROGRAMMEREN = process_questions(Ring.ACTIVATIE)[:2]


def opened() -> Interview:
    interview = begin("test").choose_role(Role.MEDEWERKER)
    return interview.choose_subject(Subject.TEAM).give_consent(True)


def say(interview: Interview, *levels: Level | None) -> Interview:
    """Answer the open questions in order; None is 'weet ik niet'."""
    for level in levels:
        question = interview.next_question()
        assert question is not None
        interview = interview.record(Answer(question, level))
    return interview


def unsure(interview: Interview, level: Level = 2) -> Interview:
    """A vague text was read into a level, so it is checked."""
    question = interview.next_question()
    assert question is not None
    return interview.propose(Answer(question, level, "zoiets", ReadAs.TEXT, 0.5))


def through_json(interview: Interview) -> Interview:
    return Interview.from_json(json.loads(json.dumps(interview.to_json())))


# --- the opening ----------------------------------------------------------------------


def test_interview_opens_with_who_then_about_what_then_consent() -> None:
    interview = begin("test")
    assert interview.phase is Phase.ROLE
    interview = interview.choose_role(Role.LEERADVISEUR)
    assert interview.phase is Phase.SUBJECT
    interview = interview.choose_subject(Subject.KLANT)
    assert interview.phase is Phase.CONSENT
    interview = interview.give_consent(True)
    assert (interview.phase, interview.next_question()) == (Phase.QUESTION, STURING)


def test_who_does_not_want_to_be_kept_can_still_be_interviewed() -> None:
    interview = begin("test").choose_role(Role.MEDEWERKER).choose_subject(Subject.TEAM)
    interview = interview.give_consent(False)
    assert interview.consent is False
    assert (interview.phase, interview.next_question()) == (Phase.QUESTION, STURING)


def test_ring_questions_come_in_the_order_of_the_questionnaire() -> None:
    order = tuple(reversed(ring_questions()))
    interview = replace(opened(), order=order)
    seen = []
    while (question := interview.next_question()) and question.ring is None:
        seen.append(question)
        interview = say(interview, (1, 3)[len(seen) % 2])
    assert tuple(seen) == order[: len(seen)] and len(seen) > 3


# --- questions, probe and check -------------------------------------------------------


def test_process_questions_are_those_of_the_ring_that_was_found() -> None:
    assert say(opened(), 2, 2, 2, 2).next_question() == process_questions(Ring.CULTIVATIE)[0]


def test_not_knowing_is_asked_on_once_and_then_left() -> None:
    interview = say(opened(), None)
    assert (interview.phase, interview.next_question()) == (Phase.PROBE, STURING)
    interview = say(interview, None)
    assert (interview.phase, interview.next_question()) == (Phase.QUESTION, WETEN)
    assert interview.settled()[STURING].level is None


def test_an_answer_to_the_probe_counts() -> None:
    interview = say(opened(), None, 3)
    assert interview.settled()[STURING].level == 3
    assert interview.next_question() == WETEN


def test_saying_yes_to_the_check_makes_the_answer_count_with_its_words() -> None:
    interview = unsure(opened(), 3)
    assert (interview.phase, interview.next_question()) == (Phase.CHECK, STURING)
    assert interview.settled() == {}
    interview = interview.confirm()
    assert interview.settled()[STURING] == Answer(STURING, 3, "zoiets", ReadAs.CHECK, 1.0)
    assert interview.next_question() == WETEN


def test_saying_no_to_the_check_keeps_the_question_open_with_buttons_alone() -> None:
    interview = unsure(opened()).reject()
    assert (interview.phase, interview.next_question()) == (Phase.QUESTION, STURING)
    assert (interview.checked, interview.pending, interview.settled()) == (True, None, {})


def test_an_unreadable_message_brings_the_buttons_and_loses_nothing() -> None:
    before = say(opened(), 1, None)
    after = before.want_buttons()
    assert after.checked
    assert (after.phase, after.next_question()) == (before.phase, before.next_question())
    assert after.trail == before.trail


def test_the_next_question_starts_without_the_buttons_of_the_last() -> None:
    assert not say(opened().want_buttons(), 2).checked
    assert not unsure(opened().want_buttons()).confirm().checked


def test_a_click_instead_of_yes_or_no_answers_the_question() -> None:
    interview = say(unsure(opened(), 3), 1)
    assert interview.settled()[STURING].level == 1
    assert interview.pending is None


# --- result, agreement and correction -------------------------------------------------


def test_result_is_there_as_soon_as_nothing_can_change_it() -> None:
    interview = say(opened(), 1, 1, 1)
    assert interview.placement() is None
    interview = say(interview, 3, 2)
    placement = interview.placement()
    assert interview.phase is Phase.REVIEW
    assert placement and placement.position == Position(Ring.ACTIVATIE, Process.PROGRAMMEREN)


def test_agreeing_ends_the_interview_and_reopening_shows_the_place_again() -> None:
    interview = say(opened(), 1, 1, 1, 1)
    assert interview.agree().phase is Phase.DONE
    assert interview.agree().reopen() == interview


def test_correcting_a_process_answer_moves_the_place() -> None:
    interview = say(opened(), 1, 1, 1, 1).choose_correction()
    assert interview.phase is Phase.CHOOSE
    interview = interview.correct(DOELEN)
    assert (interview.phase, interview.next_question()) == (Phase.QUESTION, DOELEN)
    assert interview.placement() is None
    interview = say(interview, 3)
    assert interview.next_question() == PROGRAMMEREN


def test_correcting_a_ring_answer_can_open_a_question_that_was_not_needed_before() -> None:
    interview = say(say(opened(), 1, 1, 1, 1).correct(STURING), 3)
    assert interview.ring() is None
    assert interview.next_question() == Question(Construct.KUNNEN)


def test_answers_of_a_ring_left_behind_do_not_count_until_one_comes_back() -> None:
    interview = say(opened(), 1, 1, 2, 2, 2, 2)
    assert interview.ring() is Ring.CULTIVATIE
    interview = say(interview, 1)
    moved = say(interview.correct(WILLEN), 1)
    assert moved.ring() is Ring.ACTIVATIE
    assert moved.next_question() == DOELEN
    assert all(q.ring is not Ring.CULTIVATIE for q in moved.answered())
    assert interview.placement() is not None
    assert say(moved.correct(WILLEN), 2).placement() == interview.placement()


def test_the_last_word_on_a_question_counts() -> None:
    interview = say(say(say(opened(), 1).correct(STURING), 2).correct(STURING), 3)
    assert interview.settled()[STURING].level == 3


def test_correcting_to_not_knowing_asks_on_once() -> None:
    interview = say(say(opened(), 1, 1).correct(STURING), None)
    assert (interview.phase, interview.next_question()) == (Phase.PROBE, STURING)
    assert STURING not in interview.settled()
    assert say(interview, 2).settled()[STURING].level == 2


def test_an_answer_can_be_corrected_in_the_middle_of_the_interview() -> None:
    interview = say(say(opened(), 1, 1).correct(STURING), 3)
    assert interview.next_question() == WILLEN
    assert [a.level for a in interview.settled().values()] == [3, 1]


# --- back -----------------------------------------------------------------------------


def test_back_goes_through_the_opening_one_question_at_a_time() -> None:
    interview = opened()
    phases = []
    for _ in range(3):
        interview = interview.back()
        phases.append(interview.phase)
    assert phases == [Phase.CONSENT, Phase.SUBJECT, Phase.ROLE]
    with pytest.raises(IllegalMove):
        interview.back()


def test_back_from_the_agreed_place_shows_the_place() -> None:
    interview = say(opened(), 1, 1, 1, 1)
    assert interview.agree().back() == interview


def test_back_from_a_check_returns_to_the_open_question() -> None:
    interview = say(opened(), 1)
    assert unsure(interview).back() == interview


def test_back_from_a_check_during_a_correction_returns_to_the_reopened_question() -> None:
    interview = say(opened(), 1, 1, 1, 1).correct(STURING)
    assert unsure(interview).back().next_question() == STURING


def test_back_from_choosing_what_to_correct_keeps_every_answer() -> None:
    interview = say(opened(), 1, 1, 1, 1)
    assert interview.choose_correction().back() == interview
    assert interview.correct(STURING).back() == interview


def test_back_after_a_correction_reopens_it_with_the_old_answer_still_standing() -> None:
    reopened = say(opened(), 1, 1, 1, 1).correct(STURING)
    assert say(reopened, 3).back() == reopened


def test_back_after_the_probe_asks_the_probe_again() -> None:
    probing = say(opened(), 1, None)
    assert say(probing, None).back() == probing
    assert probing.back() == say(opened(), 1)


# --- progress -------------------------------------------------------------------------


def test_progress_counts_from_one_and_promises_no_more_than_ten() -> None:
    progress = opened().progress()
    assert (progress.number, progress.about, progress.at_most) == (1, 8, 10)


def test_progress_promises_fewer_questions_once_the_ring_is_known() -> None:
    progress = say(opened(), 1, 1, 1).progress()
    assert (progress.number, progress.at_most) == (4, 7)


def test_the_probe_is_not_counted_as_a_question_of_its_own() -> None:
    interview = say(opened(), 1)
    assert say(interview, None).progress() == interview.progress()
    assert say(interview, None).asked() == interview.asked() == 2


def test_the_longest_interview_has_ten_questions_numbered_one_to_ten() -> None:
    interview, numbers = opened(), []
    for level in (1, 1, 2, 2, 3, 3, 3, 3, 3, 3):
        numbers.append(interview.progress().number)
        interview = say(interview, level)
    assert numbers == list(range(1, 11))
    assert (interview.phase, interview.asked()) == (Phase.REVIEW, 10)


# --- refusals -------------------------------------------------------------------------

MOVES: dict[str, Callable[[Interview], Interview]] = {
    "choose_role": lambda i: i.choose_role(Role.MEDEWERKER),
    "choose_subject": lambda i: i.choose_subject(Subject.TEAM),
    "give_consent": lambda i: i.give_consent(True),
    "choose_scope": lambda i: i.choose_scope(Scope.ALL),
    "record": lambda i: i.record(Answer(i.next_question() or STURING, 1)),
    "propose": lambda i: i.propose(Answer(i.next_question() or STURING, 1)),
    "want_buttons": lambda i: i.want_buttons(),
    "confirm": lambda i: i.confirm(),
    "reject": lambda i: i.reject(),
    "agree": lambda i: i.agree(),
}
LEGAL: dict[Phase, set[str]] = {
    Phase.ROLE: {"choose_role"},
    Phase.SUBJECT: {"choose_subject"},
    Phase.CONSENT: {"give_consent"},
    Phase.SCOPE: {"choose_scope"},
    Phase.QUESTION: {"record", "propose", "want_buttons"},
    Phase.PROBE: {"record", "propose", "want_buttons"},
    Phase.CHECK: {"record", "confirm", "reject"},
    Phase.REVIEW: {"agree"},
    Phase.CHOOSE: set(),
    Phase.UNPLACED: set(),
    Phase.DONE: set(),
}


def assert_only_legal_moves_are_possible(interview: Interview) -> None:
    for name, move in MOVES.items():
        if name in LEGAL[interview.phase]:
            move(interview)
        else:
            with pytest.raises(IllegalMove):
                move(interview)


@pytest.mark.parametrize(
    ("interview", "phase"),
    [
        (begin("test"), Phase.ROLE),
        (begin("test").choose_role(Role.MEDEWERKER), Phase.SUBJECT),
        (opened().back(), Phase.CONSENT),
        (opened().in_round(()), Phase.SCOPE),
        (opened(), Phase.QUESTION),
        (say(opened(), None), Phase.PROBE),
        (unsure(opened()), Phase.CHECK),
        (say(opened(), 1, 1, 1, 1), Phase.REVIEW),
        (say(opened(), 1, 1, 1, 1).choose_correction(), Phase.CHOOSE),
        (say(opened(), *[None] * 8), Phase.UNPLACED),
        (say(opened(), 1, 1, 1, 1).agree(), Phase.DONE),
    ],
    ids=list(Phase),
)
def test_each_phase_takes_its_own_moves_and_survives_json(
    interview: Interview, phase: Phase
) -> None:
    assert interview.phase is phase
    assert_only_legal_moves_are_possible(interview)
    assert through_json(interview) == interview
    assert interview.to_json()["phase"] == phase.value


def test_an_answer_to_a_question_that_is_not_open_is_refused() -> None:
    with pytest.raises(IllegalMove):
        opened().record(Answer(WETEN, 1))
    with pytest.raises(IllegalMove):
        opened().propose(Answer(WETEN, 1))
    with pytest.raises(IllegalMove):
        say(opened(), 1, 1, 1).record(Answer(process_questions(Ring.REALISATIE)[0], 1))


def test_nothing_can_be_corrected_that_was_not_answered() -> None:
    with pytest.raises(IllegalMove):
        opened().choose_correction()
    with pytest.raises(IllegalMove):
        say(opened(), 1).correct(WETEN)


def test_kept_interview_tells_which_question_is_open() -> None:
    kept = say(opened(), 1, 1, 1).to_json()
    assert (kept["construct"], kept["ring"]) == ("doelen_stellen", "activatie")
    kept = say(opened(), 1, 1, 1, 1).to_json()
    assert (kept["construct"], kept["ring"]) == (None, None)


def test_kept_interview_goes_on_under_its_own_version_and_order() -> None:
    order = tuple(reversed(ring_questions()))
    again = through_json(replace(opened(), version="2020-01", order=order))
    assert (again.version, again.next_question()) == ("2020-01", order[0])


# --- every possible talk --------------------------------------------------------------

some_level = st.sampled_from(LEVELS)
some_certainty = st.integers(0, 1000).map(lambda n: n / 1000)


class AnyTalk(RuleBasedStateMachine):
    """Whatever the user does, the interview is somewhere sensible and can be finished."""

    def __init__(self) -> None:
        super().__init__()
        self.interview = begin("test")
        self.corrected = False

    def open(self) -> Question:
        question = self.interview.next_question()
        assert question is not None
        return question

    def at(self, *phases: Phase) -> bool:
        return self.interview.phase in phases

    @precondition(lambda self: self.at(Phase.ROLE, Phase.SUBJECT, Phase.CONSENT))
    @rule(role=st.sampled_from(Role), subject=st.sampled_from(Subject), consent=st.booleans())
    def goes_through_the_opening(self, role: Role, subject: Subject, consent: bool) -> None:
        before = self.interview
        match before.phase:
            case Phase.ROLE:
                self.interview = before.choose_role(role)
            case Phase.SUBJECT:
                self.interview = before.choose_subject(subject)
            case _:
                self.interview = before.give_consent(consent)
        assert self.interview.back() == before

    @precondition(lambda self: self.at(*ASKING))
    @rule(level=some_level, read_as=st.sampled_from(ReadAs), sure=some_certainty, words=st.text())
    def answers(self, level: Level, read_as: ReadAs, sure: float, words: str) -> None:
        self.record(Answer(self.open(), level, words, read_as, sure))

    @precondition(lambda self: self.at(*ASKING))
    @rule()
    def does_not_know(self) -> None:
        self.record(Answer(self.open(), None))

    def record(self, answer: Answer) -> None:
        before = self.interview
        self.interview = before.record(answer)
        undone = self.interview.back()
        assert undone.next_question() == before.next_question()
        assert undone.settled() == before.settled()
        assert undone.trail == before.trail

    @precondition(lambda self: self.at(Phase.QUESTION, Phase.PROBE))
    @rule(level=some_level)
    def says_something_vague(self, level: Level) -> None:
        before = self.interview
        self.interview = unsure(before, level)
        assert self.interview.settled() == before.settled()
        assert self.interview.next_question() == before.next_question()

    @precondition(lambda self: self.at(Phase.CHECK))
    @rule(yes=st.booleans())
    def answers_the_check(self, yes: bool) -> None:
        question, pending = self.open(), self.interview.pending
        assert pending is not None
        self.interview = self.interview.confirm() if yes else self.interview.reject()
        if yes:
            assert self.interview.settled()[question].level == pending.level
        else:
            assert self.interview.next_question() == question

    @precondition(lambda self: self.at(Phase.QUESTION, Phase.PROBE))
    @rule()
    def says_something_unreadable(self) -> None:
        self.interview = self.interview.want_buttons()

    @precondition(lambda self: self.interview.answered())
    @rule()
    def wants_to_correct(self) -> None:
        before = self.interview.settled()
        self.interview = self.interview.choose_correction()
        self.corrected = True
        assert self.at(Phase.CHOOSE)
        assert self.interview.settled() == before

    @precondition(lambda self: self.interview.answered())
    @rule(data=st.data())
    def corrects(self, data: st.DataObject) -> None:
        question = data.draw(st.sampled_from(self.interview.answered()))
        before = self.interview.settled()
        self.interview = self.interview.correct(question)
        self.corrected = True
        assert self.interview.next_question() == question
        assert self.interview.settled() == before

    @precondition(lambda self: self.at(Phase.REVIEW))
    @rule()
    def agrees(self) -> None:
        before = self.interview
        self.interview = before.agree()
        assert self.at(Phase.DONE)
        assert self.interview.back() == before

    @rule()
    def reopens(self) -> None:
        self.interview = self.interview.reopen()
        assert not self.at(Phase.DONE)

    @rule()
    def goes_back(self) -> None:
        if self.at(Phase.ROLE, Phase.SCOPE):
            with pytest.raises(IllegalMove):
                self.interview.back()
            return
        before = self.interview
        self.interview = before.back()
        assert self.interview != before
        assert len(before.trail) - len(self.interview.trail) in (0, 1)

    @invariant()
    def phase_fits_what_is_known(self) -> None:
        interview = self.interview
        if self.at(*ASKING):
            assert interview.next_question() is not None
            assert interview.placement() is None
        if self.at(Phase.REVIEW, Phase.DONE):
            placement = interview.placement()
            assert placement is not None
            assert interview.next_question() is None
            assert (placement.completed or placement.ring) == interview.ring()
        if self.at(Phase.UNPLACED):
            assert interview.ring() is None and interview.next_question() is None
        assert self.at(Phase.CHECK) == (interview.pending is not None)
        assert self.at(Phase.DONE) == interview.agreed

    @invariant()
    def json_tells_all(self) -> None:
        assert through_json(self.interview) == self.interview
        kept = self.interview.to_json()
        question = self.interview.next_question() if self.at(*ASKING) else None
        assert kept["phase"] == self.interview.phase.value
        assert kept["construct"] == (question.construct.value if question else None)

    @invariant()
    def an_answer_leads_on(self) -> None:
        if self.at(*ASKING):
            question = self.open()
            for level in LEVELS:
                after = self.interview.record(Answer(question, level))
                assert after.settled()[question].level == level
                assert after.next_question() != question

    @invariant()
    def nothing_illegal_is_possible(self) -> None:
        assert_only_legal_moves_are_possible(self.interview)

    @invariant()
    def progress_is_honest(self) -> None:
        progress = self.interview.progress()
        assert 1 <= progress.number <= progress.at_most <= 10
        assert progress.number <= progress.about <= progress.at_most
        if not self.corrected:
            assert self.interview.asked() <= 10

    @invariant()
    def ring_answers_stay_when_their_ring_is_left(self) -> None:
        settled = self.interview.settled()
        assert list(settled) == [q for q in dict.fromkeys(self.said()) if q in settled]
        known = [q for q in settled if q.construct in RING_CONSTRUCTS]
        assert len(known) <= 6

    def said(self) -> list[Question]:
        kept = [answer.question for answer in self.interview.kept]
        return kept + [entry.answer.question for entry in self.interview.trail]

    def teardown(self) -> None:
        """From anywhere, answering on leads to a place or to the plain word that there is none."""
        interview = self.interview
        if interview.choosing:
            interview = interview.back()
        for move in ("choose_role", "choose_subject", "give_consent", "choose_scope"):
            if move in LEGAL[interview.phase]:
                interview = MOVES[move](interview)
        for _ in range(20):
            if interview.phase not in ASKING:
                break
            interview = say(interview, 2)
        assert interview.phase in (Phase.REVIEW, Phase.UNPLACED, Phase.DONE)


class AnyLaterRound(AnyTalk):
    """The same when some answers were taken over from the round before."""

    def __init__(self) -> None:
        super().__init__()
        self.interview = opened()

    @initialize(levels=st.dictionaries(st.sampled_from(ring_questions()), some_level))
    def begins(self, levels: dict[Question, Level]) -> None:
        carried = [Answer(q, levels[q], "van toen") for q in ring_questions() if q in levels]
        self.interview = opened().in_round(carried)

    @precondition(lambda self: self.at(Phase.SCOPE))
    @rule(scope=st.sampled_from((Scope.ALL, Scope.CHANGED)))
    def chooses_what_is_asked(self, scope: Scope) -> None:
        before = self.interview
        self.interview = before.choose_scope(scope)
        taken = before.carried if scope is Scope.CHANGED else ()
        assert tuple(self.interview.settled().values()) == taken
        assert self.interview.progress().number == 1
        assert self.interview.back() == before


TestAnyTalk = AnyTalk.TestCase
TestAnyLaterRound = AnyLaterRound.TestCase
TestAnyLaterRound.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestAnyTalk.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
