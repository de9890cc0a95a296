"""How far talks come, as numbers that hang on nobody.

A talk carries only the farthest step it reached; each step is counted once, at the turn that first reached it. So
'where people stop' is the difference between two steps, and no turn costs more than the one before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from coach.domain.coaching import Stage
from coach.domain.interview import Interview, Phase
from coach.domain.promise import Outcome, Promise

FEWEST = 5
"""Below this number of talks nothing is shown but that it is less."""

STEPS = (
    "begonnen", "rol", "onderwerp", "toestemming", "ring", "plek", "klopt",
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
class Counted:
    """What was counted of a talk: its farthest step (-1: nothing yet), and the last promise that was answered."""

    step: int = -1
    answered: tuple[int, int] = (0, 0)

    def to_json(self) -> dict[str, Any]:
        return {"step": self.step, "answered": list(self.answered)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        round_, n = data["answered"]
        return cls(data["step"], (round_, n))


def step_of(interview: Interview | None, stage: Stage | None) -> int:
    """The step that a talk stands at, by its index in `STEPS`."""
    if stage is not None:
        return _STAGES[stage]
    if interview is None:
        return 0
    found = _PHASES.get(interview.phase)
    return found if found is not None else 3 + (interview.ring() is not None)


def so_far(interview: Interview | None, stage: Stage | None, promise: Promise | None) -> Counted:
    """Of a talk that was there before anything was counted: what is behind it counts no more."""
    return Counted(step_of(interview, stage), _answered(promise) or (0, 0))


def count(
    before: Counted, interview: Interview | None, stage: Stage | None, promise: Promise | None
) -> tuple[Counted, tuple[str, ...]]:
    """What is counted of a talk that now stands here, and what of it is new."""
    step = max(before.step, step_of(interview, stage))
    new = list(STEPS[before.step + 1 : step + 1])
    if interview and interview.role and before.step < 1 <= step:
        new.append(f"rol:{interview.role}")
    if interview and before.step < 3 <= step:
        new.append(f"toestemming:{'ja' if interview.consent else 'nee'}")
    answered = _answered(promise)
    if promise and answered and answered > before.answered:
        new.append(f"terug:{promise.outcome}")
    return Counted(step, max(before.answered, answered or (0, 0))), tuple(new)


def _answered(promise: Promise | None) -> tuple[int, int] | None:
    """Which promise was answered, if it was."""
    return (promise.round, promise.n) if promise and promise.outcome in _ANSWERS else None


@dataclass(frozen=True)
class Bar:
    """One step of the funnel; `number` is None when it is too small to show, `share` is of all talks (0-1)."""

    name: str
    number: int | None
    share: float | None


def funnel(numbers: Mapping[str, int], names: Sequence[str] = STEPS) -> list[Bar]:
    """How many talks came how far. What is too few to show ends the row: later steps are fewer still."""
    whole = numbers.get(names[0], 0)
    bars = []
    for name in names:
        number = shown(numbers.get(name, 0))
        bars.append(Bar(name, number, min(number / whole, 1.0) if number and whole else None))
    return bars


def most_stop_after(bars: Sequence[Bar]) -> str | None:
    """The step behind which most talks stop, when those are enough to tell."""
    known = [(bar.name, bar.number) for bar in bars if bar.number is not None]
    drops = [(then - now, name) for (name, then), (_, now) in zip(known, known[1:], strict=False)]
    most = max(drops, default=(0, ""), key=lambda drop: drop[0])
    return most[1] if most[0] >= FEWEST else None


def shown(number: int) -> int | None:
    """The number, or None when it is of too few."""
    return number if number >= FEWEST else None
