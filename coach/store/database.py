"""Opening the database: SQLite tuned to lose nothing and to wait, PostgreSQL that notices a lost connection."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.pool import QueuePool

from coach.store.writers import InARow, in_a_row

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 15_000
STATEMENT_MS = 10_000
SESSION = {
    "statement_timeout": STATEMENT_MS,
    # a machine that vanishes says no goodbye: its locks are free when the server misses it
    "tcp_keepalives_idle": 4,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
}
NOTICING = {"keepalives_idle": 4, "keepalives_interval": 2, "keepalives_count": 3}
"""The same from our side: so many seconds until a database that is gone is missed."""
READING = "padwijzer_reading"
POOL = {"pool_size": 10, "max_overflow": 20}


def open_database(url: str) -> Engine:
    """An engine for a database URL; connects only when first used. Its errors name no values: those are people's words."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(url, address.database)
    return create_engine(
        url,
        future=True,
        hide_parameters=True,
        pool_pre_ping=True,
        **POOL,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
            "connect_timeout": 5,
            "application_name": f"padwijzer-{secrets.token_hex(6)}",  # the name of this copy
            **NOTICING,
        },
    )


def _sqlite(url: str, file: str | None) -> Engine:
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    row = in_a_row(BUSY_MS)
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        # opening the file and setting it up costs as much as a turn's statements
        **({"poolclass": QueuePool, **POOL} if file else {}),
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False, "factory": row},
    )

    @event.listens_for(engine, "connect")
    def _tune(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin ourselves: see below
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # the driver would begin late and then fail instead of wait when another writer is busy
        # who only reads waits for nobody
        only_reads = connection.get_execution_options().get(READING)
        if only_reads:
            connection.connection.dbapi_connection.execute("BEGIN")
            return
        mine: InARow = connection.connection.dbapi_connection
        mine.wait()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            mine.next()
            raise

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes nothing: on SQLite it does not wait for who writes, and holds nobody up."""
    with engine.connect() as db, db.execution_options(**{READING: True}).begin():
        yield db


def upsert(db: Connection, table: Table) -> Any:
    """An insert that can say what to do when the row is there already, which every database does in its own way."""
    return _dialect(db.dialect.name).insert(table)


def _dialect(name: str) -> Any:
    return postgresql if name == "postgresql" else sqlite


def add_to(db: Connection, table: Table, key: Mapping[str, Any], number: int) -> None:
    """Add to the `number` of the row with this primary key, which is made when it is not there."""
    add_all(db, table, [{**key, "number": number}])


def add_all(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for several rows at once; each key stands there once, and at least one does."""
    db.execute(_adding(db.dialect.name, table), [dict(row) for row in rows])


@cache
def _adding(dialect: str, table: Table) -> Any:
    new = _dialect(dialect).insert(table)
    more = {"number": table.c.number + new.excluded.number}
    return new.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if (
            engine.dialect.name == "postgresql"
        ):  # copies that start at the same moment: the first one does it
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
