"""The picture of the path: three rings, four steps in each, and the place where these people are.

One unit of the view box is 8/9 pixel at the narrowest width it is made for (320 px), so text of 11 units or more
stays readable there. Colours and shapes are in the template; what is where, in geometry.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from coach.domain.path import POSITIONS, Position, Process, Ring
from coach.report import dots as group_dots
from coach.report import geometry, journey
from coach.report.dots import Dot
from coach.report.labels import Labels

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_FONTS = _HERE / "fonts"
_FONT = "Atkinson Hyperlegible"

__all__ = ["Dot", "Labels", "describe", "draw", "to_png"]


def draw(
    here: Position | None,
    labels: Labels,
    travelled: Sequence[Position] = (),
    earlier: Sequence[Position] = (),
    *,
    dots: Sequence[Dot] = (),
) -> str:
    """The figure as SVG, to be put in a page or a file as it is.

    `earlier` are the places of earlier rounds in order, `dots` groups that have a place of their own.
    """
    passed = _in_path_order(travelled, here)
    svg = _template().render(
        # The ids are new at every call: several figures, even from several processes, may meet in one page.
        uid=f"path-{uuid4().hex[:12]}",
        font=_FONT,
        labels=labels,
        description=describe(here, labels, travelled, earlier, dots=dots),
        here=here,
        place=labels.place(here) if here else None,
        cells=[_cell(position, here, passed) for position in POSITIONS],
        corners=[_corner(process, here, labels) for process in Process],
        dots=group_dots.marks(dots, here),
        before=journey.stops(earlier, here),
        journey=journey.line(earlier, here),
        lanes=[_lane(ring, labels) for ring in Ring],
        rounding=geometry.ROUNDING,
        **_ways(here, passed),
    )
    return svg.strip()


def describe(
    here: Position | None,
    labels: Labels,
    travelled: Sequence[Position] = (),
    earlier: Sequence[Position] = (),
    *,
    dots: Sequence[Dot] = (),
) -> str:
    """The figure in words: the place first, then where it was before, the way so far, the groups and the whole path."""
    say = labels.sentences
    return " ".join(
        [
            _place_sentence(here, labels),
            *journey.sentences(earlier, here, labels),
            *_travelled_sentences(_in_path_order(travelled, here), labels),
            *group_dots.sentences(dots, labels),
            say.rings.format(rings=labels.named(labels.rings)),
            say.processes.format(processes=labels.named(labels.processes)),
        ]
    )


def to_png(svg: str, width: int = 640) -> bytes:
    """The figure as a PNG of this width, for channels that show no SVG."""
    from resvg_py import svg_to_bytes  # a compiled library that only this needs

    # Own font only, so that the picture is the same on every machine.
    fonts = [str(path) for path in sorted(_FONTS.glob("*.ttf"))]
    return bytes(
        svg_to_bytes(
            svg_string=svg,
            width=width,
            font_files=fonts,
            skip_system_fonts=True,
            sans_serif_family=_FONT,
        )
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["upper_first"] = lambda text: text[:1].upper() + text[1:]
    return environment.get_template("figure.svg.j2")


def _in_path_order(travelled: Sequence[Position], here: Position | None) -> list[Position]:
    return [position for position in POSITIONS if position in travelled and position != here]


def _place_sentence(here: Position | None, labels: Labels) -> str:
    if here is None:
        return labels.sentences.nowhere
    ring, process = labels.rings[here.ring], labels.processes[here.process]
    return labels.sentences.here.format(
        ring=ring.name, ring_plain=ring.plain, process=process.name, process_plain=process.plain
    )


def _travelled_sentences(passed: Sequence[Position], labels: Labels) -> list[str]:
    found = []
    for ring in Ring:
        names = [
            labels.processes[position.process].name for position in passed if position.ring is ring
        ]
        if names:
            ring_name = labels.rings[ring].name
            found.append(
                labels.sentences.travelled.format(ring=ring_name, processes=labels.listed(names))
            )
    return found


def _cell(position: Position, here: Position | None, passed: Sequence[Position]) -> dict[str, Any]:
    state = "here" if position == here else "travelled" if position in passed else "ahead"
    x, y = geometry.point(geometry.stop(position))
    outline = geometry.cell(position)
    return {
        "position": position,
        "state": state,
        "outline": outline,
        "x": round(x, 1),
        "y": round(y, 1),
    }


def _ways(here: Position | None, passed: Sequence[Position]) -> dict[str, Any]:
    """The line through the path in two parts: what lies behind them, and what is still to come.

    Only neighbours that were both reached are joined: a place that was skipped stays visibly open.
    """
    reached = {
        geometry.START,
        *(geometry.stop(position) for position in [*passed, *([here] if here else [])]),
    }
    legs = geometry.legs([geometry.START, *map(geometry.stop, POSITIONS), geometry.ONWARD])
    behind = [leg for leg in legs if reached.issuperset(leg)]
    x, y = geometry.point(geometry.ONWARD)
    return {
        "way_travelled": geometry.way(behind),
        "way_ahead": geometry.way(leg for leg in legs if leg not in behind),
        "onward": {
            "x": round(x, 1),
            "y": round(y, 1),
            "turn": round(geometry.ONWARD.angle % 360, 1),
        },
    }


def _corner(process: Process, here: Position | None, labels: Labels) -> dict[str, Any]:
    number = list(Process).index(process) + 1
    return {
        "number": number,
        "name": labels.processes[process],
        "current": here is not None and here.process is process,
        "right": number in (1, 2),
        "top": number in (1, 4),
    }


def _lane(ring: Ring, labels: Labels) -> dict[str, Any]:
    return {"ring": ring, "name": labels.rings[ring], "line": geometry.lane(ring)}
