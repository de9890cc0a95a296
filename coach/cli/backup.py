"""`padwijzer backup`, `restore` and `erased`: a copy of the database, and the way back that brings no erased person back."""

from __future__ import annotations

from pathlib import Path

import typer
from sqlalchemy.exc import SQLAlchemyError

from coach.domain.errors import CoachError
from coach.settings import Settings
from coach.store import single
from coach.store.backup import back_up
from coach.store.backup import restore as put_back
from coach.store.clock import utc_now
from coach.store.tombstones import Stone, read_list, write_list
from coach.wiring import current_settings, database


def backup(file: Path) -> int:
    """Write a backup; an exit code."""
    try:
        back_up(database(), file)
    except (CoachError, OSError, SQLAlchemyError) as error:
        return _refuse(error)
    typer.echo(
        f"{file} holds the whole database; {file.name}.sha256 beside it tells whether it stays whole."
    )
    secret = current_settings().data / "secret"
    if secret.exists():
        typer.echo(
            f"Not in it: {secret}. Keep a copy apart from it; without it nobody finds their talk again."
        )
    return 0


def restore(file: Path, list_: Path | None) -> int:
    """Put a backup back; an exit code."""
    settings, engine = current_settings(), database()
    try:
        lock = single.hold(engine)
        stones = _stones(list_, settings)
        done = put_back(engine, file, stones, settings.terms, utc_now())
    except (CoachError, OSError, SQLAlchemyError, single.Occupied) as error:
        return _refuse(error)
    if lock:
        lock.close()
    typer.echo(f"talks: {done.talks}\nerased again: {done.erased}\nexpired since: {done.expired}")
    if not done.sealed:
        typer.echo(
            f"There was no {file.name}.sha256; only the database itself said that the file is whole."
        )
    return 0


def erased(file: Path) -> int:
    """Write the list; an exit code."""
    try:
        number = write_list(database(), file)
    except (OSError, SQLAlchemyError) as error:
        return _refuse(error)
    typer.echo(f"{number} lines in {file}")
    return 0


def _stones(list_: Path | None, settings: Settings) -> list[Stone]:
    """Who was erased: by the list that is named, and by the service's own when it is there."""
    own = settings.erased
    stones = read_list(list_) if list_ else []
    if own and own.exists():
        return [*stones, *read_list(own)]
    if not list_:
        typer.echo(
            f"There is no list of who was erased at {own}: nobody is erased again.", err=True
        )
    return stones


def _refuse(error: Exception) -> int:
    told = type(error).__name__ if isinstance(error, SQLAlchemyError) else error
    typer.echo(str(told), err=True)
    return 1
