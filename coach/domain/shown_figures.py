"""Which numbers of the desk are shown, and how they are put together: never a cell of fewer than five."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coach.domain.answers import Role
from coach.domain.counting import BEGUN, SCOPED, STEPS
from coach.domain.handover import Reason

FEWEST = 5
"""Below this number nothing is shown but that it is less."""
MOST_MINUTES = 14 * 24 * 60
"""A longer wait counts as this."""
QUARTER = 15
WAITED = "wacht:"
"""Before the minutes, in the name of what is counted."""
HOUR = 60
DONE = (BEGUN, SCOPED, "plek", "beloofd")
"""The steps that are compared by role and by channel."""


@dataclass(frozen=True)
class Bar:
    """A number with its name; None when it is too small to show. `share` is of the whole (0-1)."""

    name: str
    number: int | None
    share: float


@dataclass(frozen=True)
class Row:
    """One role or channel: a number for each of the columns."""

    name: str
    cells: tuple[int | None, ...]


@dataclass(frozen=True)
class Waits:
    """Handovers: how many were asked and answered, why, and how long people waited (minutes)."""

    asked: int | None
    answered: int | None
    reasons: tuple[Bar, ...]
    median: int | None
    late: int | None
    """Nineteen in twenty waited no longer than this."""


def shown(number: int) -> int | None:
    """The number, or None when it is of too few."""
    return number if number >= FEWEST else None


def bars(numbers: Mapping[str, int], names: Sequence[str], whole: int) -> tuple[Bar, ...]:
    """These numbers as parts of a whole."""
    found = ((name, shown(numbers.get(name, 0))) for name in names)
    return tuple(Bar(name, n, min(n / whole, 1.0) if n and whole else 0.0) for name, n in found)


def funnel(numbers: Mapping[str, int], prefix: str = "") -> tuple[Bar, ...]:
    """How many talks came how far."""
    own = {step: numbers.get(f"{prefix}{step}", 0) for step in STEPS}
    return bars(own, STEPS, own[BEGUN])


def stops(numbers: Mapping[str, int], questions: Sequence[str]) -> tuple[Bar, ...]:
    """Where talks stand still: at a question that waits for its answer, or behind a step; the most first."""
    left = {}
    for step, following in pairwise(STEPS):
        if following not in ("ring", "plek"):  # there it is known which question was open
            left[step] = numbers.get(step, 0) - numbers.get(following, 0)
    for name in questions:
        left[f"vraag:{name}"] = numbers.get(f"vraag:{name}", 0) - numbers.get(f"antwoord:{name}", 0)
    found = [bar for bar in bars(left, list(left), numbers.get(BEGUN, 0)) if bar.number]
    return tuple(sorted(found, key=lambda bar: (-(bar.number or 0), bar.name)))


def by_role(numbers: Mapping[str, int]) -> tuple[Row, ...]:
    """From the step at which the role is known."""
    return _rows(numbers, "rol", [role.value for role in Role], ("rol", *DONE[1:]))


def by_channel(numbers: Mapping[str, int]) -> tuple[Row, ...]:
    names = {name.split(":")[1] for name in numbers if name.startswith("kanaal:")}
    return _rows(numbers, "kanaal", sorted(names), DONE)


def _rows(
    numbers: Mapping[str, int], kind: str, names: Sequence[str], steps: Sequence[str]
) -> tuple[Row, ...]:
    columns = [covered([numbers.get(f"{kind}:{name}:{s}", 0) for name in names]) for s in steps]
    return tuple(Row(name, cells) for name, *cells in zip(names, *columns, strict=True))  # type: ignore[arg-type]


def covered(numbers: Sequence[int]) -> tuple[int | None, ...]:
    """A column of which the total is known: when what is hidden would follow from it, one more is hidden."""
    cells = [shown(number) for number in numbers]
    small = [n for n, cell in zip(numbers, cells, strict=True) if cell is None]
    if any(small) and sum(small) < FEWEST:
        rest = [cell for cell in cells if cell is not None]
        if rest:
            cells[cells.index(min(rest))] = None
    return tuple(cells)


def rounded(minutes: float) -> int:
    """Minutes as they are counted: exact within the hour, after that by quarters."""
    whole = max(0, min(round(minutes), MOST_MINUTES))
    return whole if whole <= HOUR else round(whole / QUARTER) * QUARTER


def waits(numbers: Mapping[str, int]) -> Waits:
    asked = numbers.get("overdracht", 0)
    own = {r.value: numbers.get(f"overdracht:{r}", 0) for r in Reason}
    reasons = bars(own, [r.value for r in Reason], asked)
    waited = {
        int(name.removeprefix(WAITED)): count
        for name, count in numbers.items()
        if name.startswith(WAITED)
    }
    answered = sum(waited.values())
    median, late = (_at(waited, part) if answered >= FEWEST else None for part in (0.5, 0.95))
    return Waits(shown(asked), shown(answered), reasons, median, late)


def _at(waited: Mapping[int, int], part: float) -> int:
    """The shortest wait that at least this part of all waits does not go beyond."""
    whole, seen = sum(waited.values()), 0
    for minutes in sorted(waited):
        seen += waited[minutes]
        if seen >= part * whole:
            return minutes
    raise ValueError("nobody waited")
