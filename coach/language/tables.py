"""Tables that are made once from what a package brings, and read from disk as they are.

A table is mapped, not loaded: a start costs nothing, memory holds only what is used, and copies of the service
share it. Each is named after the package and version it was made from.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "models" / "tables"


def table(name: str, package: str, make: Callable[[Path], None], folder: Path = FOLDER) -> Path:
    """Where the table stands; `make` writes it (a file or a folder) when it is not there yet.

    A place that cannot be written gets its table in a temporary folder, for this process alone.
    """
    where = folder / f"{package}-{version(package)}-{name}"
    if where.exists():
        return where
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder))
    except OSError:
        work = Path(tempfile.mkdtemp())
        where = work / where.name
    made = work / "new"
    make(made)
    _put(made, where)
    if where.parent != work:
        shutil.rmtree(work)
    return where


def _put(made: Path, where: Path) -> None:
    """In one step: another copy of the service may be making the same."""
    try:
        made.replace(where)
    except OSError:
        if not where.exists():
            raise
