"""Figures are means of five people or more, and never of fewer."""

from __future__ import annotations

import pytest

from coach.domain.opinions import Statement, Statements, of_items, of_ratings, of_scales

TWO = Statements(
    "2026-11",
    {1: "nee", 5: "ja"},
    {"gesprek": "Het gesprek", "snelheid": "Snelheid"},
    (
        Statement("doel", "gesprek", "Een."),
        Statement("genoeg", "gesprek", "Twee."),
        Statement("wachten", "snelheid", "Drie."),
    ),
)


def test_the_mean_of_five_is_shown_and_of_four_is_not() -> None:
    items = of_items(TWO, {"doel": {5: 4, 1: 1}, "wachten": {3: 4}})
    assert [(f.name, f.n, f.mean) for f in items] == [
        ("doel", 5, pytest.approx(4.2)),
        ("genoeg", 0, None),
        ("wachten", 4, None),
    ]


def test_a_scale_is_the_mean_of_all_its_sentences() -> None:
    counts = {"doel": {5: 6}, "genoeg": {2: 5}, "wachten": {4: 9}}
    scales = of_scales(TWO, of_items(TWO, counts))
    assert [(f.name, f.n, f.mean) for f in scales] == [("gesprek", 5, 3.5), ("snelheid", 9, 4.0)]
    few = of_scales(TWO, of_items(TWO, {**counts, "genoeg": {2: 4}}))
    assert few[0].mean is None


def test_the_difference_in_self_rating_is_a_mean_of_five_or_nothing() -> None:
    pairs = [(20, 60), (50, 50), (30, 20), (0, 75), (10, 30)]
    assert of_ratings(pairs).mean == pytest.approx(25.0)
    assert of_ratings(pairs[:4]).mean is None
