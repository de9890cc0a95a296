"""What people think of a talk, as counts only, and the figures that may be shown of it.

Nothing here knows who said what: a filled-in page is taken apart into marks before it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

MARKS = (1, 2, 3, 4, 5)
FEWEST = 5
"""Below this number of people no figure is shown."""


@dataclass(frozen=True)
class Statement:
    """One sentence to agree with or not, and the scale it belongs to."""

    id: str
    scale: str
    text: str


@dataclass(frozen=True)
class Statements:
    version: str
    answers: Mapping[int, str]
    scales: Mapping[str, str]
    items: tuple[Statement, ...]


@dataclass(frozen=True)
class Figure:
    """A mean and of how many; no mean when they are too few."""

    name: str
    n: int
    mean: float | None


def of_items(statements: Statements, counts: Mapping[str, Mapping[int, int]]) -> list[Figure]:
    """The mean mark of each sentence, by how often each mark was given."""
    return [_figure(item.id, counts.get(item.id, {})) for item in statements.items]


def of_scales(statements: Statements, items: Sequence[Figure]) -> list[Figure]:
    """The mean of the sentences of each scale; none as long as one of them has none. `n` is the least of them."""
    found = {figure.name: figure for figure in items}
    figures = []
    for scale in statements.scales:
        own = [found[item.id] for item in statements.items if item.scale == scale]
        means = [figure.mean for figure in own if figure.mean is not None]
        mean = fmean(means) if len(means) == len(own) else None
        figures.append(Figure(scale, min(figure.n for figure in own), mean))
    return figures


def of_ratings(pairs: Sequence[tuple[int, int]]) -> Figure:
    """How much nearer people say to be when they look back (then, now)."""
    n = len(pairs)
    return Figure(
        "zelfcijfer", n, fmean(now - then for then, now in pairs) if n >= FEWEST else None
    )


def _figure(name: str, marks: Mapping[int, int]) -> Figure:
    n = sum(marks.values())
    total = sum(mark * number for mark, number in marks.items())
    return Figure(name, n, total / n if n >= FEWEST else None)
