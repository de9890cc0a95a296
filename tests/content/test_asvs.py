"""`docs/asvs.yml` is whole: every requirement of levels 1 and 2 once, each with a test that exists, a file that exists, or a reason."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import asvs
import yaml

ROOT = Path(__file__).parents[2]
ROWS = asvs.read()
SECTIONS = {
    1: {1: "1-2", 2: "1-9", 3: "1-11", 4: "1-3", 5: "1-2"},
    2: {1: "1-3", 2: "1-3", 3: "1-4", 4: "1"},
    3: {2: "1-2", 3: "1-4", 4: "1-6", 5: "1-5", 7: "1-2"},
    4: {1: "1-3", 2: "1", 3: "1-2", 4: "1-4"},
    5: {1: "1", 2: "1-3", 3: "1-2", 4: "1-3"},
    6: {1: "1-3", 2: "1-12", 3: "1-4", 4: "1-4", 5: "1-5", 6: "1-3", 8: "1-4"},
    7: {1: "1-3", 2: "1-4", 3: "1-2", 4: "1-5", 5: "1-2", 6: "1-2"},
    8: {1: "1-2", 2: "1-3", 3: "1", 4: "1"},
    9: {1: "1-3", 2: "1-4"},
    10: {1: "1-2", 2: "1-2", 3: "1-4", 4: "1-11", 5: "1-5", 6: "1-2", 7: "1-3"},
    11: {1: "1-2", 2: "1-3", 3: "1-3", 4: "1-4", 5: "1", 6: "1"},
    12: {1: "1-3", 2: "1-2", 3: "1-4"},
    13: {1: "1", 2: "1-5", 3: "1-2", 4: "1-5"},
    14: {1: "1-2", 2: "1-4", 3: "1-3"},
    15: {1: "1-3", 2: "1-3", 3: "1-7"},
    16: {1: "1", 2: "1-5", 3: "1-4", 4: "1-3", 5: "1-3"},
    17: {1: "1", 2: "1-4", 3: "1-2"},
}
"""The numbers of the requirements of levels 1 and 2 in the standard."""
LEAST = 0.6


def _ids() -> list[str]:
    return [
        f"V{chapter}.{section}.{n}"
        for chapter, sections in SECTIONS.items()
        for section, span in sections.items()
        for n in range(1, int(span.rpartition("-")[2]) + 1)
    ]


@cache
def _tests(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(n.name for n in tree.body if isinstance(n, kinds))


def test_every_requirement_is_there_once() -> None:
    assert len(_ids()) == 253
    assert list(ROWS) == _ids()
    keys = [key.value for key, _ in _mapping().value]
    assert keys == _ids(), "a number that stands twice hides the first"


def _mapping() -> yaml.MappingNode:
    top = yaml.compose((ROOT / "docs/asvs.yml").read_text(encoding="utf-8"))
    [(_, rows)] = top.value
    assert isinstance(rows, yaml.MappingNode)
    return rows


def test_the_levels_are_those_of_the_standard() -> None:
    levels = [row["level"] for row in ROWS.values()]
    assert (levels.count(1), levels.count(2)) == (70, 183)


def test_every_requirement_has_what_its_kind_asks_for() -> None:
    for id_, row in ROWS.items():
        assert set(row) <= {"level", "about", "kind", "why", "by"}, id_
        assert row["about"] and row["kind"] in ("test", "evidence", "n/a"), id_
        by = row.get("by", [])
        if row["kind"] == "test":
            assert by and all("::" in one for one in by), id_
        else:
            assert len(row["why"]) > 5, id_
        if row["kind"] == "evidence":
            assert by, id_


def test_every_test_and_file_that_is_named_exists() -> None:
    for id_, row in ROWS.items():
        for one in row.get("by", ()):
            file, _, test = one.partition("::")
            assert (ROOT / file).is_file(), f"{id_}: {file}"
            if test:
                assert file.startswith("tests/") and test in _tests(file), f"{id_}: {one}"


def test_most_are_proven_by_a_test() -> None:
    proven = [row for row in ROWS.values() if row["kind"] == "test"]
    assert len(proven) >= LEAST * len(ROWS)


def test_the_page_is_made_of_this_list() -> None:
    assert asvs.PAGE.read_text(encoding="utf-8") == asvs.render(ROWS)
