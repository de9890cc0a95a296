"""Several groups on the figure: each has a dot in the cell of its place, none over another, and all are named in words."""

from __future__ import annotations

from itertools import combinations
from math import hypot
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.path import POSITIONS, Position
from coach.report import geometry
from coach.report.dots import Dot, marks
from coach.report.figure import describe, draw
from coach.report.labels import Labels

FILE = Path(__file__).parents[3] / "content" / "figure.yml"
LABELS = Labels.of(yaml.safe_load(FILE.read_text(encoding="utf-8")))
positions = st.sampled_from(POSITIONS)


def dots_at(places: list[Position]) -> list[Dot]:
    return [Dot(n, f"Team {n}", place) for n, place in enumerate(places, start=1)]


@given(st.lists(positions, max_size=60), st.none() | positions)
def test_no_dot_lies_over_another_or_over_the_pin(
    places: list[Position], here: Position | None
) -> None:
    found = marks(dots_at(places), here)
    for one, other in combinations(found, 2):
        assert hypot(one["x"] - other["x"], one["y"] - other["y"]) >= 14
    if here:
        x, y = geometry.point(geometry.stop(here))
        assert all(hypot(mark["x"] - x, mark["y"] - y) >= 14 for mark in found)


@given(st.lists(positions, max_size=60), st.none() | positions)
def test_every_group_is_counted_in_its_own_ring(
    places: list[Position], here: Position | None
) -> None:
    dots = dots_at(places)
    counted = 0
    for mark in marks(dots, here):
        text = str(mark["text"])
        counted += int(text[:-1]) if text.endswith("×") else 1
        radius = hypot(mark["x"], mark["y"])
        rings = [
            ring
            for ring in geometry.RINGS
            if geometry.inner_radius(ring) <= radius <= geometry.outer_radius(ring)
        ]
        assert len(rings) == 1
        if not text.endswith("×"):
            assert dots[int(text) - 1].position.ring is rings[0]
    assert counted == len(dots)


@given(st.lists(positions, min_size=1, max_size=12))
def test_who_cannot_see_it_hears_every_name_and_place(places: list[Position]) -> None:
    said = describe(None, LABELS, dots=dots_at(places))
    for dot in dots_at(places):
        assert dot.name in said and LABELS.place(dot.position) in said


def test_a_name_can_break_nothing() -> None:
    svg = draw(None, LABELS, dots=[Dot(1, "<script>", POSITIONS[0])])
    assert "<script>" not in svg and "&lt;script&gt;" in svg
