"""Several groups on the figure at once: a numbered dot for each, in the cell of its place.

A cell has room for so many dots; when there are more, one mark says how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, pi
from typing import Any

from coach.domain.path import POSITIONS, Position
from coach.report import geometry
from coach.report.labels import Labels

SIZE = 17.0
"""Breadth of a dot: its number is still readable at 320 pixels."""
ROWS = (8.0, -8.0)
"""From the middle of a ring to its two rows of dots, the outer one first."""
EDGE = 14.0
"""Room that stays free along the border of a cell."""
PIN = 18.0
"""Around the pin, in the middle of the cell where the whole stands."""


@dataclass(frozen=True)
class Dot:
    """A group that has a place; its number is explained beside the figure."""

    number: int
    name: str
    position: Position


def marks(dots: Sequence[Dot], here: Position | None) -> list[dict[str, Any]]:
    """A mark for every dot, or one for a whole cell that is too full for them."""
    found: list[dict[str, Any]] = []
    for position in POSITIONS:
        inside = [dot for dot in dots if dot.position == position]
        places = _places(position, len(inside), pinned=position == here)
        if len(places) < len(inside):
            found.append({**_at(*_crowd(position, here)), "text": f"{len(inside)}×", "width": 30.0})
            continue
        for dot, place in zip(inside, places, strict=False):
            width = SIZE if dot.number < 10 else 19.0
            found.append({**_at(*place), "text": str(dot.number), "width": width})
    return found


def sentences(dots: Sequence[Dot], labels: Labels) -> list[str]:
    """The same in words: who stands where, in the order of the path."""
    found = []
    for position in POSITIONS:
        names = [dot.name for dot in dots if dot.position == position]
        if names:
            pattern = labels.sentences.one if len(names) == 1 else labels.sentences.several
            place = labels.place(position)
            found.append(pattern.format(place=place, names=labels.listed(names)))
    return found


def _places(position: Position, number: int, *, pinned: bool) -> list[tuple[float, float]]:
    """Where the dots of a cell stand: in one row when they fit, else in two."""
    middle = geometry.stop(position)
    rows = [[middle.radius]] if not pinned else []
    rows.append([middle.radius + row for row in ROWS])
    for radii in rows:
        found = [place for radius in radii for place in _row(position, radius)]
        if pinned:
            pin = geometry.point(middle)
            found = [p for p in found if hypot(p[0] - pin[0], p[1] - pin[1]) >= PIN]
        if len(found) >= number:
            return _centred(found, number) if len(radii) == 1 else found
    return found


def _row(position: Position, radius: float) -> list[tuple[float, float]]:
    middle = geometry.stop(position)
    room = 2 * pi * radius * geometry.QUARTER / 360 - EDGE
    number = max(1, int(room // SIZE))
    step = SIZE / radius * 180 / pi
    first = middle.angle - step * (number - 1) / 2
    return [geometry.point(geometry.Stop(radius, first + step * n)) for n in range(number)]


def _centred(places: list[tuple[float, float]], number: int) -> list[tuple[float, float]]:
    start = (len(places) - number) // 2
    return places[start : start + number]


def _crowd(position: Position, here: Position | None) -> tuple[float, float]:
    """In the middle of its cell, or beside the pin."""
    middle = geometry.stop(position)
    aside = 27 / middle.radius * 180 / pi if position == here else 0.0
    return geometry.point(geometry.Stop(middle.radius, middle.angle + aside))


def _at(x: float, y: float) -> dict[str, Any]:
    return {"x": round(x, 1), "y": round(y, 1)}
