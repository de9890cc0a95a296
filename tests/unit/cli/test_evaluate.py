"""`padwijzer evaluate`: what it measures, and how it refuses a file that is not as it should be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coach.cli.evaluate import dates, intents
from coach.cli.evaluate.measures import calibration_error, confusions, macro_f1, reliability, share
from coach.cli.main import app
from coach.domain.errors import BadContent

RUNNER = CliRunner()
TODAY = date(2026, 11, 23)


def lines(file: Path, *rows: Any) -> Path:
    file.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows))
    return file


def test_macro_f1_weighs_every_class_alike() -> None:
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "b"]) == 1
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)
    assert macro_f1([], []) == share([]) == 0


def test_confusions_come_most_frequent_first() -> None:
    assert confusions(["a", "a", "b", "c"], ["b", "b", "b", "a"]) == [("a", "b", 2), ("c", "a", 1)]


def test_reliability_is_perfect_when_as_often_right_as_sure() -> None:
    bins = reliability([0.75] * 4 + [1.0], [True, True, True, False, True])
    assert [(b.count, b.right) for b in bins] == [(4, 0.75), (1, 1.0)]
    assert calibration_error(bins) == 0
    assert calibration_error(reliability([1.0, 1.0], [False, True])) == 0.5


def test_dates_are_measured_from_the_day_that_is_given_or_the_row_names(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "dates.jsonl",
        {"text": "morgen", "date_iso": "2026-11-24"},
        {"text": "morgen", "date_iso": "2027-01-02", "today": "2027-01-01"},
        {"text": "ooit", "date_iso": None},
        {"text": "overmorgen", "date_iso": "2026-11-24"},
    )
    figures = dates.summary(dates.evaluate(file, TODAY))
    assert figures == {
        "texts": 4, "right": 0.75, "right, of those with a date": pytest.approx(2 / 3),
        "vague kept vague": 1.0,
    }  # fmt: skip


def test_dates_print_their_figures_and_what_is_wrong(tmp_path: Path) -> None:
    file = lines(tmp_path / "dates.jsonl", {"text": "overmorgen", "date_iso": "2026-11-24"})
    done = RUNNER.invoke(app, ["evaluate", "dates", str(file), "--today", "2026-11-23"])
    assert done.exit_code == 0
    assert "overmorgen: 2026-11-24, read as 2026-11-25" in done.output


@pytest.mark.parametrize(
    ("kind", "row", "named"),
    [
        ("dates", "{", "not JSON"),
        ("dates", "[]", "a JSON object with a text"),
        ("dates", {"text": "x"}, "date_iso: this key is missing"),
        ("dates", {"text": "x", "date_iso": "24-11-2026"}, "a date as 2026-12-31"),
        ("dates", "", "no sentences"),
        ("answers", {"text": "x", "construct": "geluk", "ring": None, "level": 1, "role": None}, "geluk"),
        ("answers", {"text": "x", "construct": "leren", "ring": None, "level": 1, "role": None}, "not asked"),
        ("answers", {"text": "x", "construct": "willen", "ring": None, "level": 4, "role": None}, "0, 1, 2 or 3"),
        ("answers", {"text": "x", "construct": "willen", "ring": None, "level": 1, "role": "baas"}, "baas"),
        ("intents", {"text": "x", "category": "vreemd"}, "'vreemd' is no intent; map it with --mapping"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_what_and_where(
    tmp_path: Path, kind: str, row: Any, named: str
) -> None:
    file = lines(tmp_path / "rows.jsonl", row)
    done = RUNNER.invoke(app, ["evaluate", kind, str(file)])
    assert done.exit_code == 1
    assert named in done.output and "rows.jsonl" in done.output


def test_other_category_names_are_mapped_and_a_bad_mapping_is_refused(tmp_path: Path) -> None:
    file = lines(tmp_path / "rows.jsonl", {"text": "x", "category": "privacy"})
    wrong = tmp_path / "mapping.yml"
    wrong.write_text("privacy: geheim\n")
    with pytest.raises(BadContent, match="'geheim' is no intent"):
        intents.evaluate(file, wrong)
    wrong.write_text("- privacy\n")
    with pytest.raises(BadContent, match="a mapping of category names"):
        intents.evaluate(file, wrong)


def test_figures_of_intents_are_counted_as_the_guide_says() -> None:
    def row(wanted: str, found: str, intent: str | None = None) -> intents.Understood:
        return intents.Understood("x", (wanted,), (found, "more"), intent or found, 0.9, 5.0)

    figures = intents.summary(
        [
            row("why", "why"),
            row("why", "explain", intents.FALLBACK),
            row("more", "why"),
            row("out_of_scope", "why"),
            row("out_of_scope", "why", intents.FALLBACK),
            row("distress_red", "distress_orange"),
            row("distress_orange", "inform"),
            row("inform", "distress_yellow"),
        ]
    )
    assert figures["right at first choice"] == 1 / 8
    assert figures["right within 3"] == 2 / 8
    assert figures["out of scope accepted"] == 1 / 2
    assert figures["in scope not understood"] == 1 / 6
    assert figures["red and orange recognised"] == 1 / 2
    assert figures["false alarms of distress"] == 1 / 6
