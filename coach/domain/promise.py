"""A promise as it lives on after the talk: it can be changed, kept, kept partly, not kept, or dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from coach.domain.answers import Role
from coach.domain.coaching import Plan
from coach.domain.path import Position


class Outcome(StrEnum):
    """How it went with a promise; `open` as long as nobody said."""

    OPEN = "open"
    DONE = "gelukt"
    PARTLY = "deels"
    NOT = "niet"
    DROPPED = "vervallen"


@dataclass(frozen=True)
class Promise:
    """A plan with its place in the talk: the assessment it came from and its number there, both from 1."""

    role: Role
    plan: Plan
    round: int = 1
    n: int = 1
    outcome: Outcome = Outcome.OPEN
    kept: bool = False
    """Whether the user agreed that it is kept; without that there is no check-in."""
    rating: int | None = None
    """How far the user says to be, 0 to 100, when looking back."""
    revision: int = 0
    """How often it was changed since it was first made: calendars take over the highest."""

    @property
    def day(self) -> date | None:
        """When to come back to it; None when it is over, or kept nowhere."""
        return self.plan.come_back if self.kept and self.outcome is Outcome.OPEN else None

    def revised(self, before: Promise | None) -> Promise:
        """The same, numbered on from the promise that stood `before`; undoing something is a change too."""
        if before is None:
            return self
        same = replace(self, revision=before.revision)
        return same if same == before else replace(same, revision=before.revision + 1)

    def rated(self, mark: int | None) -> Promise:
        return replace(self, rating=mark)

    def with_plan(self, plan: Plan) -> Promise:
        """The same promise, said anew while it is being made."""
        return replace(self, plan=plan)

    def went(self, outcome: Outcome) -> Promise:
        return replace(self, outcome=outcome)

    def with_what(self, what: str) -> Promise:
        """The same promise in other words."""
        return replace(self, plan=replace(self.plan, what=what), outcome=Outcome.OPEN)

    def with_day(self, on: date | None, words: str) -> Promise:
        """The same promise on another day; looking back moves with it."""
        plan = self.plan
        come_back = plan.come_back
        if on and plan.on and come_back:
            come_back += on - plan.on
        elif on and come_back and come_back < on:
            come_back = on
        plan = replace(plan, on=on, when=words, come_back=come_back)
        return replace(self, plan=plan, outcome=Outcome.OPEN)

    def with_come_back(self, day: date | None) -> Promise:
        return replace(self, plan=replace(self.plan, come_back=day))

    def smaller(self, what: str) -> Promise:
        """A new promise in the place of this one: a smaller step, its day still open."""
        plan = replace(self.plan, what=what, on=None, when="", come_back=None)
        return replace(self, plan=plan, n=self.n + 1, outcome=Outcome.OPEN, rating=None)

    # --- JSON ------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        plan = self.plan
        return {
            "role": self.role.value,
            "round": self.round,
            "n": self.n,
            "outcome": self.outcome.value,
            "kept": self.kept,
            "rating": self.rating,
            "revision": self.revision,
            "position": plan.position.id,
            "step": plan.step,
            "what": plan.what,
            "who": plan.who,
            "when": plan.when,
            "on": plan.on.isoformat() if plan.on else None,
            "sure": plan.sure,
            "helps": plan.helps,
            "come_back": plan.come_back.isoformat() if plan.come_back else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        plan = Plan(
            Position.from_id(data["position"]),
            data["step"],
            data["what"],
            data["who"],
            data["when"],
            _day(data["on"]),
            data["sure"],
            data["helps"],
            _day(data["come_back"]),
        )
        return cls(
            Role(data["role"]),
            plan,
            data["round"],
            data["n"],
            Outcome(data["outcome"]),
            data["kept"],
            data["rating"],
            data.get("revision", 0),  # talks from before it was counted
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
