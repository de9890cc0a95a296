"""Writers of SQLite in one process wait for each other, and no error keeps the next one out."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from coach.store import database
from coach.store.database import open_database, reading
from coach.store.writers import InARow

ADD = text("INSERT INTO t VALUES (:n)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


@pytest.fixture
def engine(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(database, "BUSY_MS", 300)
    made = open_database(f"sqlite:///{file}")
    with made.begin() as db:
        db.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
    yield made
    made.dispose()


def _numbers(engine: Engine) -> list[int]:
    with reading(engine) as db:
        return list(db.execute(text("SELECT n FROM t ORDER BY n")).scalars())


def test_all_that_many_threads_write_is_there(engine: Engine) -> None:
    wrong: list[Exception] = []

    def work(first: int) -> None:
        try:
            for n in range(first, first + 40):
                with engine.begin() as db:
                    db.execute(ADD, {"n": n})
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(n * 40,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and _numbers(engine) == list(range(320))


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(ADD, {"n": 1})
        assert _numbers(engine) == []
    assert _numbers(engine) == [1]


def test_what_fails_lets_the_next_one_in(engine: Engine) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), engine.begin() as db:
            db.execute(ADD, {"n": 1})
            raise ZeroDivisionError
    with engine.begin() as db:
        db.execute(ADD, {"n": 2})
    assert _numbers(engine) == [2]


def test_a_connection_that_is_thrown_away_lets_the_next_one_in(engine: Engine) -> None:
    db = engine.connect()
    db.begin()
    db.invalidate()
    db.close()
    with engine.begin() as next_one:
        next_one.execute(ADD, {"n": 3})
    assert _numbers(engine) == [3]


def test_who_waits_for_another_process_is_refused_at_last(engine: Engine, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    patience: list[int] = []

    def work() -> None:
        with pytest.raises(OperationalError, match="locked"), engine.connect() as db:
            mine: InARow = db.connection.dbapi_connection
            try:
                db.begin()
            finally:
                patience.append(mine.left_ms)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # the first one had SQLite's own patience, and the others what was left of it after they waited for the first
    assert len(patience) == 4 and max(patience) == database.BUSY_MS
    assert sum(left < database.BUSY_MS for left in patience) == 3
    other.execute("ROLLBACK")
    with engine.begin() as db:
        db.execute(ADD, {"n": 4})
    assert _numbers(engine) == [4]
