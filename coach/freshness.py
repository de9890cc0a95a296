"""Is what was made from sources older than they are? Modification times only: nothing is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

KINDS = (".py", ".yml")


def is_older(made: Path | None, sources: Iterable[Path]) -> bool:
    """Whether `made` is missing, or any source file (or file below a source folder) is newer."""
    if made is None or not made.exists():
        return True
    return made.stat().st_mtime < max(_times(sources), default=0)


def newest_model(models: Path) -> Path | None:
    """The model of Rasa that was made last, or None when there is none."""
    return max(models.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime, default=None)


def _times(sources: Iterable[Path]) -> Iterator[float]:
    for source in sources:
        files = source.rglob("*") if source.is_dir() else [source]
        yield from (f.stat().st_mtime for f in files if f.suffix in KINDS)
