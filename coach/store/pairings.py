"""Organisations that stand at the same place and want to learn together: nameless until both said yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import ColumnElement

from coach.store.database import reading
from coach.store.desk_tables import organisations, pairings

MOST_ALIKE = 25
"""So many others at the same place are looked at; beyond that the number says no more."""


@dataclass(frozen=True)
class Partner:
    name: str
    contact: str
    position: str


@dataclass(frozen=True)
class Learning:
    """How learning together stands for one organisation."""

    position: str | None
    alike: int
    """How many others at the same place want it too and were not asked yet."""
    waiting: int
    """How many were asked and have not answered."""
    asked_by: Sequence[tuple[str, str]]
    """Who asks and has no answer yet: an id that says nothing, and the place of both."""
    partners: Sequence[Partner]


class Pairings:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def learning(self, key: str) -> Learning:
        with reading(self._engine) as db:
            position = _position(db, key)
            open_ = pairings.c.agreed_at.is_(None) & pairings.c.declined_at.is_(None)
            mine = (pairings.c.asker == key) & pairings.c.agreed_at.is_(None)
            waiting = int(db.execute(select(func.count()).where(mine)).scalar_one())
            asked_by = [
                (row.asker, row.position)
                for row in db.execute(select(pairings).where(pairings.c.asked == key, open_))
            ]
            alike = len(_alike(db, key, position))
            return Learning(position, alike, waiting, asked_by, _partners(db, key))

    def want(self, key: str, contact: str) -> None:
        """Say yes to learning together, with how one can be reached."""
        with self._engine.begin() as db:
            here = update(organisations).where(organisations.c.id == key)
            db.execute(here.values(learns_together=True, contact=contact))

    def stop(self, key: str) -> None:
        """Not any more: every pair of it is undone, and nobody sees its name."""
        with self._engine.begin() as db:
            here = update(organisations).where(organisations.c.id == key)
            db.execute(here.values(learns_together=False, contact=""))
            db.execute(delete(pairings).where(_of(key)))

    def ask(self, key: str, at: datetime) -> bool:
        """Ask the first of those that stand at the same place; False when there is none."""
        with self._engine.begin() as db:
            position = _position(db, key)
            others = _alike(db, key, position)
            if not others or position is None:
                return False
            row = {"asker": key, "asked": others[0], "position": position, "asked_at": at}
            db.execute(insert(pairings).values(**row))
            return True

    def answer(self, key: str, asker: str, *, yes: bool, at: datetime) -> bool:
        """Say yes or no to who asks; False when nobody asks any more."""
        here = (pairings.c.asker == asker) & (pairings.c.asked == key)
        open_ = pairings.c.agreed_at.is_(None) & pairings.c.declined_at.is_(None)
        with self._engine.begin() as db:
            values = {"agreed_at": at} if yes else {"declined_at": at}
            return bool(db.execute(update(pairings).where(here, open_).values(**values)).rowcount)


def _position(db: Connection, key: str) -> str | None:
    """Where an organisation stands, when it wants to learn together."""
    here = (organisations.c.id == key) & organisations.c.learns_together
    found: str | None = db.execute(select(organisations.c.position).where(here)).scalar()
    return found


def _alike(db: Connection, key: str, position: str | None) -> list[str]:
    if position is None:
        return []
    paired = or_(
        and_(pairings.c.asker == key, pairings.c.asked == organisations.c.id),
        and_(pairings.c.asked == key, pairings.c.asker == organisations.c.id),
    )
    here = (organisations.c.position == position) & organisations.c.learns_together
    query = (
        select(organisations.c.id)
        .where(here, organisations.c.id != key, ~select(pairings.c.asker).where(paired).exists())
        .order_by(organisations.c.id)
        .limit(MOST_ALIKE)
    )
    return list(db.execute(query).scalars())


def _partners(db: Connection, key: str) -> list[Partner]:
    other = or_(
        and_(pairings.c.asker == key, pairings.c.asked == organisations.c.id),
        and_(pairings.c.asked == key, pairings.c.asker == organisations.c.id),
    )
    columns = (organisations.c.name, organisations.c.contact, pairings.c.position)
    query = select(*columns).join(pairings, other).where(pairings.c.agreed_at.is_not(None))
    return [Partner(*row) for row in db.execute(query.order_by(organisations.c.name))]


def _of(key: str) -> ColumnElement[bool]:
    return (pairings.c.asker == key) | (pairings.c.asked == key)
