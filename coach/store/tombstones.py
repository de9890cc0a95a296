"""Who was erased, remembered so that a restored backup brings nobody back.

A tombstone is a hash of the talk's id, which is random and nobody's name: it says something only to who holds a
backup with that id in it. The list stands in the database and in a file beside it, for when the database is lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection, Engine

from coach.domain.errors import CoachError
from coach.store.database import reading, upsert
from coach.store.tables import tombstones

WHOLE = 0
"""In the place of a round: all of the talk was erased."""


class BadList(CoachError):
    """The list of erased people cannot be read; names the line."""


@dataclass(frozen=True, order=True)
class Stone:
    hash: str
    round: int
    at: datetime
    """When it was erased (UTC): a talk that began under this id afterwards is another one."""


def bury(db: Connection, talk: str, at: datetime, round: int = WHOLE) -> None:
    """Remember that a talk, or what was kept of one round of it, was erased at this moment."""
    add(db, [Stone(hash_of(talk), round, at)])


def forget_stones(db: Connection, before: datetime) -> None:
    db.execute(delete(tombstones).where(tombstones.c.at < before))


def hash_of(talk: str) -> str:
    return hashlib.sha256(talk.encode()).hexdigest()


def stones_of(engine: Engine) -> list[Stone]:
    with reading(engine) as db:
        return sorted(Stone(*row) for row in db.execute(select(tombstones)))


def add(db: Connection, stones: Iterable[Stone]) -> None:
    """Remember these; of the same talk the latest moment counts."""
    rows = [{"hash": stone.hash, "round": stone.round, "at": stone.at} for stone in stones]
    new = upsert(db, tombstones)
    later = tombstones.c.at < new.excluded.at
    key = [tombstones.c.hash, tombstones.c.round]
    kept = new.on_conflict_do_update(index_elements=key, set_={"at": new.excluded.at}, where=later)
    if rows:
        db.execute(kept, rows)


def write_list(engine: Engine, file: Path) -> int:
    """The list as one JSON object a line, whole or not at all; how many lines it has."""
    stones = stones_of(engine)
    lines = (
        json.dumps({"hash": s.hash, "round": s.round, "at": s.at.isoformat()}) + "\n"
        for s in stones
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    with os.fdopen(handle, "w") as written:
        written.writelines(lines)
        written.flush()
        os.fsync(written.fileno())
    Path(part).rename(file)
    return len(stones)


def read_list(file: Path) -> list[Stone]:
    return list(_lines(file))


def _lines(file: Path) -> Iterator[Stone]:
    for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            yield Stone(str(told["hash"]), int(told["round"]), datetime.fromisoformat(told["at"]))
        except (ValueError, TypeError, KeyError):
            raise BadList(f"{file}, line {n}: this is no line of a list of erased people") from None
