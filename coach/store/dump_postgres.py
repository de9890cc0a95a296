"""A PostgreSQL database, by PostgreSQL's own pg_dump and pg_restore."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sqlalchemy import delete, inspect, text
from sqlalchemy.engine import Engine

from coach.store.dump import BadBackup
from coach.store.tables import talks

OTHERS = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
""")


class Postgres:
    def dump(self, engine: Engine, part: Path) -> None:
        _run(
            engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}"
        )
        self.check(part)

    def check(self, file: Path) -> None:
        """Reads all of it, as a restore would."""
        _call(["pg_restore", f"--file={os.devnull}", str(file)], {})

    def load(self, engine: Engine, file: Path) -> str:
        with engine.connect() as db:
            others = db.execute(OTHERS).scalar()
        engine.dispose()
        if others:
            raise BadBackup(
                f"{others} others are connected with this database; stop every copy of the service"
            )
        # of one transaction: all of it or nothing
        how = ("--single-transaction", "--clean", "--if-exists", "--no-owner", "--no-privileges")
        _run(engine, "pg_restore", *how, str(file))
        return engine.url.render_as_string(hide_password=False)

    def accept(self, engine: Engine) -> None:
        """It stands where it belongs already."""

    def refuse(self, engine: Engine) -> None:
        """What was loaded is taken out: it was not held to the list of who was erased."""
        with engine.begin() as db:
            if inspect(db).has_table(talks.name):
                db.execute(delete(talks))


def _run(engine: Engine, tool: str, *arguments: str) -> None:
    url = engine.url.set(drivername="postgresql", password=None)
    password = {"PGPASSWORD": engine.url.password} if engine.url.password else {}
    _call([tool, f"--dbname={url.render_as_string()}", *arguments], password)


def _call(command: list[str], secrets: dict[str, str]) -> None:
    """The password goes by the environment: other users of the machine can read a command."""
    try:
        done = subprocess.run(
            command, env={**os.environ, **secrets}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BadBackup(
            f"{command[0]} is not here; install PostgreSQL's client programs, of the server's version or newer"
        ) from None
    if done.returncode:
        why = next(iter(done.stderr.splitlines()), "")  # below it may stand people's words
        raise BadBackup(f"{command[0]} failed: {why.removeprefix(f'{command[0]}: error: ')}")
