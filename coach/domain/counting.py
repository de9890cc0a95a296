"""How far talks come, as numbers that hang on nobody.

A talk carries what was counted of it; each step and question is counted once, at the turn that first reached it. So
'where people stop' is the difference between two numbers, and no turn costs more than the one before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from coach.domain.coaching import Stage
from coach.domain.interview import Interview, Phase
from coach.domain.promise import Outcome, Promise

AT_DESK = "desk"
"""The channel of talks that advisers hold for clients: those are counted apart."""
BEGUN, SCOPED = "begonnen", "toestemming"
STEPS = (
    BEGUN, "rol", "onderwerp", SCOPED, "ring", "plek", "klopt",
    "verteld", "gekozen", "obstakel", "afspraak", "zeker", "beloofd",
)  # fmt: skip
"""What a talk has behind it, in the order of the talk."""

_PHASES = {
    Phase.ROLE: 0, Phase.SUBJECT: 1, Phase.CONSENT: 2, Phase.SCOPE: 3, Phase.UNPLACED: 3,
    Phase.REVIEW: 5, Phase.CHOOSE: 5, Phase.DONE: 6,
}  # fmt: skip
_STAGES = {
    Stage.REALITY: 6, Stage.OPTION: 7, Stage.OWN_STEP: 7, Stage.OBSTACLE: 8, Stage.LOOK_BACK: 8,
    Stage.WHAT: 9, Stage.WHO: 9, Stage.WHEN: 9, Stage.WHEN_AGAIN: 9, Stage.SURE: 10,
    Stage.RAISE: 10, Stage.SMALLER: 10, Stage.COME_BACK: 11, Stage.DONE: 12,
}  # fmt: skip
_ANSWERS = (Outcome.DONE, Outcome.PARTLY, Outcome.NOT)


@dataclass(frozen=True)
class Place:
    """Where a talk stands."""

    interview: Interview | None = None
    stage: Stage | None = None
    promise: Promise | None = None

    @property
    def step(self) -> int:
        """By its index in `STEPS`."""
        if self.stage is not None:
            return _STAGES[self.stage]
        if self.interview is None:
            return 0
        found = _PHASES.get(self.interview.phase)
        return found if found is not None else 3 + (self.interview.ring() is not None)

    @property
    def answered(self) -> tuple[int, int] | None:
        """Which promise was answered, if it was."""
        known = self.promise and self.promise.outcome in _ANSWERS
        return (self.promise.round, self.promise.n) if self.promise and known else None

    @property
    def consent(self) -> bool | None:
        return self.interview.consent if self.interview else None

    def questions(self) -> tuple[frozenset[str], frozenset[str]]:
        """Which were asked, and which of those were answered or left open for good."""
        if self.interview is None or self.interview.consent is None:
            return frozenset(), frozenset()
        done = frozenset(question.construct.value for question in self.interview.settled())
        is_open = self.interview.phase in (Phase.QUESTION, Phase.PROBE, Phase.CHECK)
        asked = self.interview.next_question() if is_open else None
        return (done | {asked.construct.value} if asked else done), done


@dataclass(frozen=True)
class Counted:
    """What was counted of a talk before: nothing yet is step -1."""

    step: int = -1
    answered: tuple[int, int] = (0, 0)
    """The last promise that was answered, by its round and number."""
    asked: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    told: bool = False
    """The consent was given to words that also told what happens to sentences that are not understood."""

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "answered": list(self.answered),
            "asked": sorted(self.asked),
            "done": sorted(self.done),
            "told": self.told,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        round_, n = data["answered"]
        asked, done = frozenset(data["asked"]), frozenset(data["done"])
        return cls(data["step"], (round_, n), asked, done, data["told"])


@dataclass(frozen=True)
class Counts:
    """What is new in a turn; `steps` are counted by channel and by role as well."""

    steps: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    role: str = ""

    def __bool__(self) -> bool:
        return bool(self.steps or self.other)

    def names(self, channel: str) -> list[str]:
        """All that one is added to, for a talk of this channel."""
        if channel == AT_DESK:
            return [f"klant:{name}" for name in (*self.steps, *self.other)]
        by_channel = [f"kanaal:{channel}:{step}" for step in self.steps]
        by_role = [f"rol:{self.role}:{step}" for step in self.steps if self.role and step != BEGUN]
        return [*self.steps, *self.other, *by_channel, *by_role]


def so_far(place: Place) -> Counted:
    """Of a talk that was there before anything was counted: what is behind it counts no more."""
    return Counted(place.step, place.answered or (0, 0), *place.questions())


def count(before: Counted, place: Place, more: Sequence[str] = ()) -> tuple[Counted, Counts]:
    """What is counted of a talk that now stands here, and what of it is new; `more` happened as well."""
    step = max(before.step, place.step)
    asked, done = place.questions()
    other = [f"vraag:{name}" for name in sorted(asked - before.asked)]
    other += [f"antwoord:{name}" for name in sorted(done - before.done)]
    scoped = STEPS.index(SCOPED)
    if before.step < scoped <= step:
        other.append(f"{SCOPED}:{'ja' if place.consent else 'nee'}")
    answered = place.answered
    if place.promise and answered and answered > before.answered:
        other.append(f"terug:{place.promise.outcome}")
    role = place.interview.role.value if place.interview and place.interview.role else ""
    after = Counted(
        step,
        max(before.answered, answered or (0, 0)),
        before.asked | asked,
        before.done | done,
        before.told and place.consent is not False,
    )
    return after, Counts(STEPS[before.step + 1 : step + 1], (*other, *more), role)
