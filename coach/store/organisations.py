"""Organisations of clients, and which adviser works for which."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, insert, select
from sqlalchemy.engine import Engine

from coach.store.advisers import Adviser
from coach.store.database import reading
from coach.store.desk_tables import (
    access,
    client_talks,
    groups,
    handovers,
    organisations,
    pairings,
    rounds,
)

OWNED: dict[str, tuple[Column, Column]] = {
    "organisation": (organisations.c.id, organisations.c.id),
    "group": (groups.c.id, groups.c.organisation),
    "round": (rounds.c.id, rounds.c.organisation),
    "handover": (handovers.c.id, handovers.c.organisation),
    "talk": (client_talks.c.talk, client_talks.c.organisation),
    "pairing": (pairings.c.asked, pairings.c.asked),
}
"""By the name of a part of an address: where its id stands, and whose it is."""


@dataclass(frozen=True)
class Organisation:
    id: str
    name: str
    learns_together: bool
    contact: str


class Organisations:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, name: str, adviser: str, at: datetime) -> str:
        """A new organisation with the top of its tree; this adviser works for it. Gives its id."""
        key = secrets.token_hex(8)
        row = {"id": key, "name": name.strip(), "created_at": at}
        top = {"id": secrets.token_hex(8), "organisation": key, "parent": None, "members": 0}
        with self._engine.begin() as db:
            db.execute(insert(organisations).values(**row, learns_together=False, contact=""))
            db.execute(insert(groups).values(**top, name=row["name"], created_at=at))
            db.execute(insert(access).values(adviser=adviser, organisation=key))
        return key

    def of(self, adviser: Adviser) -> list[Organisation]:
        """Those this adviser works for, by name; all of them for a manager of the desk."""
        query = select(organisations).order_by(organisations.c.name, organisations.c.id)
        if not adviser.is_manager:
            mine = select(access.c.organisation).where(access.c.adviser == adviser.id)
            query = query.where(organisations.c.id.in_(mine))
        with reading(self._engine) as db:
            return [_organisation(row) for row in db.execute(query)]

    def get(self, key: str) -> Organisation | None:
        with reading(self._engine) as db:
            row = db.execute(select(organisations).where(organisations.c.id == key)).first()
        return _organisation(row) if row else None

    def may_see(self, adviser: Adviser, kind: str, key: str) -> bool:
        """Whether this exists and is of an organisation the adviser works for, or of none and so for everybody."""
        id_column, owner = OWNED[kind]
        with reading(self._engine) as db:
            row = db.execute(select(owner).where(id_column == key)).first()
            if row is None:
                return False
            if adviser.is_manager or row[0] is None:
                return True
            mine = (access.c.adviser == adviser.id) & (access.c.organisation == row[0])
            return db.execute(select(access.c.adviser).where(mine)).first() is not None


def _organisation(row: object) -> Organisation:
    return Organisation(row.id, row.name, row.learns_together, row.contact)  # type: ignore[attr-defined]
