"""Locks over all copies of the service; SQLite has one copy only, so there they cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import Engine


@contextmanager
def hold(engine: Engine, key: str) -> Iterator[None]:
    """Wait until the key is free, and keep it."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect() as db:
        # a lock of the session: it dies with its connection, so a killed copy holds nobody up
        db.execute(text("SET statement_timeout = 0"))
        db.execute(text("SELECT pg_advisory_lock(hashtextextended(:key, 0))"), {"key": key})
        db.commit()
        try:
            yield
        finally:
            db.execute(text("SELECT pg_advisory_unlock_all()"))
            db.execute(text("RESET statement_timeout"))
            db.commit()


@contextmanager
def hold_if_free(engine: Engine, key: str) -> Iterator[bool]:
    """Keep the key if nobody has it; says whether it is ours."""
    if engine.dialect.name != "postgresql":
        yield True
        return
    with engine.connect() as db:
        query = text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))")
        ours = bool(db.execute(query, {"key": key}).scalar())
        db.commit()
        try:
            yield ours
        finally:
            db.execute(text("SELECT pg_advisory_unlock_all()"))
            db.commit()
