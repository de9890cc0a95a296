"""Where everything on the polar figure stands.

Lengths are units of the view box, from the centre of the rings; angles are degrees clockwise from twelve o'clock.
An angle may pass 360: the path is one line that goes round three times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, degrees, radians, sin

from coach.domain.path import POSITIONS, Position, Process, Ring

HUB = 22.0  # radius of the open middle, where the path starts
BAND = 31.0  # breadth of a ring
LANE = 17.0  # room outside each ring, where its name stands
BASELINE = 12.2  # from the ring to the line under its name
GAP = 4.0  # room between two cells of a ring
ROUNDING = 5.0  # radius of a cell's corners

RINGS, PROCESSES = tuple(Ring), tuple(Process)
QUARTER = 360 / len(PROCESSES)


@dataclass(frozen=True)
class Stop:
    """A place on the path."""

    radius: float
    angle: float


def inner_radius(ring: Ring) -> float:
    return HUB + RINGS.index(ring) * (BAND + LANE)


def outer_radius(ring: Ring) -> float:
    return inner_radius(ring) + BAND


def stop(position: Position) -> Stop:
    """The middle of the position's cell."""
    rounds, quarters = RINGS.index(position.ring), PROCESSES.index(position.process)
    return Stop(inner_radius(position.ring) + BAND / 2, 360 * rounds + QUARTER * (quarters + 0.5))


# The path starts in the middle and runs on past the last cell, for there is no end point.
START = Stop(0, -QUARTER / 2)
ONWARD = Stop(stop(POSITIONS[-1]).radius, stop(POSITIONS[-1]).angle + 39)


def point(at: Stop) -> tuple[float, float]:
    """A place as x to the right and y down."""
    return at.radius * sin(radians(at.angle)), -at.radius * cos(radians(at.angle))


def cell(position: Position) -> str:
    """The outline of a position's cell, to be drawn with a stroke of twice ROUNDING that rounds its corners."""
    near = inner_radius(position.ring) + ROUNDING
    far = outer_radius(position.ring) - ROUNDING
    start = PROCESSES.index(position.process) * QUARTER
    corners = [
        (far, start, 1),
        (far, start + QUARTER, -1),
        (near, start + QUARTER, -1),
        (near, start, 1),
    ]
    a, b, c, d = (_pair(point(Stop(r, angle + side * _margin(r)))) for r, angle, side in corners)
    return f"M{a}A{_n(far)} {_n(far)} 0 0 1 {b}L{c}A{_n(near)} {_n(near)} 0 0 0 {d}Z"


def lane(ring: Ring) -> str:
    """The line under a ring's name: along the bottom from left to right, so that the letters stand upright."""
    radius = outer_radius(ring) + BASELINE
    left, right = (_pair(point(Stop(radius, angle))) for angle in (265, 95))
    return f"M{left}A{_n(radius)} {_n(radius)} 0 0 0 {right}"


def way(legs: Iterable[tuple[Stop, Stop]]) -> str:
    """The line through these legs of the path; empty without legs."""
    return "".join("M" + "L".join(_pair(point(at)) for at in _walk(*leg)) for leg in legs)


def legs(stops: Sequence[Stop]) -> list[tuple[Stop, Stop]]:
    """Each stop with the one after it."""
    return list(pairwise(stops))


def _walk(start: Stop, end: Stop, step: float = 5) -> list[Stop]:
    """Places from start to end, leaving the one ring and entering the other without a kink."""
    count = max(1, round((end.angle - start.angle) / step))
    shares = [i / count for i in range(count + 1)]
    return [
        Stop(
            start.radius + (end.radius - start.radius) * share * share * (3 - 2 * share),
            start.angle + (end.angle - start.angle) * share,
        )
        for share in shares
    ]


def _margin(radius: float) -> float:
    """The angle that keeps a cell's side, with its rounding, half a gap away from the quadrant's border."""
    return degrees(asin((GAP / 2 + ROUNDING) / radius))


def _pair(xy: tuple[float, float]) -> str:
    return f"{_n(xy[0])} {_n(xy[1])}"


def _n(value: float) -> str:
    """A short number, without a minus before zero."""
    return f"{round(value, 1) + 0:g}"
