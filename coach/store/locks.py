"""Locks over all copies of the service; SQLite has one copy only, so there they cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

# a lock of the session: it dies with its connection, so a killed copy holds nobody up
_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))")
_WAIT = text("SELECT pg_advisory_lock(hashtextextended(:key, 0))")
_LET_GO = text("SELECT pg_advisory_unlock_all()")
_PATIENT = text("SET statement_timeout = 0")
_AS_EVER = text("RESET statement_timeout")


@contextmanager
def hold(engine: Engine, key: str) -> Iterator[None]:
    """Wait until the key is free, and keep it."""
    with _held(engine, key, wait=True):
        yield


@contextmanager
def hold_if_free(engine: Engine, key: str) -> Iterator[bool]:
    """Keep the key if nobody has it; says whether it is ours."""
    with _held(engine, key, wait=False) as ours:
        yield ours


@contextmanager
def _held(engine: Engine, key: str, *, wait: bool) -> Iterator[bool]:
    if engine.dialect.name != "postgresql":
        yield True
        return
    # no transaction: each of its ends would be one more way to the server and back
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        ours = bool(db.execute(_TRY, {"key": key}).scalar())
        if wait and not ours:
            _wait(db, key)
        try:
            yield ours or wait
        finally:
            db.execute(_LET_GO)


def _wait(db: Connection, key: str) -> None:
    try:
        db.execute(_PATIENT)
        db.execute(_WAIT, {"key": key})
        db.execute(_AS_EVER)
    except BaseException:
        db.invalidate()  # nobody else is to get a connection that waits for ever
        raise
