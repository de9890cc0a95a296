"""The sums in the guide 'Van één machine naar meer' follow from the figures in its own first table."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "van-een-machine-naar-meer.md"
TEXT = GUIDE.read_text(encoding="utf-8")
GIVEN = re.compile(r"^\| ([^|]+) \| ([\d.,]+)%? \| [^|]+ \|$", re.MULTILINE)
ROW = re.compile(r"^\|" + r" ([\d.,]+) \|" * 7 + "$", re.MULTILINE)


def number(text: str) -> float:
    """As it is written in Dutch: 1.000,5."""
    return float(text.replace(".", "").replace(",", "."))


GIVENS = {name: number(value) for name, value in GIVEN.findall(TEXT)}
ROWS = [tuple(map(number, row)) for row in ROW.findall(TEXT)]


def test_the_guide_has_its_figures() -> None:
    assert len(GIVENS) == 8 and len(ROWS) == 4
    assert GIVENS["beurten per seconde op één kern"] > 0


@pytest.mark.parametrize("row", ROWS)
def test_each_row_follows_from_them(row: tuple[float, ...]) -> None:
    talks, turns, peak, needed, copies, memory, disk = row
    assert turns == talks * GIVENS["beurten per gesprek"]
    share = GIVENS["deel van de dag in het drukste uur"] / 100
    most = turns * share / 3600 * GIVENS["piek binnen dat uur"]
    assert peak == round(most, 1)
    a_core = GIVENS["beurten per seconde op één kern"] * GIVENS["hoe vol een kern mag zijn"] / 100
    assert needed == math.ceil(most / a_core)
    assert copies == needed + 1
    assert memory == round(copies * GIVENS["geheugen per kopie (MB)"] / 1000, 1)
    kept = talks * GIVENS["dagen dat de tekst blijft"] * GIVENS["schijf per gesprek (kB)"]
    assert disk == math.ceil(kept / 1e6)


def test_the_sum_on_paper_is_the_last_row() -> None:
    talks, turns, peak, needed, copies, memory, disk = ROWS[-1]
    told = {number(found) for found in re.findall(r"\d[\d.]*(?:,\d+)?", TEXT[TEXT.rindex("Zo gaat de som") :].replace(". ", " "))}  # fmt: skip
    assert {talks, turns, round(peak), needed, copies, memory, disk} <= told
