"""Rounds: the same people measured again, then beside now, and the way in between.

Pure. A round is an interview with its number and day. Two rounds are compared by their place on the path and by
each construct that both asked. What a newer questionnaire asks in another sense is left out, and named as such.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from coach.domain.answers import Answer, Level, Question
from coach.domain.coaching import UNPROMISED, Coaching
from coach.domain.content import Questionnaire
from coach.domain.interview import Interview, begin
from coach.domain.path import POSITIONS, Position, Ring
from coach.domain.placement import Placement


class Movement(StrEnum):
    """From one round to the next, by the place on the path."""

    PROGRESS = "vooruitgang"
    STANDSTILL = "stilstand"
    RELAPSE = "terugval"
    UNKNOWN = "onbekend"
    """One of the two has no place."""
    OTHER_QUESTIONS = "andere_vragen"
    """A place leans on questions that the two do not share."""
    OTHER_PEOPLE = "andere_groep"
    """They are about another group."""


@dataclass(frozen=True)
class Round:
    """One measurement, numbered from 1."""

    number: int
    on: date
    interview: Interview
    coaching: Coaching | None = None
    """The coaching talk that followed."""

    @property
    def position(self) -> Position | None:
        placement = self.interview.placement()
        return placement.position if placement else None

    def settled(self) -> Round:
        """The round as it is kept once more have begun: levels, place and promise, and no other words."""
        trail = tuple(
            replace(entry, answer=replace(entry.answer, words="")) for entry in self.interview.trail
        )
        carried = tuple(replace(answer, words="") for answer in self.interview.carried)
        interview = replace(self.interview, trail=trail, carried=carried)
        return replace(
            self, interview=interview, coaching=self.coaching and _promised(self.coaching)
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "on": self.on.isoformat(),
            "interview": self.interview.to_json(),
            "coaching": self.coaching.to_json() if self.coaching else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        coaching = Coaching.from_json(data["coaching"]) if data["coaching"] else None
        interview = Interview.from_json(data["interview"])
        return cls(data["number"], date.fromisoformat(data["on"]), interview, coaching)


@dataclass(frozen=True)
class Change:
    """The level of one construct then and now."""

    question: Question
    then: Level
    now: Level

    @property
    def up(self) -> bool:
        return self.now > self.then


def _promised(coaching: Coaching) -> Coaching:
    """A coaching talk without the words that are no part of its promise."""
    trail = tuple(replace(m, words="") if m.stage in UNPROMISED else m for m in coaching.trail)
    return replace(coaching, trail=trail)


@dataclass(frozen=True)
class Comparison:
    movement: Movement
    then: Placement | None
    now: Placement | None
    changes: tuple[Change, ...] = ()
    """Constructs known in both with another level: what went up first, else in the order asked."""
    left_out: tuple[Question, ...] = ()
    """Constructs that both asked but that mean something else by now."""


def comparable(earlier: Questionnaire, later: Questionnaire) -> frozenset[Question]:
    """The questions of which a level means the same in both versions.

    A level is bound to its construct, not to the wording of an item, so that other words make no difference. Only
    where the newer questionnaire says that the meaning changed after the older one, nothing is compared.
    """
    older, newer = sorted((earlier, later), key=lambda questionnaire: questionnaire.version)
    return frozenset(
        question
        for question, item in newer.items.items()
        if question in older.items and item.changed_in <= older.version
    )


def compare(earlier: Interview, later: Interview, shared: Collection[Question]) -> Comparison:
    """Then beside now; `shared` are the questions whose levels may be compared."""
    then, now = earlier.placement(), later.placement()
    was, is_ = earlier.settled(), later.settled()
    both = [q for q in (*later.order, *is_) if q in was and q in is_]
    known = [q for q in dict.fromkeys(both) if was[q].level and is_[q].level]
    found = [Change(q, was[q].level or 0, is_[q].level or 0) for q in known if q in shared]
    changes = sorted((c for c in found if c.then != c.now), key=lambda change: not change.up)
    left_out = tuple(q for q in known if q not in shared)
    movement = _movement(earlier, later, then, now, shared)
    if movement is Movement.OTHER_PEOPLE:
        return Comparison(movement, then, now)
    return Comparison(movement, then, now, tuple(changes), left_out)


def _movement(
    earlier: Interview,
    later: Interview,
    then: Placement | None,
    now: Placement | None,
    shared: Collection[Question],
) -> Movement:
    if earlier.subject is not later.subject:
        return Movement.OTHER_PEOPLE
    if then is None or now is None:
        return Movement.UNKNOWN
    leaned_on = {answer.question for answer in (*then.decided_by, *now.decided_by)}
    if then.rule != now.rule or not leaned_on <= set(shared):
        return Movement.OTHER_QUESTIONS
    steps = _reached(now) - POSITIONS.index(then.position)
    if steps == 0:
        return Movement.STANDSTILL
    return Movement.PROGRESS if steps > 0 else Movement.RELAPSE


def _reached(placement: Placement) -> int:
    """How far along the path; past the last place when realisatie was gone through, for it begins again then."""
    if placement.completed is Ring.REALISATIE:
        return len(POSITIONS)
    return POSITIONS.index(placement.position)


def can_stay(earlier: Interview, shared: Collection[Question]) -> tuple[Answer, ...]:
    """The answers of a round that a next one can take over; all else may have changed and is asked again.

    - The four processes are always asked: they say how far the round is, and they are what weeks of work change.
      So a process that was in order can turn out not to be, and a relapse is found.
    - Of the ring, the answers stay that were known and fit the ring or were ahead of it. What lagged was a point
      of attention, what was unknown may be known by now, and what could move the place is asked to be sure.
    - After a ring was gone through, self-direction itself may have grown, so that only what was ahead of it stays.
    - Nothing stays that means something else in the newer questionnaire.
    """
    placement = earlier.placement()
    if placement is None:
        return ()
    ring = placement.completed or placement.ring
    lowest = ring.level + 1 if placement.completed else ring.level
    settled = earlier.settled()
    return tuple(
        settled[question]
        for question in earlier.order
        if question in settled
        and question in shared
        and question not in placement.would_change
        and (settled[question].level or 0) >= lowest
    )


def again(
    earlier: Interview, questionnaire: Questionnaire, shared: Collection[Question]
) -> Interview:
    """The next round: who, about what and consent are known, what it asks is still to be chosen."""
    opened = begin(questionnaire.version, questionnaire.order)
    assert earlier.role and earlier.subject and earlier.consent is not None
    opened = opened.choose_role(earlier.role).choose_subject(earlier.subject)
    return opened.give_consent(earlier.consent).in_round(can_stay(earlier, shared))


def way(rounds: Sequence[Round]) -> tuple[Position, ...]:
    """The places of the rounds in order; a round without a place has none."""
    return tuple(position for r in rounds if (position := r.position) is not None)
