"""How well dates in promises are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from coach.cli.evaluate.measures import share
from coach.cli.evaluate.rows import Row, read, refuse
from coach.language.dates import DutchDates


@dataclass(frozen=True)
class Dated:
    text: str
    wanted: date | None
    found: date | None

    @property
    def right(self) -> bool:
        return self.wanted == self.found


def evaluate(file: Path, today: date) -> list[Dated]:
    """Every text of the file; a row's own `today` goes before the given one."""
    dates = DutchDates()
    return [
        Dated(
            row["text"],
            _date(file, row, "date_iso"),
            dates.read(row["text"], _date(file, row, "today") or today),
        )
        for row in read(file, ["text", "date_iso"])
    ]


def _date(file: Path, row: Row, key: str) -> date | None:
    try:
        return date.fromisoformat(row[key]) if row.get(key) else None
    except (TypeError, ValueError):
        raise refuse(file, row, key, "a date as 2026-12-31 is wanted, or null") from None


def summary(rows: Sequence[Dated]) -> dict[str, float]:
    dated = [row for row in rows if row.wanted]
    vague = [row for row in rows if not row.wanted]
    return {
        "texts": len(rows),
        "right": share([row.right for row in rows]),
        "right, of those with a date": share([row.right for row in dated]),
        "vague kept vague": share([row.right for row in vague]) if vague else 1.0,
    }
