"""The picture of the path says, in shapes and in words, where these people are and how they came there."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from itertools import pairwise
from math import atan2, degrees, hypot
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.path import POSITIONS, Position, Process, Ring
from coach.language.readability import MAX_WORDS, MEAN_WORDS, reading
from coach.report.figure import Labels, describe, draw, to_png
from coach.report.labels import Name

CONTENT = Path(__file__).parents[3] / "content"
SVG = "{http://www.w3.org/2000/svg}"
NARROWEST = 320
NUMBER = r"-?[\d.]+"

positions = st.sampled_from(POSITIONS)
journeys = st.tuples(st.none() | positions, st.lists(positions, max_size=20))


def content() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONTENT / "figure.yml").read_text(encoding="utf-8"))
    return loaded


LABELS = Labels.of(content())


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def one(root: ElementTree.Element, attribute: str, value: str) -> ElementTree.Element:
    (found,) = [element for element in root.iter() if element.get(attribute) == value]
    return found


def numbers(text: str | None) -> list[float]:
    return [float(number) for number in re.findall(NUMBER, text or "")]


def vertices(d: str | None) -> list[tuple[float, float]]:
    """The points a path of M, L and A commands goes through."""
    found = []
    for command, arguments in re.findall(r"([MLA])([^MLAZ]*)", d or ""):
        values = numbers(arguments)
        found.append((values[-2], values[-1]) if command == "A" else (values[0], values[1]))
    return found


def polar(x: float, y: float) -> tuple[float, float]:
    """Distance from the centre, and degrees clockwise from twelve o'clock."""
    return hypot(x, y), degrees(atan2(x, -y)) % 360


