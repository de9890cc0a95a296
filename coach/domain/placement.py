"""The placement rule: from answers to a place on the path.

Provisional and ours (design, section 2): the researchers' own questionnaire is not public yet. The ring is
the lower median of the known ring levels; the process is the first of the four that is not in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self

from coach.domain.answers import (
    IN_ORDER,
    LEVELS,
    RING_CONSTRUCTS,
    Answer,
    Construct,
    Level,
    Question,
    process_questions,
)
from coach.domain.path import RINGS, Position, Process, Ring

RULE = "lower-median-1"
FEWEST_KNOWN = 3
FIRM_READING = 0.8


class Certainty(StrEnum):
    DUIDELIJK = "duidelijk"
    WAARSCHIJNLIJK = "waarschijnlijk"
    ONZEKER = "onzeker"


@dataclass(frozen=True)
class Placement:
    """Where an organisation stands, how sure that is and why."""

    ring: Ring
    process: Process
    certainty: Certainty
    completed: Ring | None = None
    """The ring whose four processes are all in order, when this is a transition to the next round."""
    decided_by: tuple[Answer, ...] = ()
    lagging: tuple[Construct, ...] = ()
    ahead: tuple[Construct, ...] = ()
    would_change: tuple[Question, ...] = ()
    """Questions of which one other answer would move the place."""
    version: str = ""
    rule: str = RULE

    @property
    def position(self) -> Position:
        return Position(self.ring, self.process)

    def to_json(self) -> dict[str, Any]:
        return {
            "ring": self.ring.value,
            "process": self.process.value,
            "certainty": self.certainty.value,
            "completed": self.completed.value if self.completed else None,
            "decided_by": [answer.to_json() for answer in self.decided_by],
            "lagging": [construct.value for construct in self.lagging],
            "ahead": [construct.value for construct in self.ahead],
            "would_change": [question.to_json() for question in self.would_change],
            "version": self.version,
            "rule": self.rule,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            Ring(data["ring"]),
            Process(data["process"]),
            Certainty(data["certainty"]),
            Ring(data["completed"]) if data["completed"] else None,
            tuple(Answer.from_json(answer) for answer in data["decided_by"]),
            tuple(Construct(name) for name in data["lagging"]),
            tuple(Construct(name) for name in data["ahead"]),
            tuple(Question.from_json(question) for question in data["would_change"]),
            data["version"],
            data["rule"],
        )


def ring_of(levels: Sequence[Level | None]) -> Ring | None:
    """The lower median of the known levels as a ring; None with fewer than three known."""
    known = sorted(level for level in levels if level is not None)
    if len(known) < FEWEST_KNOWN:
        return None
    return RINGS[known[(len(known) - 1) // 2] - 1]


@cache
def _outcomes(known: tuple[Level, ...], open_questions: int) -> frozenset[Ring | None]:
    if open_questions == 0:
        return frozenset({ring_of(known)})
    found = _outcomes(known, open_questions - 1)
    for level in LEVELS:
        found |= _outcomes(tuple(sorted((*known, level))), open_questions - 1)
    return found


def possible_rings(levels: Sequence[Level | None], open_questions: int) -> frozenset[Ring | None]:
    """Every ring (or None) that the answers still to come could give, each of them a level or unknown."""
    return _outcomes(tuple(sorted(lv for lv in levels if lv is not None)), open_questions)


def first_not_in_order(levels: Mapping[Process, Level | None]) -> Process | None:
    """The first process, in path order, that is known but below 3 or unknown; None when all four are in order."""
    for process in Process:
        if process in levels and levels[process] != IN_ORDER:
            return process
    return None


def place(answers: Mapping[Question, Answer], ring: Ring, version: str) -> Placement:
    """Place an organisation whose ring is settled and whose processes were asked up to the first not in order."""
    ring_answers = {q.construct: a for q, a in answers.items() if q.construct in RING_CONSTRUCTS}
    asked = {q.process: answers[q] for q in process_questions(ring) if q in answers}
    process = first_not_in_order({p: a.level for p, a in asked.items()})
    decided = tuple(a for a in ring_answers.values() if a.level is not None) + tuple(asked.values())
    shaky = _shaky_ring_questions(ring_answers)
    if process is not None and asked[process].level is None:
        shaky += (asked[process].question,)
    return Placement(
        ring=ring if process else ring.following,
        process=process or Process.DOELEN_STELLEN,
        certainty=_certainty(ring_answers, decided, asked, process, shaky),
        completed=None if process else ring,
        decided_by=decided,
        lagging=_constructs(ring_answers, lambda level: level < ring.level),
        ahead=_constructs(ring_answers, lambda level: level > ring.level),
        would_change=shaky,
        version=version,
    )


def _constructs(answers: Mapping[Construct, Answer], holds: Any) -> tuple[Construct, ...]:
    return tuple(c for c, a in answers.items() if a.level is not None and holds(a.level))


def _shaky_ring_questions(answers: Mapping[Construct, Answer]) -> tuple[Question, ...]:
    """The ring questions of which a neighbouring level would give another ring."""
    levels = {construct: a.level for construct, a in answers.items() if a.level is not None}
    settled = ring_of(list(levels.values()))
    return tuple(
        answers[construct].question
        for construct, level in levels.items()
        if any(
            ring_of([*({**levels, construct: other}).values()]) != settled
            for other in (level - 1, level + 1)
            if other in LEVELS
        )
    )


def _certainty(
    ring_answers: Mapping[Construct, Answer],
    decided: Sequence[Answer],
    asked: Mapping[Process, Answer],
    process: Process | None,
    shaky: Sequence[Question],
) -> Certainty:
    unknown = sum(a.level is None for a in ring_answers.values())
    if (process is not None and asked[process].level is None) or unknown > 2:
        return Certainty.ONZEKER
    if shaky or unknown or any(a.certainty < FIRM_READING for a in decided):
        return Certainty.WAARSCHIJNLIJK
    return Certainty.DUIDELIJK
