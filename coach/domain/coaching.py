"""The coaching talk: from the guiding question to a step that someone promises to take.

A pure state machine over a trail of moves (design, section 4). It knows the order of the talk and when
to look back to an earlier process; it knows no sentence and no step by heart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from coach.domain.answers import Role
from coach.domain.errors import IllegalMove, UnknownChoice
from coach.domain.path import PROCESSES, Position, Process

OWN = "eigen"
"""Chosen instead of one of the steps offered: something else, namely ..."""
NOTHING = "niets"
"""Nothing stands in the way."""
SURE_ENOUGH = 7


class Stage(StrEnum):
    """Where in the coaching talk we are; each stage waits for one move."""

    REALITY = "reality"
    OPTION = "option"
    OWN_STEP = "own_step"
    OBSTACLE = "obstacle"
    LOOK_BACK = "look_back"
    WHAT = "what"
    WHO = "who"
    WHEN = "when"
    WHEN_AGAIN = "when_again"
    SURE = "sure"
    RAISE = "raise"
    SMALLER = "smaller"
    COME_BACK = "come_back"
    DONE = "done"


DAYS = (Stage.WHEN, Stage.WHEN_AGAIN, Stage.COME_BACK)
"""Where a day is asked."""
UNPROMISED = (Stage.REALITY, Stage.OBSTACLE)
"""Where what people say is no part of their promise."""


@dataclass(frozen=True)
class Move:
    """What the user chose or said at a stage; `value` is for the machine, `words` are the user's own."""

    stage: Stage
    value: str
    words: str
    points_to: Process | None = None
    """At OBSTACLE: the earlier process in which its cause is sought first."""

    def to_json(self) -> dict[str, Any]:
        points_to = self.points_to.value if self.points_to else None
        return {
            "stage": self.stage.value,
            "value": self.value,
            "words": self.words,
            "points_to": points_to,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        points_to = Process(data["points_to"]) if data["points_to"] else None
        return cls(Stage(data["stage"]), data["value"], data["words"], points_to)


@dataclass(frozen=True)
class Plan:
    """What was promised: what, who, when and how sure (0-10); `step` is a content id or `eigen`."""

    position: Position
    step: str
    what: str
    who: str
    when: str
    on: date | None
    sure: int
    helps: str = ""
    come_back: date | None = None


@dataclass(frozen=True)
class Coaching:
    role: Role
    position: Position
    trail: tuple[Move, ...] = ()

    # --- what follows from the trail -------------------------------------------------

    @property
    def stage(self) -> Stage:
        if not self.trail:
            return Stage.REALITY
        move = self.trail[-1]
        match move.stage:
            case Stage.REALITY:
                return Stage.OPTION
            case Stage.OPTION:
                return Stage.OWN_STEP if move.value == OWN else self._after_option()
            case Stage.OWN_STEP:
                return self._after_option()
            case Stage.OBSTACLE:
                return Stage.LOOK_BACK if self.earlier(move) else Stage.WHAT
            case Stage.LOOK_BACK:
                return Stage.OPTION if move.value == "ja" else Stage.WHAT
            case Stage.WHEN:
                return Stage.SURE if move.value else Stage.WHEN_AGAIN
            case Stage.SURE:
                return Stage.COME_BACK if int(move.value) >= SURE_ENOUGH else Stage.RAISE
            case Stage.RAISE:
                return Stage.SMALLER if move.value == "kleiner" else Stage.COME_BACK
            case _:
                return _THEN[move.stage]

    def _after_option(self) -> Stage:
        return Stage.WHAT if self._looked_back() else Stage.OBSTACLE

    def _looked_back(self) -> bool:
        return any(m.stage is Stage.LOOK_BACK and m.value == "ja" for m in self.trail)

    def earlier(self, obstacle: Move) -> Position | None:
        """The earlier position in this ring to which an obstacle points back, if there is one."""
        process = obstacle.points_to
        if process and PROCESSES.index(process) < PROCESSES.index(self.position.process):
            return Position(self.position.ring, process)
        return None

    @property
    def working_on(self) -> Position:
        """The position whose steps are offered: the present one, or the earlier one looked back to."""
        if self._looked_back():
            return self.earlier(self.last(Stage.OBSTACLE)) or self.position
        return self.position

    def last(self, stage: Stage) -> Move:
        """The latest move at a stage; IllegalMove when there is none."""
        for move in reversed(self.trail):
            if move.stage is stage:
                return move
        raise IllegalMove(f"nothing was said at {stage} yet")

    def said(self, stage: Stage) -> Move | None:
        return next((move for move in reversed(self.trail) if move.stage is stage), None)

    def plan(self) -> Plan | None:
        """The promise, as soon as what, who, when and how sure are known."""
        if self.stage not in (Stage.COME_BACK, Stage.DONE):
            return None
        when = self.last(Stage.WHEN)
        again = self.said(Stage.WHEN_AGAIN)
        smaller, raised, back = (
            self.said(s) for s in (Stage.SMALLER, Stage.RAISE, Stage.COME_BACK)
        )
        on = when.value or (again.value if again else "")
        return Plan(
            self.working_on,
            self.last(Stage.OPTION).value,
            (smaller or self.last(Stage.WHAT)).words,
            self.last(Stage.WHO).words,
            (again or when).words,
            date.fromisoformat(on) if on else None,
            int(self.last(Stage.SURE).value),
            raised.words if raised and not smaller else "",
            date.fromisoformat(back.value) if back and back.value else None,
        )

    # --- moves -----------------------------------------------------------------------

    def say(self, value: str, words: str = "", points_to: Process | None = None) -> Coaching:
        """Make the move that the present stage waits for.

        `value` by stage: OPTION a step id or `eigen`; OBSTACLE an obstacle id or `niets`; LOOK_BACK
        `ja` or `nee`; WHEN, WHEN_AGAIN and COME_BACK an ISO date, or empty when there is none; SURE
        `0` to `10`; RAISE `kleiner` or anything else; elsewhere free.
        """
        stage = self.stage
        if stage is Stage.DONE:
            raise IllegalMove("the coaching talk is over")
        if stage is Stage.SURE and value not in {str(n) for n in range(11)}:
            raise UnknownChoice(f"{value!r} is no mark from 0 to 10")
        if stage in (Stage.WHEN, Stage.WHEN_AGAIN, Stage.COME_BACK) and value:
            _expect_date(value)
        move = Move(stage, value, words or value, points_to)
        return replace(self, trail=(*self.trail, move))

    def back(self) -> Coaching:
        """Undo exactly one step; IllegalMove at the very start."""
        if not self.trail:
            raise IllegalMove("this is the first step of the coaching talk")
        return replace(self, trail=self.trail[:-1])

    # --- JSON ------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage.value,
            "role": self.role.value,
            "position": self.position.id,
            "trail": [move.to_json() for move in self.trail],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            Role(data["role"]),
            Position.from_id(data["position"]),
            tuple(Move.from_json(move) for move in data["trail"]),
        )


def _expect_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise UnknownChoice(f"{text!r} is no ISO date") from None


_THEN = {
    Stage.WHAT: Stage.WHO,
    Stage.WHO: Stage.WHEN,
    Stage.WHEN_AGAIN: Stage.SURE,
    Stage.SMALLER: Stage.COME_BACK,
    Stage.COME_BACK: Stage.DONE,
}
