"""Holds a database to the list of who was erased: a backup that was put back brings nobody back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import Connection, Engine

from coach.store.database import reading
from coach.store.privacy import Vault, of_rounds
from coach.store.tables import talks, tombstones
from coach.store.tombstones import WHOLE, Stone, add, hash_of, read_list, stones_of, write_list

IN_PARTS = {"stream_results": True, "yield_per": 10_000}
"""There may be millions of talks, and few of them are on the list."""


def honour(engine: Engine, stones: Iterable[Stone], now: datetime) -> int:
    """Erase again whom the list names and the database still has, and remember it there; how many talks it touched."""
    by_hash: dict[str, list[Stone]] = {}
    for stone in stones:
        by_hash.setdefault(stone.hash, []).append(stone)
    with engine.begin() as db:
        add(db, [stone for same in by_hash.values() for stone in same])
        query = select(talks.c.id, talks.c.created_at).execution_options(**IN_PARTS)
        due = {
            talk: [stone for stone in same if begun < stone.at]
            for talk, begun in db.execute(query)
            if (same := by_hash.get(hash_of(talk)))
        }
        touched = sum(_erase_again(db, talk, same, now) for talk, same in due.items())
    Vault(engine).scrub()
    return touched


def _erase_again(db: Connection, talk: str, stones: Iterable[Stone], now: datetime) -> bool:
    if any(stone.round == WHOLE for stone in stones):
        db.execute(delete(talks).where(talks.c.id == talk))
        return True
    # consent was taken back: what was kept until then goes, and the talk is forgotten as it was then
    gone = sum(_withdraw_again(db, talk, stone) for stone in stones)
    if gone:
        db.execute(update(talks).where(talks.c.id == talk).values(forget_at=now))
    return bool(gone)


def _withdraw_again(db: Connection, talk: str, stone: Stone) -> int:
    kept = 0
    for table in of_rounds():
        ours = (table.c.talk == talk) & (table.c.round == stone.round)
        kept += db.execute(delete(table).where(ours, table.c.updated_at <= stone.at)).rowcount
    return kept


class Remembered:
    """The same list as a file beside the database, on another disk if the operator is wise."""

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine, self._file = engine, file
        self._written: tuple[int, datetime | None] | None = None

    def honour(self, now: datetime) -> int:
        """Erase whom the file names and the database does not know as erased: it is a backup that was put back."""
        if not self._file.exists():
            return 0
        unknown = set(read_list(self._file)) - set(stones_of(self._engine))
        return honour(self._engine, unknown, now) if unknown else 0

    def write(self) -> None:
        """Bring the file up to date when somebody was erased, or was long enough ago."""
        with reading(self._engine) as db:
            query = select(func.count(), func.max(tombstones.c.at)).select_from(tombstones)
            number, last = db.execute(query).one()
        if (number, last) == self._written or (not number and not self._file.exists()):
            return
        write_list(self._engine, self._file)
        self._written = (number, last)
