"""Attempts to sign in that failed, so that guessing is slowed; who tried is kept as a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Engine

from coach.store.desk_tables import sign_in_failures

FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Attempt:
    id: int
    earlier: int
    """How many before this one failed."""
    last: datetime | None
    """When the latest of those was."""


class Attempts:
    def __init__(self, engine: Engine, secret: bytes) -> None:
        self._engine, self._secret = engine, secret

    def begin(self, who: str, at: datetime, since: datetime) -> Attempt:
        """Counted as failed until it is withdrawn: many at the same time do not slip through together."""
        row = sign_in_failures.c
        with self._engine.begin() as db:
            db.execute(delete(sign_in_failures).where(row.at < at - FORGOTTEN))
            made = db.execute(insert(sign_in_failures).values(who=self._hashed(who), at=at))
            key = int(made.inserted_primary_key[0])
        before = (row.who == self._hashed(who)) & (row.id < key) & (row.at > since)
        with self._engine.begin() as db:
            earlier, last = db.execute(select(func.count(), func.max(row.at)).where(before)).one()
        return Attempt(key, earlier, last)

    def withdraw(self, attempt: Attempt) -> None:
        """It did not count: it was not tried, or it went well."""
        with self._engine.begin() as db:
            db.execute(delete(sign_in_failures).where(sign_in_failures.c.id == attempt.id))

    def forgive(self, who: str) -> None:
        """Nothing that failed earlier counts any more."""
        with self._engine.begin() as db:
            here = sign_in_failures.c.who == self._hashed(who)
            db.execute(delete(sign_in_failures).where(here))

    def _hashed(self, who: str) -> str:
        return hmac.new(self._secret, f"desk:{who.lower()}".encode(), hashlib.sha256).hexdigest()
