"""A SQLite file, copied by SQLite itself while others write in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import Engine

from coach.store.dump import BadBackup

BESIDE = ("-wal", "-shm", "-journal")


class Sqlite:
    def dump(self, engine: Engine, part: Path) -> None:
        file = _file(engine)
        if not file.is_file():
            raise BadBackup(f"there is no database at {file}")
        try:
            with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(part)) as copy:
                live.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
                _expect_sound(copy, part)
        except sqlite3.Error as error:
            raise BadBackup(f"{file} could not be copied: {type(error).__name__}") from None

    def check(self, file: Path) -> None:
        try:
            with closing(_reading(file)) as copy:
                _expect_sound(copy, file)
                copy.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error:
            raise BadBackup(
                f"{file} is no backup of Padwijzer in SQLite, or it is damaged"
            ) from None

    def load(self, engine: Engine, file: Path) -> str:
        """Into a file beside the real one, where it is made ready; returns its address."""
        part = _part(engine)
        part.parent.mkdir(parents=True, exist_ok=True)
        self.refuse(engine)
        part.touch(mode=0o600)
        with closing(_reading(file)) as copy, closing(sqlite3.connect(part)) as loaded:
            copy.backup(loaded)
        return f"sqlite:///{part}"

    def accept(self, engine: Engine) -> None:
        part, file = _part(engine), _file(engine)
        with closing(sqlite3.connect(part)) as loaded:
            loaded.execute("PRAGMA journal_mode=DELETE")
        _unlink(file, *BESIDE)
        part.rename(file)

    def refuse(self, engine: Engine) -> None:
        _unlink(_part(engine), "", *BESIDE)


def _file(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _part(engine: Engine) -> Path:
    return _file(engine).with_name(f"{_file(engine).name}.restoring")


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _expect_sound(copy: sqlite3.Connection, file: Path) -> None:
    found = copy.execute("PRAGMA integrity_check").fetchone()
    if found != ("ok",) or copy.execute("PRAGMA foreign_key_check").fetchone():
        raise BadBackup(f"{file} is damaged")


def _unlink(file: Path, *ends: str) -> None:
    for end in ends:
        file.with_name(file.name + end).unlink(missing_ok=True)
