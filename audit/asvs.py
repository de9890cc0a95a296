"""Renders `docs/asvs.yml` as a page to read: `python audit/asvs.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "asvs.en.md"
Rows = Mapping[str, Mapping[str, Any]]


def read() -> Rows:
    raw = yaml.safe_load((DOCS / "asvs.yml").read_text(encoding="utf-8"))
    rows: Rows = raw["requirements"]
    return rows


def render(rows: Rows) -> str:
    return "\n".join(_lines(rows)) + "\n"


def _lines(rows: Rows) -> Iterator[str]:
    kinds = Counter(row["kind"] for row in rows.values())
    yield "# OWASP ASVS 5.0.0, levels 1 and 2"
    yield ""
    yield "Made from [asvs.yml](asvs.yml) by `python audit/asvs.py`. The numbers are those of the standard (owasp.org, CC BY-SA 4.0); the words are ours."
    yield ""
    yield (
        f"Of {len(rows)} requirements {kinds['test']} are proven by an automatic test "
        f"({100 * kinds['test'] / len(rows):.0f} %), {kinds['evidence']} by a file or a decision, "
        f"and {kinds['n/a']} are about parts that are not here. None is open."
    )
    yield ""
    yield "| Requirement | Level | About | Kind | Shown by |"
    yield "|---|---|---|---|---|"
    for id_, row in rows.items():
        shown = [str(row.get("why", "")), *(f"`{_short(by)}`" for by in row.get("by", ()))]
        told = "; ".join(filter(None, shown))
        yield f"| {id_} | {row['level']} | {row['about']} | {row['kind']} | {told} |"


def _short(by: str) -> str:
    """A test by its file and name: names of files of tests are unique."""
    file, _, test = by.partition("::")
    return f"{Path(file).name}::{test}" if test else file


if __name__ == "__main__":
    PAGE.write_text(render(read()), encoding="utf-8")
