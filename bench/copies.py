"""Stored talks by the thousand: the rows of one talk that was held, copied by the database itself.

Every copy has its own assessment and answers, and plan and check-ins when the talk came so far. The words of a talk are kept for a month and the rest for
a year, so one copy in twelve has its messages, answers and events too.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Table, create_engine, text
from sqlalchemy.engine import Connection

from coach.store.tables import metadata, talks

ROOM = 1_000
"""Numbers kept free for each copy in tables whose key is a number."""
WORDS = ("events", "inbox", "outbox")
EVERY = 12
COPIED = (
    *("talks", *WORDS, "addresses", "senders"),
    *("assessments", "answers", "plans", "check_ins"),
)
SCRAMBLED = "({n} * 2654435761) % 4294967296"
"""Keys that differ in front, as random ones do: this maps no two numbers below 2^32 to one."""


def copy_talks(url: str, number: int) -> None:
    """Store `number` more talks like the one that is there."""
    # not as the service opens it: that begins a transaction of its own
    engine = create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    try:
        with engine.connect() as db:
            _hasten(db)
            for table in metadata.sorted_tables:
                if table.name in COPIED:
                    db.execute(text(_statement(table, db.dialect.name, number)))
            _settle(db)
    finally:
        engine.dispose()


def _statement(table: Table, dialect: str, number: int) -> str:
    columns = [f'"{column.name}"' for column in table.columns]
    values = [_value(table, column.name, dialect) for column in table.columns]
    series = (
        f"generate_series(1::bigint, {number}) AS s(n)"
        if dialect == "postgresql"
        else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {number}) SELECT n FROM s) AS s"  # noqa: S608
    )
    only = f"WHERE s.n % {EVERY} = 0" if table.name in WORDS else "WHERE true"
    # names of our own tables and numbers of our own making
    return (
        f'INSERT INTO "{table.name}" ({", ".join(columns)}) '  # noqa: S608
        f'SELECT {", ".join(values)} FROM {series} CROSS JOIN "{table.name}" AS t {only}'
    )


def _value(table: Table, column: str, dialect: str) -> str:
    own = f't."{column}"'
    if column == "talk" or column == "sender_hash" or (table is talks and column == "id"):
        mixed = SCRAMBLED.format(n="s.n")
        front = (
            f"lpad(to_hex({mixed}), 8, '0')"
            if dialect == "postgresql"
            else f"printf('%08x', {mixed})"
        )
        return f"{front} || substr({own}, 9)"
    if column in ("id", "inbox", "assessment"):
        return f"{own} + s.n * {ROOM}"
    return own


def _hasten(db: Connection) -> None:
    if db.dialect.name == "postgresql":
        db.execute(text("SET statement_timeout = 0"))
        # foreign keys hold by how the rows are made
        db.execute(text("SET session_replication_role = replica"))
        return
    db.execute(text("PRAGMA foreign_keys = OFF"))
    db.execute(text("PRAGMA synchronous = OFF"))
    db.execute(text("PRAGMA cache_size = -500000"))


def _settle(db: Connection) -> None:
    """Numbers that come next, and what the planner knows."""
    if db.dialect.name == "postgresql":
        for table in ("inbox", "outbox", "assessments", "plans", "check_ins"):
            newest = f"SELECT max(id) FROM {table}"  # noqa: S608
            db.execute(text(f"SELECT setval('{table}_id_seq', coalesce(({newest}), 1))"))
    db.execute(text("ANALYZE"))


def copy_stock_talks(file: Path, number: int) -> None:
    """The same for the events of stock Rasa, which keeps nothing else and keeps all of it."""
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA synchronous = OFF")
        names = [row[1] for row in db.execute("PRAGMA table_info(events)")]
        columns = ", ".join(name for name in names if name != "id")
        values = ", ".join(
            "sender_id || n" if name == "sender_id" else name for name in names if name != "id"
        )
        db.execute(
            f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {number}) "  # noqa: S608
            f"INSERT INTO events ({columns}) SELECT {values} FROM s CROSS JOIN events"
        )
        db.execute("ANALYZE")
