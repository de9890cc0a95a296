"""The talk that comes back to a promise: how it went, what helped or stood in the way, and what now.

A pure state machine over a trail of moves, as the coaching talk is. It knows the order of the talk; the
promise itself changes in `coach.domain.promise`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from coach.domain.errors import IllegalMove, UnknownChoice
from coach.domain.path import PROCESSES, Position, Process
from coach.domain.promise import Outcome, Promise

YES, NO = "ja", "nee"


class Stage(StrEnum):
    """Where in the follow-up we are; each stage waits for one move."""

    HOW = "how"
    RATE = "rate"
    HELPED = "helped"
    HINDERED = "hindered"
    LOOK_BACK = "earlier"
    WAY = "way"
    SMALLER = "smaller_step"
    NEW_DAY = "new_day"
    AGAIN = "again"
    NEXT = "next"
    CHANGE = "change"
    NEW_WHAT = "new_what"
    NEW_WHEN = "new_when"
    NEW_COME_BACK = "new_come_back"
    DROP = "drop"
    DONE = "followed"


OPENINGS = (Stage.HOW, Stage.CHANGE, Stage.DROP)
DAYS = (Stage.NEW_DAY, Stage.AGAIN, Stage.NEW_WHEN, Stage.NEW_COME_BACK)
"""Stages whose value is an ISO date, or empty for none."""


class After(StrEnum):
    """What the talk goes on with when the follow-up is done."""

    NOTHING = "nothing"
    STEP = "stap"
    MEASURE = "meten"
    LOOK_BACK = "terug"


CHOICES: dict[Stage, tuple[str, ...]] = {
    Stage.HOW: (Outcome.DONE, Outcome.PARTLY, Outcome.NOT),
    Stage.LOOK_BACK: (YES, NO),
    Stage.WAY: ("zelfde", "kleiner", "ander", "laten"),
    Stage.NEXT: (After.STEP, After.MEASURE, "klaar"),
    Stage.CHANGE: ("wat", "dag", "terugkijken"),
    Stage.DROP: (YES, NO),
}
"""The values of the stages at which one of a few is chosen."""


@dataclass(frozen=True)
class Move:
    """What was chosen or said at a stage; `value` is for the machine, `words` are the user's own."""

    stage: Stage
    value: str
    words: str
    points_to: Process | None = None
    """At HINDERED: the earlier process in which its cause is sought first."""

    def to_json(self) -> dict[str, Any]:
        points_to = self.points_to.value if self.points_to else None
        return {"stage": self.stage.value, "value": self.value, "words": self.words, "points_to": points_to}  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        points_to = Process(data["points_to"]) if data["points_to"] else None
        return cls(Stage(data["stage"]), data["value"], data["words"], points_to)


