"""The plan on one sheet: everything that a page and a calendar show of a promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from coach.domain.coaching import Plan
from coach.domain.content import Content, Place
from coach.domain.path import POSITIONS, Position
from coach.domain.promise import Outcome
from coach.usecases.side import standing_of
from coach.usecases.spoken import spoken

SIGNS = 3


@dataclass(frozen=True)
class Sheet:
    """A promise with its place: `place` is where they are, `working_on` the part that the step belongs to."""

    place: Place
    working_on: Place
    plan: Plan
    when: str
    come_back: str
    step_title: str = ""
    """The name of the step that was chosen; empty for one of the user's own."""
    outcome: Outcome = Outcome.OPEN
    round: int = 1
    revision: int = 0
    """How often the promise was changed since it was made."""

    @property
    def signs(self) -> tuple[str, ...]:
        """What would show that it works, the first few."""
        return self.working_on.in_order_when[:SIGNS]

    @property
    def travelled(self) -> tuple[Position, ...]:
        return POSITIONS[: POSITIONS.index(self.place.position)]


def sheet_of(content: Content, state: Mapping[str, Any]) -> Sheet | None:
    """The sheet of a talk by its kept state, as the promise stands now; None when nothing is promised in it."""
    now = standing_of(state.get("slots", {}))
    if now.promise is None:
        return None
    promise = now.promise
    here = now.coaching.position if now.coaching else promise.plan.position
    return replace(
        sheet(content, promise.plan, here),
        outcome=promise.outcome,
        round=promise.round,
        revision=promise.revision,
    )


def sheet(content: Content, plan: Plan, position: Position) -> Sheet:
    """The sheet of a plan of people who stand at `position`."""
    working_on = content.places[plan.position]
    return Sheet(
        place=content.places[position],
        working_on=working_on,
        plan=plan,
        when=spoken(plan.on, content) or plan.when,
        come_back=spoken(plan.come_back, content),
        step_title=next((s.title for s in working_on.steps if s.id == plan.step), ""),
    )
