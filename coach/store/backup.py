"""A copy of the whole database as one file, and the way back: into an empty place, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy import func, inspect, select
from sqlalchemy.engine import Engine

from coach.store import dump_postgres, dump_sqlite
from coach.store.database import migrate, open_database, reading
from coach.store.dump import BadBackup
from coach.store.privacy import Vault
from coach.store.remembered import honour
from coach.store.retention import expire
from coach.store.tables import talks
from coach.store.tombstones import Stone, stones_of
from coach.usecases.privacy import Terms


@dataclass(frozen=True)
class Restored:
    talks: int
    erased: int
    """Talks in it of people who were erased since it was made."""
    expired: int
    """Talks in it whose time has come since."""
    sealed: bool
    """Whether a sum of its bytes stood beside it."""


def back_up(engine: Engine, file: Path) -> None:
    """Write a consistent copy while the service goes on, readable by its owner alone, with a sum of its bytes beside it."""
    if file.exists():
        raise BadBackup(f"{file} exists already; a backup is not written over another")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _dumper(engine).dump(engine, part)
        _sum_file(file).write_text(f"{_sum(part)}  {file.name}\n")
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def restore(
    engine: Engine, file: Path, stones: Iterable[Stone], terms: Terms, now: datetime
) -> Restored:
    """Put a backup into a database without talks; who was erased since, and what is too old, does not come back."""
    sealed = check(engine, file)
    remembered = [*stones, *_empty(engine)]
    engine.dispose()
    dumper = _dumper(engine)
    try:
        done = _hold_to(dumper.load(engine, file), remembered, terms, now)
        dumper.accept(engine)
    except CommandError:
        dumper.refuse(engine)
        raise BadBackup(f"{file} was made by a newer Padwijzer than this one") from None
    except BaseException:
        dumper.refuse(engine)
        raise
    return Restored(*done, sealed)


def check(engine: Engine, file: Path) -> bool:
    """Whether the file is whole: by the sum beside it, when it is there, and by what the database says of it."""
    if not file.is_file():
        raise BadBackup(f"{file} is no file")
    sealed = _sum_file(file).exists()
    if sealed and _sum_file(file).read_text().split()[0] != _sum(file):
        raise BadBackup(
            f"{file} is damaged: its bytes have another sum than {_sum_file(file)} says"
        )
    _dumper(engine).check(file)
    return sealed


def _empty(engine: Engine) -> list[Stone]:
    """Refuse a place with talks; of an empty one, whom it knows as erased."""
    with engine.connect() as db:
        names = inspect(db).get_table_names()
    if "talks" in names:
        with reading(engine) as db:
            number = db.execute(select(func.count()).select_from(talks)).scalar()
        if number:
            raise BadBackup(
                f"there are {number} talks in this database; a backup goes into an empty one only. "
                "Set PADWIJZER_DATABASE_URL to a new database, or move the old one away first"
            )
    return stones_of(engine) if "tombstones" in names else []


def _hold_to(
    url: str, stones: Iterable[Stone], terms: Terms, now: datetime
) -> tuple[int, int, int]:
    place = open_database(url)
    try:
        migrate(place)
        erased = honour(place, stones, now)
        forgotten = Vault(place).forget_due(now)
        old = expire(place, terms, now)["talks"]
        with reading(place) as db:
            left = int(db.execute(select(func.count()).select_from(talks)).scalar())
        return left, erased, forgotten + old
    finally:
        place.dispose()


def _dumper(engine: Engine) -> dump_sqlite.Sqlite | dump_postgres.Postgres:
    postgres = engine.dialect.name == "postgresql"
    return dump_postgres.Postgres() if postgres else dump_sqlite.Sqlite()


def _sum_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def _sum(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()
