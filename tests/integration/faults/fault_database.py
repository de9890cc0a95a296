"""What goes wrong with the database: away, locked, full, slow, read-only, or with a connection that dies."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from fault_kinds import around, fault
from fault_scene import Scene
from sqlalchemy import create_engine, event, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from coach.store.tables import talks

GONE = OperationalError("", {}, Exception("server closed the connection unexpectedly"))


@contextmanager
def _on_statement(scene: Scene, start: str, strike: Any) -> Iterator[None]:
    """Strike before every statement that begins so."""

    def look(db: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(start):
            scene.hit()
            strike(db, cursor)

    event.listen(scene.store.database, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(scene.store.database, "before_cursor_execute", look)


def _fail(*_: Any) -> None:
    raise GONE


@contextmanager
def _busy(scene: Scene) -> Iterator[None]:
    """Another writer has the database."""
    file = str(make_url(scene.store.url).database)
    with sqlite3.connect(file, isolation_level=None, check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@fault()
def locked_for_a_moment(scene: Scene) -> Iterator[None]:
    """Another writer for a third of a second: nobody may notice."""
    scene.hit()
    if scene.store.is_postgres:
        url = make_url(scene.store.url)
        other = create_engine(url, future=True)
        db = other.connect()
        db.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        timer = threading.Timer(0.3, db.rollback)
        timer.start()
        yield
        timer.join()
        db.close()
        other.dispose()
        return
    held = _busy(scene)
    held.__enter__()
    timer = threading.Timer(0.3, lambda: held.__exit__(None, None, None))
    timer.start()
    yield
    timer.join()


@fault()
def away_before_it_is_taken(scene: Scene) -> Iterator[None]:
    scene.hit()
    with scene.store.down():
        yield


@contextmanager
def _around_commits(scene: Scene, wrapper: Callable[..., Any]) -> Iterator[None]:
    """However a turn is stored: some doors also read then how the talk stands."""
    ledger = scene.store.ledger
    with around(scene, ledger, "commit", wrapper), around(scene, ledger, "conclude", wrapper):
        yield


@fault()
def away_in_the_turn(scene: Scene) -> Iterator[None]:
    """It was taken in, and cannot be stored."""
    away = scene.store.down()
    begun = []

    def commit(real: Any, turn: Any) -> Any:
        if not begun:
            scene.hit()
            begun.append(away.__enter__())
        return real(turn)

    with _around_commits(scene, commit):
        yield
    if begun:
        away.__exit__(None, None, None)


@fault()
def connections_end_while_nothing_happens(scene: Scene) -> Iterator[None]:
    """A restart of the database: nobody may notice."""
    scene.hit()
    if scene.store.is_postgres:
        with scene.store.down():
            pass
    else:
        scene.store.database.dispose()
    yield


@fault()
def connection_ends_in_the_transaction(scene: Scene) -> Iterator[None]:
    """With half of a turn written; PostgreSQL ends the connection itself."""
    once = []

    def strike(db: Any, cursor: Any) -> None:
        if once:
            return
        once.append(True)
        if not scene.store.is_postgres:
            raise GONE
        pid = db.connection.info.backend_pid
        admin = create_engine(make_url(scene.store.url), isolation_level="AUTOCOMMIT", future=True)
        with admin.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        admin.dispose()

    with _on_statement(scene, "INSERT INTO outbox", strike):
        yield


@fault()
def disk_full(scene: Scene) -> Iterator[None]:
    """SQLite may grow no further; on PostgreSQL every write says so."""
    if scene.store.is_postgres:
        with _on_statement(scene, "INSERT", _fail):
            yield
        return

    def fill(db: Any, _cursor: Any) -> None:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar()
        db.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        db.exec_driver_sql("CREATE TABLE too_much AS SELECT zeroblob(100000000) AS x")

    with _on_statement(scene, "INSERT INTO events", fill):
        yield
    scene.store.database.dispose()  # the limit is of a connection


@fault()
def statement_takes_too_long(scene: Scene) -> Iterator[None]:
    """Longer than it may."""
    if not scene.store.is_postgres:
        with _on_statement(scene, "UPDATE talks", _fail):
            yield
        return

    def impatient(db: Any, _cursor: Any) -> None:
        db.exec_driver_sql("SET LOCAL statement_timeout = 50")
        db.exec_driver_sql("SELECT pg_sleep(1)")

    with _on_statement(scene, "UPDATE talks", impatient):
        yield


@fault()
def read_goes_wrong(scene: Scene) -> Iterator[None]:
    """Once, at the state of the talk."""
    once = []

    def begin(real: Any, message: Any) -> Any:
        if not once:
            once.append(scene.hit())
            raise GONE
        return real(message)

    with around(scene, scene.store.ledger, "begin", begin):
        yield


@fault()
def answer_to_the_commit_is_lost(scene: Scene) -> Iterator[None]:
    """All was stored, and nobody heard so."""
    once = []

    def commit(real: Any, turn: Any) -> Any:
        done = real(turn)
        if not once:
            once.append(scene.hit())
            raise GONE
        return done

    with _around_commits(scene, commit):
        yield


@fault()
def read_only(scene: Scene) -> Iterator[None]:
    def look(db: Any, _cursor: Any) -> None:
        only = "SET TRANSACTION READ ONLY" if scene.store.is_postgres else "PRAGMA query_only=ON"
        db.exec_driver_sql(only)

    with _on_statement(scene, "INSERT INTO inbox", look):
        yield
    scene.store.database.dispose()


@fault()
def no_connection_is_free(scene: Scene) -> Iterator[None]:
    """All of the pool is taken by others."""
    pool = scene.store.database.pool
    scene.hit()
    with patch.object(pool, "_timeout", 0.1):
        taken = []
        try:
            while True:
                taken.append(pool.connect())
        except Exception:
            pass  # so many there were
        yield
        for connection in taken:
            connection.close()


@fault(lasts=True)
def damaged_row(scene: Scene) -> Iterator[None]:
    """The state of this person's talk cannot be read."""
    scene.hit()
    with scene.store.database.begin() as db:
        known = db.execute(talks.select()).all()
        db.execute(update(talks).values(state={"slots": {"interview": 7}, "loop": ["x"]}))
    yield
    with scene.store.database.begin() as db:
        for row in known:
            here = talks.c.id == row.id
            db.execute(update(talks).where(here).values(state=row.state))
