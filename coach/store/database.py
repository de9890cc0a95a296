"""Opening the database: SQLite tuned to lose nothing and to wait, PostgreSQL that notices a lost connection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 15_000
STATEMENT_MS = 10_000


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
        pool_size=10,
        max_overflow=20,
        connect_args={"options": f"-c statement_timeout={STATEMENT_MS}", "connect_timeout": 5},
    )


def _sqlite(url: str, file: str | None) -> Engine:
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False},
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
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def add_to(db: Connection, table: Table, key: Mapping[str, Any], number: int) -> None:
    """Add to the `number` of the row with this primary key, which is made when it is not there."""
    dialect: Any = postgresql if db.dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).values(**key, number=number)
    more = {"number": table.c.number + number}
    db.execute(row.on_conflict_do_update(index_elements=list(key), set_=more))


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