def texts(root: ElementTree.Element) -> str:
    return " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one_colour: str, other: str) -> float:
    dark, light = sorted((luminance(one_colour), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def inherited(
    element: ElementTree.Element, attribute: str, value: str = ""
) -> list[tuple[ElementTree.Element, str]]:
    """Each text below the element with the attribute's value that holds there."""
    value = element.get(attribute, value)
    own = [(element, value)] if element.tag in (f"{SVG}text", f"{SVG}tspan") else []
    return own + [pair for child in element for pair in inherited(child, attribute, value)]


@pytest.mark.parametrize("here", POSITIONS, ids=str)
def test_marker_lies_inside_the_cell_of_its_position(here: Position) -> None:
    root = parse(draw(here, LABELS))
    corners = [
        polar(*xy)
        for xy in vertices(one(root, "data-cell", f"{here.ring}-{here.process}").get("d"))
    ]
    radius, angle = polar(*numbers(one(root, "data-marker", "here").get("transform"))[:2])
    assert min(r for r, _ in corners) < radius < max(r for r, _ in corners)
    assert min(a for _, a in corners) < angle < max(a for _, a in corners)


@pytest.mark.parametrize("here", POSITIONS, ids=str)
def test_cells_lie_in_path_order_clockwise_from_the_centre(here: Position) -> None:
    root = parse(draw(here, LABELS))
    quadrant = list(Process).index(here.process)
    corners = [
        polar(*xy)
        for xy in vertices(one(root, "data-cell", f"{here.ring}-{here.process}").get("d"))
    ]
    assert all(90 * quadrant < angle < 90 * (quadrant + 1) for _, angle in corners)
    for nearer in list(Ring)[: list(Ring).index(here.ring)]:
        below = vertices(one(root, "data-cell", f"{nearer}-{here.process}").get("d"))
        assert max(polar(*xy)[0] for xy in below) < min(r for r, _ in corners)


@pytest.mark.parametrize("here", POSITIONS, ids=str)
def test_words_on_the_figure_and_beside_it_name_the_place(here: Position) -> None:
    shown = texts(parse(draw(here, LABELS))).lower()
    said = describe(here, LABELS)
    for name in (LABELS.rings[here.ring], LABELS.processes[here.process]):
        assert name.name in shown and name.plain in shown
        assert name.name in said.split(".")[0] and name.plain in said.split(".")[0]
    assert LABELS.here in texts(parse(draw(here, LABELS)))


def test_without_a_place_there_is_no_marker() -> None:
    svg = draw(None, LABELS)
    assert "data-marker" not in svg
    assert LABELS.here not in svg
    assert LABELS.nowhere in texts(parse(svg))
    assert describe(None, LABELS).startswith(LABELS.sentences.nowhere)


@given(journeys)
def test_figure_is_a_labelled_image_with_ids_of_its_own(
    journey: tuple[Position | None, list[Position]],
) -> None:
    here, travelled = journey
    page = parse(f"<div>{draw(here, LABELS, travelled)}{draw(here, LABELS, travelled)}</div>")
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for svg in page:
        assert svg.get("role") == "img"
        named = [
            one(svg, "id", reference).text for reference in str(svg.get("aria-labelledby")).split()
        ]
        assert named == [LABELS.title, describe(here, LABELS, travelled)]
        references = [str(path.get("href"))[1:] for path in svg.iter(f"{SVG}textPath")]
        assert len(references) == 3 and all(
            one(svg, "id", reference).tag == f"{SVG}path" for reference in references
        )


@given(journeys)
def test_way_travelled_runs_outwards_through_neighbours_only(
    journey: tuple[Position | None, list[Position]],
) -> None:
    here, travelled = journey
    root = parse(draw(here, LABELS, travelled))
    marked = {
        cell.get("data-cell"): cell.get("data-state")
        for cell in root.iter()
        if cell.get("data-cell")
    }
    assert list(marked) == [f"{position.ring}-{position.process}" for position in POSITIONS]
    reached = [marked[f"{p.ring}-{p.process}"] != "ahead" for p in POSITIONS]
    assert reached == [p == here or p in travelled for p in POSITIONS]
    lines = re.findall("M[^M]+", one(root, "data-way", "travelled").get("d") or "")
    assert len(lines) == reached[0] + sum(a and b for a, b in pairwise(reached))
    ends = [polar(*vertices(line)[-1]) for line in lines]
    assert [r for r, _ in ends] == sorted(r for r, _ in ends) or len(ends) < 2


def test_way_travelled_ends_at_the_marker_and_goes_clockwise() -> None:
    here = POSITIONS[6]
    root = parse(draw(here, LABELS, list(reversed(POSITIONS[:6]))))
    way = vertices(one(root, "data-way", "travelled").get("d"))
    assert way[0] == (0, 0)
    assert list(way[-1]) == numbers(one(root, "data-marker", "here").get("transform"))[:2]
    turns = [(b[1] - a[1]) % 360 for a, b in pairwise(polar(*xy) for xy in way[2:])]
    assert all(turn < 10 for turn in turns)


def test_way_travelled_is_told_in_path_order() -> None:
    said = describe(POSITIONS[5], LABELS, list(reversed(POSITIONS[:5])))
    assert "Al gedaan in activatie: doelen stellen, programmeren, padvinden en leren." in said
    assert "Al gedaan in cultivatie: doelen stellen." in said
    assert said.index("Al gedaan in activatie") < said.index("Al gedaan in cultivatie")


def test_place_itself_is_not_told_as_already_done() -> None:
    assert describe(POSITIONS[0], LABELS, POSITIONS[:1]) == describe(POSITIONS[0], LABELS)


def test_state_of_a_position_is_shown_by_more_than_colour() -> None:
    root = parse(draw(POSITIONS[1], LABELS, POSITIONS[:1]))
    assert one(root, "data-way", "ahead").get("stroke-dasharray")
    assert one(root, "data-way", "travelled").get("stroke-dasharray") is None
    assert one(root, "data-stop", "travelled").get("r") != next(
        stop.get("r") for stop in root.iter() if stop.get("data-stop") == "ahead"
    )
    assert LABELS.travelled in texts(root) and LABELS.ahead in texts(root)


@given(st.none() | positions, st.lists(positions, max_size=20))
def test_every_earlier_place_is_marked_and_told_with_its_numbers(
    here: Position | None, earlier: list[Position]
) -> None:
    root = parse(draw(here, LABELS, (), earlier))
    marks = {
        mark.get("data-before"): texts(mark) for mark in root.iter() if mark.get("data-before")
    }
    assert set(marks) == {f"{p.ring}-{p.process}" for p in earlier}
    for position in earlier:
        numbered = [n for n, p in enumerate(earlier, start=1) if p == position]
        shown = numbers(marks[f"{position.ring}-{position.process}"])
        assert (shown[0], abs(shown[-1])) == (numbered[0], numbered[-1])
    said = describe(here, LABELS, (), earlier)
    assert said.count("was het") == sum(a != b for a, b in pairwise([None, *earlier]))
    assert (f"Dit is keer {len(earlier) + 1}." in said) == bool(earlier and here)
    assert (LABELS.before in texts(root)) == bool(earlier)


@given(positions, st.lists(positions, min_size=1, max_size=20))
def test_dashed_way_goes_from_each_time_to_the_next(
    here: Position, earlier: list[Position]
) -> None:
    root = parse(draw(here, LABELS, (), earlier))
    moves = {(a, b) for a, b in pairwise([*earlier, here]) if a != b}
    lines = [e for e in root.iter() if e.get("data-way") == "rounds"]
    assert len(lines) == bool(moves)
    for line in lines:
        assert str(line.get("d")).count("M") == len(moves)
        assert line.get("stroke-dasharray")


def test_numbers_do_not_hide_the_pin() -> None:
    root = parse(draw(POSITIONS[3], LABELS, (), [POSITIONS[3]] * 12))
    mark = one(root, "data-before", "activatie-leren")
    x, _ = numbers(mark.get("transform"))[:2]
    width = float(next(mark.iter(f"{SVG}rect")).get("width") or 0)
    pin = numbers(one(root, "data-marker", "here").get("transform"))[0]
    assert x + width / 2 <= pin - 8


def test_labels_are_escaped() -> None:
    nasty = "<b>&\"'"
    rings = {**LABELS.rings, Ring.ACTIVATIE: Name(nasty, nasty)}
    labels = replace(LABELS, title=nasty, here=nasty, rings=rings)
    svg = draw(POSITIONS[0], labels)
    assert "<b>" not in svg
    root = parse(svg)
    assert root.findtext(f"{SVG}title") == nasty
    assert nasty in texts(root)


def test_every_text_is_large_and_dark_enough() -> None:
    root = parse(draw(POSITIONS[0], LABELS, POSITIONS[4:6], POSITIONS[3:6]))
    scale = NARROWEST / numbers(root.get("viewBox"))[2]
    assert all(float(size) * scale >= 9 for _, size in inherited(root, "font-size"))
    paper = next(root.iter(f"{SVG}rect")).get("fill") or ""
    dark = one(root, "data-state", "here").get("fill") or ""
    for text, colour in inherited(root, "fill"):
        assert contrast(colour, dark if colour == paper else paper) >= 4.5, text.text


def test_figure_needs_no_style_and_no_script() -> None:
    svg = draw(POSITIONS[0], LABELS)
    assert not re.search(r"<style|\bstyle=|<script|class=|https?://(?!www\.w3\.org/2000/svg)", svg)


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("here", [None, POSITIONS[11]], ids=str)
def test_png_has_the_width_asked_for(here: Position | None, width: int) -> None:
    png = to_png(draw(here, LABELS), width)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", png[16:20]) == (width,)


def test_png_shows_the_words() -> None:
    wordless = replace(LABELS, title="")
    assert to_png(draw(None, LABELS)) != to_png(draw(None, wordless))


def test_content_fits_its_schema() -> None:
    schema = json.loads((CONTENT / "schema" / "figure.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(content(), schema)


def test_text_alternative_reads_easily() -> None:
    measured = reading(
        [describe(here, LABELS, POSITIONS[:11], POSITIONS[:4]) for here in (None, *POSITIONS)]
    )
    assert measured.mean_words <= MEAN_WORDS
    assert measured.longest_words <= MAX_WORDS, measured.longest
