"""The talk card: on one page where a client stands, why, and what can be done first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coach.domain.answers import Role
from coach.domain.content import Content, Place, Resource, Step
from coach.domain.interview import Interview
from coach.domain.path import POSITIONS, Position
from coach.domain.placement import Placement
from coach.domain.promise import Promise
from coach.usecases.side import standing_of

STEPS = 3
RESOURCES = 4
REASONS = 5


@dataclass(frozen=True)
class CardStep:
    """A step with the first small part of it that this role can take, and who acts."""

    title: str
    first_step: str
    actors: tuple[str, ...]
    time: str
    step: Step


@dataclass(frozen=True)
class Card:
    place: Place
    """Whose question and steps are on the card: where they stand, or the earlier part that is worked on first."""
    here: Place
    certainty: str
    reasons: tuple[str, ...]
    attention: tuple[str, ...]
    strength: tuple[str, ...]
    steps: tuple[CardStep, ...]
    resources: tuple[Resource, ...]
    promise: Promise | None

    @property
    def travelled(self) -> tuple[Position, ...]:
        return POSITIONS[: POSITIONS.index(self.here.position)]

    @property
    def first(self) -> tuple[str, ...]:
        """Who is first to act: those of the step that is chosen, else of the first one."""
        chosen = self.promise.plan.step if self.promise else ""
        step = next((s for s in self.steps if s.step.id == chosen), self.steps[0])
        return step.actors


def card_of(content: Content, state: Mapping[str, Any]) -> Card | None:
    """The card of a talk by its kept state; None while it has no place."""
    now = standing_of(state.get("slots", {}))
    placement = now.interview.placement() if now.interview else None
    if now.interview is None or placement is None:
        return None
    working_on = now.coaching.working_on if now.coaching else placement.position
    place, role = content.places[working_on], now.interview.role or Role.LEERADVISEUR
    traits = content.traits
    return Card(
        place=place,
        here=content.places[placement.position],
        certainty=placement.certainty.value,
        reasons=_reasons(content, now.interview, placement),
        attention=tuple(traits[c].attention for c in placement.lagging[:1]),
        strength=tuple(traits[c].strength for c in placement.ahead[:1]),
        steps=tuple(_step(step, role) for step in place.steps_for(role)[:STEPS]),
        resources=_resources(content, place, role),
        promise=now.promise,
    )


def _reasons(content: Content, interview: Interview, placement: Placement) -> tuple[str, ...]:
    """Every answer that decided it, in words: those that speak for this ring first, then the processes."""
    items = content.questionnaires[interview.version].items
    ring = placement.completed or placement.ring
    telling = [
        answer
        for answer in placement.decided_by
        if answer.level and (answer.question.ring or answer.level == ring.level)
    ]
    of_ring = [answer for answer in telling if not answer.question.ring]
    of_process = [answer for answer in telling if answer.question.ring]
    chosen = [*of_ring[: REASONS - 2], *of_process[-2:]]
    return tuple(items[answer.question].echo[answer.level] for answer in chosen if answer.level)


def _step(step: Step, role: Role) -> CardStep:
    own = step.roles[role]
    return CardStep(own.label, own.first_step, step.actors, step.time, step)


def _resources(content: Content, place: Place, role: Role) -> tuple[Resource, ...]:
    """What fits this role and this place; when nothing does, what always fits the role."""
    fitting = [r for r in content.resources if role in r.roles]
    here = [r for r in fitting if place.code in r.positions]
    return tuple((here or fitting)[:RESOURCES])
