"""The interview: one question at a time until the place on the path is known.

A pure state machine. An interview is an opening (who, about what, consent) and a trail of answers; what
is asked next, the place and the progress all follow from that, so `back` is simply one answer less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from coach.domain.answers import (
    IN_ORDER,
    Answer,
    Question,
    Role,
    Subject,
    process_questions,
    ring_questions,
)
from coach.domain.errors import IllegalMove
from coach.domain.path import Ring
from coach.domain.placement import Placement, place, possible_rings

PROCESS_QUESTIONS = 4
USUAL_LENGTH = 8


class Phase(StrEnum):
    """Where in the interview we are; each phase waits for one kind of move."""

    ROLE = "role"
    SUBJECT = "subject"
    CONSENT = "consent"
    SCOPE = "scope"
    QUESTION = "question"
    PROBE = "probe"
    CHECK = "check"
    REVIEW = "review"
    CHOOSE = "choose"
    UNPLACED = "unplaced"
    DONE = "done"


class Scope(StrEnum):
    """What a later round asks: nothing chosen yet, everything, only what may have changed, or after all nothing."""

    FIRST = "eerste"
    OPEN = "open"
    ALL = "alles"
    CHANGED = "deel"
    NOT = "niet"


@dataclass(frozen=True)
class Entry:
    """An answer on the trail; a correction replaces what was said before about its question."""

    answer: Answer
    correction: bool = False


@dataclass(frozen=True)
class Progress:
    """Number of the open question, about how many there will be, and the most there can be."""

    number: int
    about: int
    at_most: int


@dataclass(frozen=True)
class Interview:
    version: str
    role: Role | None = None
    subject: Subject | None = None
    consent: bool | None = None
    trail: tuple[Entry, ...] = ()
    pending: Answer | None = None
    """An unsure reading, until the user says yes or no to it."""
    checked: bool = False
    """The open question had its one check, or could not be read: now the buttons alone."""
    correcting: Question | None = None
    choosing: bool = False
    agreed: bool = False
    order: tuple[Question, ...] = ring_questions()
    """The ring questions in the questionnaire's order."""
    scope: Scope = Scope.FIRST
    """FIRST is a first measurement; a later round begins OPEN and waits for a choice."""
    carried: tuple[Answer, ...] = ()
    """Known answers of the round before that can be taken over, when only what may have changed is asked."""
    aside: tuple[Answer, ...] = ()
    """Readings of what was said too early: of questions that were not open yet."""
    invited: bool = False
    """Held for a team that sent a code: what it is about is given, and is not asked."""
    at_desk: bool = False
    """Held by an adviser for a client: who asks, about whom and the consent are given, and are not asked."""

    # --- what follows from the trail -------------------------------------------------

    def settled(self) -> Mapping[Question, Answer]:
        """The last word on each question; an unknown counts once its probe was asked too."""
        return self._settled

    @cached_property
    def _settled(self) -> Mapping[Question, Answer]:
        said: dict[Question, list[Answer]] = {a.question: [a] for a in self.kept}
        for entry in self.trail:
            question = entry.answer.question
            said[question] = ([] if entry.correction else said.get(question, [])) + [entry.answer]
        return {q: a[-1] for q, a in said.items() if a[-1].level is not None or len(a) > 1}

    @property
    def kept(self) -> tuple[Answer, ...]:
        """The answers taken over from the round before."""
        return self.carried if self.scope is Scope.CHANGED else ()

    def _passed(self, questions: Sequence[Question]) -> int:
        """How many of these were settled by asking in this round."""
        settled, kept = self.settled(), {a.question for a in self.kept}
        return sum(q in settled and q not in kept for q in questions)

    def ring(self) -> Ring | None:
        """The ring, as soon as no possible remaining answer can change it."""
        rings = self._rings
        return next(iter(rings)) if len(rings) == 1 else None

    @cached_property
    def _rings(self) -> frozenset[Ring | None]:
        settled = self.settled()
        levels = [settled[q].level for q in self.order if q in settled]
        return possible_rings(levels, len(self.order) - len(levels))

    def next_question(self) -> Question | None:
        """The open question, or None when the interview can be concluded."""
        if self.correcting:
            return self.correcting
        settled = self.settled()
        rings = self._rings
        if len(rings) > 1:
            return next(q for q in self.order if q not in settled)
        ring = next(iter(rings))
        return self._next_process_question(ring, settled) if ring else None

    @staticmethod
    def _next_process_question(ring: Ring, settled: Mapping[Question, Answer]) -> Question | None:
        for question in process_questions(ring):
            if question not in settled:
                return question
            if settled[question].level != IN_ORDER:
                return None
        return None

    def placement(self) -> Placement | None:
        """The place on the path; None while questions are open or when too little is known."""
        if self.correcting or self.next_question():
            return None
        ring = self.ring()
        current = {q: a for q, a in self.settled().items() if q.ring in (None, ring)}
        return place(current, ring, self.version) if ring else None

    @property
    def phase(self) -> Phase:
        if self.role is None:
            return Phase.ROLE
        if self.subject is None:
            return Phase.SUBJECT
        if self.consent is None:
            return Phase.CONSENT
        if self.scope in (Scope.OPEN, Scope.NOT):
            return Phase.SCOPE
        if self.choosing:
            return Phase.CHOOSE
        if self.pending:
            return Phase.CHECK
        question = self.next_question()
        if question:
            return Phase.PROBE if self._probing(question) else Phase.QUESTION
        if self.agreed:
            return Phase.DONE
        return Phase.REVIEW if self.ring() else Phase.UNPLACED

    def _probing(self, question: Question) -> bool:
        return (
            bool(self.trail)
            and self.trail[-1].answer.question == question
            and self.trail[-1].answer.level is None
            and question not in self.settled()
        )

    def answered(self) -> tuple[Question, ...]:
        """The questions that were answered and still count, in the order they were first asked."""
        seen = dict.fromkeys(
            (*(a.question for a in self.kept), *(entry.answer.question for entry in self.trail))
        )
        ring = self.ring()
        return tuple(q for q in seen if q.ring in (None, ring))

    def asked(self) -> int:
        """How many main questions were put so far, the open one included."""
        asked = {entry.answer.question for entry in self.trail}
        question = self.next_question()
        return len(asked | {question}) if question else len(asked)

    def progress(self) -> Progress:
        """Where we are; once the ring is known only its process questions can still come."""
        ring, put = self.ring(), self._passed(self.order)
        if ring is None:
            number = put + 1
            at_most = len(self.order) - len(self.kept) + PROCESS_QUESTIONS
        else:
            passed = self._passed(process_questions(ring))
            number, at_most = put + min(passed + 1, PROCESS_QUESTIONS), put + PROCESS_QUESTIONS
        return Progress(number, min(at_most, max(number, USUAL_LENGTH)), at_most)

    # --- moves -----------------------------------------------------------------------

    def choose_role(self, role: Role) -> Interview:
        self._expect(Phase.ROLE)
        return replace(self, role=role)

    def choose_subject(self, subject: Subject) -> Interview:
        self._expect(Phase.SUBJECT)
        return replace(self, subject=subject)

    def give_consent(self, consent: bool) -> Interview:
        self._expect(Phase.CONSENT)
        return replace(self, consent=consent)

    def for_team(self) -> Interview:
        """Held on invitation: about the team that it is for."""
        self._expect(Phase.ROLE)
        return replace(self, subject=Subject.TEAM, invited=True)

    def in_round(self, carried: Sequence[Answer]) -> Interview:
        """A later round, which waits for a choice of what it asks; `carried` can be taken over."""
        return replace(self, scope=Scope.OPEN, carried=tuple(carried))

    def choose_scope(self, scope: Scope) -> Interview:
        """What this later round asks; NOT when the user does not want it after all."""
        self._expect(Phase.SCOPE)
        if scope in (Scope.FIRST, Scope.OPEN):
            raise IllegalMove(f"{scope} is no choice")
        return replace(self, scope=scope)

    def for_client(self) -> Interview:
        """Held at the desk: by an adviser, about a client."""
        self._expect(Phase.ROLE)
        return replace(self, role=Role.LEERADVISEUR, subject=Subject.KLANT, at_desk=True)

    def withdraw_consent(self) -> Interview:
        """From now on as if consent had been refused; possible at any moment."""
        return replace(self, consent=False)

    def propose(self, answer: Answer) -> Interview:
        """Keep an unsure reading until the user confirms it; one check a question."""
        self._expect(Phase.QUESTION, Phase.PROBE)
        self._expect_question(answer)
        return replace(self, pending=answer)

    def confirm(self) -> Interview:
        """The user says yes to the check."""
        self._expect(Phase.CHECK)
        assert self.pending is not None
        return replace(self, pending=None).record(self.pending.checked())

    def reject(self) -> Interview:
        """The user says no to the check: the question stays open, now with its buttons."""
        self._expect(Phase.CHECK)
        assert self.pending is not None
        # what was said earlier was no answer to this question yet: it is still to be asked in full
        recalled = self.recalled
        return replace(
            self._without_aside(self.pending.question), pending=None, checked=not recalled
        )

    def want_buttons(self) -> Interview:
        """The message could not be read: the question stays open, with its buttons."""
        self._expect(Phase.QUESTION, Phase.PROBE)
        return replace(self, checked=True)

    def put_aside(self, answer: Answer) -> Interview:
        """The message fits a question that was not asked yet: keep it for then, and ask the open one with its buttons."""
        self._expect(Phase.QUESTION, Phase.PROBE)
        if answer.question == self.next_question() or answer.question in self.settled():
            raise IllegalMove(f"{answer.question} is no question that is still to come")
        after = self._without_aside(answer.question)
        return replace(after, aside=(*after.aside, answer), checked=True)

    def recall(self) -> Interview:
        """Propose what was put aside for the question that is open now; the same when nothing was."""
        question = self.next_question()
        said = next((a for a in self.aside if a.question == question), None)
        fresh = self.phase is Phase.QUESTION and not self.checked and not self.correcting
        return self.propose(said) if said and fresh else self

    @property
    def recalled(self) -> bool:
        """Whether the reading that waits for a yes was said at an earlier question."""
        return self.pending is not None and self.pending in self.aside

    def _without_aside(self, question: Question) -> Interview:
        return replace(self, aside=tuple(a for a in self.aside if a.question != question))

    def record(self, answer: Answer) -> Interview:
        """Put an answer to the open question on the trail."""
        self._expect(Phase.QUESTION, Phase.PROBE, Phase.CHECK)
        self._expect_question(answer)
        entry = Entry(answer, correction=self.correcting is not None)
        after = self._without_aside(answer.question)
        return replace(
            after, trail=(*self.trail, entry), pending=None, checked=False, correcting=None
        )

    def choose_correction(self) -> Interview:
        """The user wants to change an answer: which one?"""
        if not self.answered():
            raise IllegalMove("nothing was answered yet")
        return replace(self, choosing=True, pending=None, correcting=None, agreed=False)

    def correct(self, question: Question) -> Interview:
        """Open a question again that was answered before."""
        if question not in self.answered():
            raise IllegalMove(f"{question} was not answered yet")
        return replace(
            self, correcting=question, choosing=False, pending=None, checked=False, agreed=False
        )

    def agree(self) -> Interview:
        """The user says that the place is right."""
        self._expect(Phase.REVIEW)
        return replace(self, agreed=True)

    def reopen(self) -> Interview:
        """Back to the place, from the coaching talk."""
        return replace(self, agreed=False)

    def back(self) -> Interview:
        """Undo exactly one step; IllegalMove at the very start."""
        if self.agreed:
            return replace(self, agreed=False)
        if self.pending and not self.recalled:
            return replace(self, pending=None)
        if self.choosing or self.correcting:
            return replace(self, choosing=False, correcting=None, checked=False)
        if self.trail:
            last = self.trail[-1]
            reopened = last.answer.question if last.correction else None
            return replace(
                self, trail=self.trail[:-1], correcting=reopened, checked=False, pending=None
            )
        if self.scope in (Scope.ALL, Scope.CHANGED):
            return replace(self, scope=Scope.OPEN)
        if self.scope is not Scope.FIRST:
            raise IllegalMove("this is where the round begins")
        if self.at_desk:
            raise IllegalMove("this is the first question of a talk at the desk")
        if self.consent is not None:
            return replace(self, consent=None)
        if self.subject is not None and not self.invited:
            return replace(self, subject=None)
        if self.role is not None:
            return replace(self, role=None)
        raise IllegalMove("this is the first question")

    def _expect(self, *phases: Phase) -> None:
        if self.phase not in phases:
            raise IllegalMove(f"the interview is at {self.phase}, not at {' or '.join(phases)}")

    def _expect_question(self, answer: Answer) -> None:
        if answer.question != self.next_question():
            raise IllegalMove(f"{answer.question} is not the open question")

    # --- JSON ------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `construct` and `ring` are those of the open question, or null."""
        opened = self.phase in (Phase.QUESTION, Phase.PROBE, Phase.CHECK)
        question = self.next_question() if opened else None
        return {
            "version": self.version,
            "phase": self.phase.value,
            "construct": question.construct.value if question else None,
            "ring": question.ring.value if question and question.ring else None,
            "role": self.role,
            "subject": self.subject,
            "consent": self.consent,
            "trail": [{**e.answer.to_json(), "correction": e.correction} for e in self.trail],
            "pending": self.pending.to_json() if self.pending else None,
            "checked": self.checked,
            "correcting": self.correcting.to_json() if self.correcting else None,
            "choosing": self.choosing,
            "agreed": self.agreed,
            "order": [q.construct.value for q in self.order],
            "scope": self.scope.value,
            "carried": [answer.to_json() for answer in self.carried],
            "aside": [answer.to_json() for answer in self.aside],
            "invited": self.invited,
            "at_desk": self.at_desk,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        by_name = {q.construct.value: q for q in ring_questions()}
        return cls(
            data["version"],
            Role(data["role"]) if data["role"] else None,
            Subject(data["subject"]) if data["subject"] else None,
            data["consent"],
            tuple(Entry(Answer.from_json(e), e["correction"]) for e in data["trail"]),
            Answer.from_json(data["pending"]) if data["pending"] else None,
            data["checked"],
            Question.from_json(data["correcting"]) if data["correcting"] else None,
            data["choosing"],
            data["agreed"],
            tuple(by_name[name] for name in data["order"]),
            Scope(data.get("scope", Scope.FIRST)),
            tuple(Answer.from_json(a) for a in data.get("carried", ())),
            tuple(Answer.from_json(answer) for answer in data.get("aside", ())),
            invited=data.get("invited", False),
            at_desk=data.get("at_desk", False),
        )


def begin(version: str, order: Sequence[Question] = ring_questions()) -> Interview:
    """A new interview under a questionnaire version."""
    return Interview(version, order=tuple(order))
