"""`padwijzer export`, `forget` and `retention`: somebody's data, for the operator who is asked for it."""

from __future__ import annotations

import json

import typer

from coach.domain.errors import CoachError
from coach.report.record import plain
from coach.store.clock import utc_now
from coach.store.ledger import sender_hash
from coach.store.privacy import Vault
from coach.store.retention import expire
from coach.wiring import current_settings, database, ledger


class NotOne(CoachError):
    """No talk was meant, or more than one; says how to mend it."""


def export(talk: str, channel: str, sender: str) -> int:
    """Everything of one talk as JSON; an exit code."""
    try:
        found = _find(talk, channel, sender)
    except NotOne as error:
        return _refuse(error)
    kept = ledger().vault.everything(found)
    if kept is None:  # erased between the two looks
        return _refuse(NotOne("there is no such talk"))
    typer.echo(json.dumps(plain(kept), ensure_ascii=False, indent=2))
    return 0


def forget(talk: str, channel: str, sender: str, yes: bool) -> int:
    """Erase one talk, after a question; an exit code."""
    try:
        found = _find(talk, channel, sender)
    except NotOne as error:
        return _refuse(error)
    if not yes and not typer.confirm(f"Erase talk {found} with everything that hangs on it?"):
        return 1
    ledger().vault.erase(found)
    days = current_settings().terms.backup_days
    typer.echo("Erased." + (f" Backups may hold it for {days} more days." if days else ""))
    return 0


def retention() -> int:
    """Remove what is due and what is too old; an exit code."""
    now = utc_now()
    forgotten = Vault(database()).forget_due(now)
    done = {"forgotten": forgotten, **expire(database(), current_settings().terms, now)}
    typer.echo("\n".join(f"{what}: {number}" for what, number in done.items()))
    return 0


def _find(talk: str, channel: str, sender: str) -> str:
    if channel and sender:
        hashed = sender_hash(current_settings().secret, channel, sender)
        found = ledger().talk_of(channel, hashed)
        if found is None:
            raise NotOne("nobody with that id talks there")
        return found
    if not talk:
        raise NotOne("say which talk: --talk, or --channel and --sender")
    ids = ledger().vault.talk_ids(talk)
    if len(ids) != 1:
        raise NotOne(f"{len(ids)} talks begin with {talk!r}")
    return ids[0]


def _refuse(error: CoachError) -> int:
    typer.echo(str(error), err=True)
    return 1
