"""`padwijzer desk`: accounts of the learning desk."""

from __future__ import annotations

import typer

from coach.store.accounts import is_address
from coach.store.advisers import Advisers, DeskRole, EmailTaken
from coach.store.database import migrate
from coach.store.passwords import WeakPassword, hashed
from coach.wiring import current_settings, database, utc_now


def add_adviser(email: str, name: str, role: DeskRole, password: str) -> int:
    """A local account; an exit code."""
    migrate(database())
    advisers = Advisers(database())
    if not is_address(email.strip()) or not name.strip():
        typer.echo("No account was made: give an e-mail address and a name.", err=True)
        return 1
    try:
        key = advisers.add(email, name, role, hashed(password, email, name), utc_now())
    except (WeakPassword, EmailTaken) as error:
        typer.echo(f"No account was made: {error}.", err=True)
        return 1
    advisers.note(None, "adviser_added", key, utc_now())
    typer.echo(f"{email} can sign in at {current_settings().base_url}/desk")
    return 0