@dataclass(frozen=True)
class FollowUp:
    """`base` is the promise as it was, `part` the part of the talk that was open before."""

    base: Promise
    opening: Stage = Stage.HOW
    part: str = "finished"
    trail: tuple[Move, ...] = ()

    @property
    def stage(self) -> Stage:
        if not self.trail:
            return self.opening
        move = self.trail[-1]
        match move.stage:
            case Stage.HOW:
                return Stage.HINDERED if move.value == Outcome.NOT else Stage.RATE
            case Stage.HELPED:
                return Stage.NEXT if self.outcome is Outcome.DONE else Stage.SMALLER
            case Stage.HINDERED:
                return Stage.LOOK_BACK if self.earlier else Stage.WAY
            case Stage.LOOK_BACK:
                return Stage.DONE if move.value == YES else Stage.WAY
            case Stage.WAY:
                return _WAYS[move.value]
            case Stage.CHANGE:
                return _CHANGES[move.value]
            case _:
                return _THEN[move.stage]

    @property
    def outcome(self) -> Outcome:
        """How it went, as far as it was said."""
        said = self.said(Stage.HOW)
        return Outcome(said.value) if said else Outcome.OPEN

    @property
    def earlier(self) -> Position | None:
        """The earlier position in this ring to which the obstacle points back, if there is one."""
        obstacle = self.said(Stage.HINDERED)
        process = obstacle.points_to if obstacle else None
        here = self.base.plan.position
        if process and PROCESSES.index(process) < PROCESSES.index(here.process):
            return Position(here.ring, process)
        return None

    @property
    def promise(self) -> Promise:
        """The promise as it is after all that was said."""
        promise = self.base
        for move in self.trail:
            promise = _changed(promise, move)
        return promise

    @property
    def after(self) -> After:
        """What to go on with; NOTHING as long as the follow-up is not done."""
        if self.stage is not Stage.DONE:
            return After.NOTHING
        match (self.trail[-1].stage, self.trail[-1].value):
            case (Stage.LOOK_BACK, "ja"):
                return After.LOOK_BACK
            case (Stage.WAY, "ander") | (Stage.NEXT, After.STEP):
                return After.STEP
            case (Stage.NEXT, After.MEASURE):
                return After.MEASURE
        return After.NOTHING

    def said(self, stage: Stage) -> Move | None:
        return next((move for move in reversed(self.trail) if move.stage is stage), None)

    def say(self, value: str, words: str = "", points_to: Process | None = None) -> FollowUp:
        """Make the move that the present stage waits for.

        IllegalMove when the talk is over; UnknownChoice for a value that the stage does not know: one of
        `CHOICES`, a mark from 0 to 100 or empty at RATE, an ISO date or empty at the stages of `DAYS`.
        """
        stage = self.stage
        if stage is Stage.DONE:
            raise IllegalMove("the follow-up is over")
        if stage in CHOICES and value not in CHOICES[stage]:
            raise UnknownChoice(f"{value!r} is no choice at {stage}")
        if stage is Stage.RATE and value and not (value.isdecimal() and int(value) <= 100):
            raise UnknownChoice(f"{value!r} is no mark from 0 to 100")
        if stage in DAYS and value:
            _expect_date(value)
        move = Move(stage, str(value), words or str(value), points_to)
        return replace(self, trail=(*self.trail, move))

    def back(self) -> FollowUp:
        """Undo exactly one step; IllegalMove at the very start."""
        if not self.trail:
            raise IllegalMove("this is the first step of the follow-up")
        return replace(self, trail=self.trail[:-1])

    # --- JSON ------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        return {
            "base": self.base.to_json(),
            "opening": self.opening.value,
            "part": self.part,
            "trail": [move.to_json() for move in self.trail],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            Promise.from_json(data["base"]),
            Stage(data["opening"]),
            data["part"],
            tuple(Move.from_json(move) for move in data["trail"]),
        )


def _changed(promise: Promise, move: Move) -> Promise:
    """What a move does to the promise."""
    match (move.stage, move.value):
        case (Stage.HOW, outcome):
            return promise.went(Outcome(outcome))
        case (Stage.RATE, mark):
            return promise.rated(int(mark) if mark else None)
        case (Stage.WAY, "laten") | (Stage.DROP, "ja"):
            return promise.went(Outcome.DROPPED)
        case (Stage.SMALLER, _):
            return promise.smaller(move.words)
        case (Stage.NEW_WHAT, _):
            return promise.with_what(move.words)
        case (Stage.NEW_DAY | Stage.NEW_WHEN, day):
            return promise.with_day(date.fromisoformat(day) if day else None, move.words)
        case (Stage.AGAIN | Stage.NEW_COME_BACK, day):
            return promise.with_come_back(date.fromisoformat(day) if day else None)
    return promise


def _expect_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise UnknownChoice(f"{text!r} is no ISO date") from None


_WAYS = {
    "zelfde": Stage.NEW_DAY,
    "kleiner": Stage.SMALLER,
    "ander": Stage.DONE,
    "laten": Stage.DONE,
}
_CHANGES = {
    "wat": Stage.NEW_WHAT,
    "dag": Stage.NEW_WHEN,
    "terugkijken": Stage.NEW_COME_BACK,
}
_THEN = {
    Stage.RATE: Stage.HELPED,
    Stage.SMALLER: Stage.NEW_DAY,
    Stage.NEW_DAY: Stage.AGAIN,
    Stage.AGAIN: Stage.DONE,
    Stage.NEXT: Stage.DONE,
    Stage.NEW_WHAT: Stage.DONE,
    Stage.NEW_WHEN: Stage.DONE,
    Stage.NEW_COME_BACK: Stage.DONE,
    Stage.DROP: Stage.DONE,
}
