"""One process on one SQLite file: a second copy would not see the first one's turns in order."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import portalocker
from sqlalchemy.engine import Engine


class Occupied(RuntimeError):
    """Another process serves this database."""


def hold(engine: Engine) -> IO[str] | None:
    """Lock the database file for this process; PostgreSQL needs none. Keep the result as long as you serve."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file:
        return None
    path = Path(f"{file}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+")
    try:
        portalocker.lock(lock, portalocker.LOCK_EX | portalocker.LOCK_NB)
    except portalocker.LockException:
        lock.close()
        raise Occupied(
            f"another Padwijzer uses {file}; stop it, or use PostgreSQL to run more than one"
        ) from None
    return lock
