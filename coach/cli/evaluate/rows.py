"""Reads a file of test sentences: JSON lines, each refused with file, line and key when it is not as it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from coach.domain.errors import BadContent

Row = dict[str, Any]


def read(file: Path, keys: Sequence[str]) -> list[Row]:
    """All rows; BadContent when the file is empty, a line is no JSON object or a key is missing."""
    rows = list(_rows(file, keys))
    if not rows:
        raise BadContent(str(file), 0, "file", "there are no sentences in it")
    return rows


def _rows(file: Path, keys: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise BadContent(str(file), number, "line", "not JSON") from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise BadContent(str(file), number, "text", "a JSON object with a text is wanted")
        missing = [key for key in keys if key not in row]
        if missing:
            raise BadContent(str(file), number, missing[0], "this key is missing")
        yield row


def refuse(file: Path, row: Row, key: str, problem: str) -> BadContent:
    """The error for a row whose value makes no sense."""
    return BadContent(str(file), 0, key, f"{problem} (text {row['text'][:40]!r})")
