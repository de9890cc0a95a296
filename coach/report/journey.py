"""The rounds on the figure: where people stood before, numbered, and the way from the one time to the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import Any

from coach.domain.path import Position
from coach.report import geometry
from coach.report.labels import Labels

BOW = 0.16
"""How far the line bows out beside the straight one, as a share of its length: there and back do not coincide."""
PIN = 9.0
"""Half the breadth of the pin: the number of its own cell stands beside it."""
MOST_NUMBERS = 2


def stops(earlier: Sequence[Position], here: Position | None) -> list[dict[str, Any]]:
    """A mark for each place where people stood before, with the numbers of those rounds."""
    rounds: dict[Position, list[int]] = {}
    for number, position in enumerate(earlier, start=1):
        rounds.setdefault(position, []).append(number)
    return [_mark(position, numbers, position == here) for position, numbers in rounds.items()]


def _mark(position: Position, numbers: list[int], pinned: bool) -> dict[str, Any]:
    x, y = geometry.point(geometry.stop(position))
    text = short(numbers)
    width = max(17.0, 6.6 * len(text) + 9)
    return {
        "position": position,
        "text": text,
        "x": round(x - PIN - width / 2 if pinned else x, 1),
        "y": round(y + 2 if pinned else y, 1),
        "width": round(width, 1),
    }


def short(numbers: Sequence[int]) -> str:
    """Numbers of rounds on a small mark: `1`, `1·3`, or `1–7` for more."""
    if len(numbers) <= MOST_NUMBERS:
        return "·".join(map(str, numbers))
    return f"{numbers[0]}–{numbers[-1]}"


def line(earlier: Sequence[Position], here: Position | None) -> str:
    """The way from round to round; empty when nobody moved."""
    places = [*earlier, *([here] if here else [])]
    moved = dict.fromkeys((a, b) for a, b in pairwise(places) if a != b)
    return "".join(_leg(a, b) for a, b in moved)


def _leg(start: Position, end: Position) -> str:
    (x1, y1), (x2, y2) = (geometry.point(geometry.stop(p)) for p in (start, end))
    length = hypot(x2 - x1, y2 - y1)
    mx, my = (x1 + x2) / 2, (y1 + y2) / 2
    bow = BOW * length
    cx, cy = mx + (y2 - y1) / length * bow, my - (x2 - x1) / length * bow
    return f"M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {x2:.1f} {y2:.1f}"


def sentences(earlier: Sequence[Position], here: Position | None, labels: Labels) -> list[str]:
    """The same in words: one sentence for each time, those on one place after another together."""
    say, found = labels.sentences, []
    for first, last, position in _stays(earlier):
        pattern = say.before if first == last else say.stayed
        ring, process = labels.rings[position.ring], labels.processes[position.process]
        filled = {"first": first, "last": last, "ring": ring.name, "process": process.name}
        found.append(pattern.format(**filled))
    if earlier and here:
        found.append(say.times.format(number=len(earlier) + 1))
    return found


def _stays(earlier: Sequence[Position]) -> list[tuple[int, int, Position]]:
    stays: list[tuple[int, int, Position]] = []
    for number, position in enumerate(earlier, start=1):
        if stays and stays[-1][2] == position:
            stays[-1] = (stays[-1][0], number, position)
        else:
            stays.append((number, number, position))
    return stays
