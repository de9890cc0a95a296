"""A round's results as a file: CSV, JSON or a spreadsheet. One format is one function over the same rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.domain.guard import Side
from coach.report.labels import Labels
from coach.usecases.round_table import Row

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would carry out instead of show (OWASP, CSV injection)."""
WIDEST = 60


@dataclass(frozen=True)
class About:
    """Of what the table is, and the words it is said in."""

    organisation: str
    round: int
    closed_on: str
    words: Mapping[str, Any]
    """From content/words of the report: `columns`, `sides`, `close`, `hidden`."""


def to_csv(rows: Sequence[Row], about: About, labels: Labels) -> bytes:
    """With a semicolon and a byte order mark: so a Dutch spreadsheet opens it without questions."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerows([[safe(cell) for cell in line] for line in _lines(rows, about, labels)])
    return file.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Sequence[Row], about: About, labels: Labels) -> bytes:
    from openpyxl import Workbook  # heavy, and only needed here
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = str(about.words["sheet"]).format(round=about.round)
    lines = _lines(rows, about, labels)
    for line in lines:
        sheet.append([safe(cell) for cell in line])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, cells in enumerate(zip(*lines, strict=True), start=1):
        width = min(WIDEST, max(len(str(cell)) for cell in cells) + 2)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def to_json(rows: Sequence[Row], about: About, labels: Labels) -> bytes:
    """For programs: keys of our own model, no words of Dutch that may change."""
    found = [
        {
            "group": row.group,
            "above": row.above or None,
            "side": row.side.value,
            "size": row.size,
            "ring": row.ring or None,
            "process": row.process or None,
            "question": row.question or None,
            "level": row.level,
            "says": row.says or None,
            "close": row.close,
        }
        for row in rows
    ]
    whole = {"organisation": about.organisation, "round": about.round, "closed_on": about.closed_on}
    return json.dumps({**whole, "results": found}, ensure_ascii=False, indent=1).encode()


def safe(cell: str | int) -> str | int:
    """A cell that is shown and never carried out."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return cell


def _lines(rows: Sequence[Row], about: About, labels: Labels) -> list[list[str | int]]:
    return [list(about.words["columns"]), *(_line(row, about, labels) for row in rows)]


def _line(row: Row, about: About, labels: Labels) -> list[str | int]:
    sides: Mapping[str, str] = about.words["sides"]
    if row.size is None:
        return [row.group, row.above, sides[Side.ALL.value], "", about.words["hidden"], *[""] * 5]
    close = about.words["close"]["ja" if row.close else "nee"]
    rings = {ring.value: name.name for ring, name in labels.rings.items()}
    processes = {process.value: name.name for process, name in labels.processes.items()}
    return [
        row.group,
        row.above,
        sides[row.side.value],
        row.size,
        rings.get(row.ring, about.words["nowhere"]),
        processes.get(row.process, ""),
        row.name,
        row.level or "",
        row.says,
        close,
    ]


FORMATS = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "json": (to_json, "application/json"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
