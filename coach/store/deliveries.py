"""Where a talk's replies go, and which could not be delivered yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine

from coach.store import locks
from coach.store.clock import utc_now
from coach.store.database import reading
from coach.store.tables import addresses, deliveries, outbox


@dataclass(frozen=True)
class Address:
    """A talk's recipient on its platform, and how the last attempts to reach it went."""

    channel: str
    data: Mapping[str, Any]
    tries: int = 0
    """Attempts since something was last delivered."""
    errors: int = 0
    """Those of them in which the channel itself went wrong."""
    next_at: datetime | None = None


@dataclass(frozen=True)
class Trouble:
    """For the operator: talks of a channel whose replies wait, since when and why."""

    channel: str
    talks: int
    since: datetime
    why: str


class Deliveries:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def address(self, talk: str) -> Address | None:
        joined = addresses.outerjoin(deliveries, deliveries.c.talk == addresses.c.talk)
        columns = (addresses.c.channel, addresses.c.data, deliveries.c.tries, deliveries.c.errors)
        query = select(*columns, deliveries.c.next_at).select_from(joined)
        with reading(self._engine) as db:
            row = db.execute(query.where(addresses.c.talk == talk)).first()
        if row is None:
            return None
        return Address(row.channel, row.data, row.tries or 0, row.errors or 0, row.next_at)

    def due(self, channel: str, now: datetime) -> list[str]:
        """A channel's talks with replies that were not delivered and whose time has come, oldest first."""
        joined = addresses.outerjoin(deliveries, deliveries.c.talk == addresses.c.talk)
        joined = joined.join(outbox, outbox.c.talk == addresses.c.talk)
        query = (
            select(addresses.c.talk)
            .select_from(joined)
            .where(addresses.c.channel == channel, outbox.c.sent.is_(False))
            .where(or_(deliveries.c.next_at.is_(None), deliveries.c.next_at <= now))
            .group_by(addresses.c.talk)
            .order_by(func.min(outbox.c.id))
        )
        with reading(self._engine) as db:
            return list(db.execute(query).scalars())

    def delivered(self, talk: str, reply: int) -> None:
        """A reply arrived, so what went wrong before is over."""
        with self._engine.begin() as db:
            db.execute(update(outbox).where(outbox.c.id == reply).values(sent=True))
            db.execute(delete(deliveries).where(deliveries.c.talk == talk))

    def postpone(self, talk: str, address: Address, next_at: datetime, why: str) -> None:
        """Remember when to try again; `address` carries the new numbers."""
        row = {"tries": address.tries, "errors": address.errors, "next_at": next_at, "why": why}
        with self._engine.begin() as db:
            here = deliveries.c.talk == talk
            done = db.execute(update(deliveries).where(here).values(**row))
            known = exists().where(addresses.c.talk == talk)
            if not done.rowcount and db.execute(select(known)).scalar():
                db.execute(insert(deliveries).values(talk=talk, since=utc_now(), **row))

    def forget(self, talk: str) -> None:
        """The address is gone. Its replies wait until the person writes again, from a new one."""
        with self._engine.begin() as db:
            db.execute(delete(deliveries).where(deliveries.c.talk == talk))
            db.execute(delete(addresses).where(addresses.c.talk == talk))

    def troubles(self) -> list[Trouble]:
        joined = deliveries.join(addresses, deliveries.c.talk == addresses.c.talk)
        columns = (addresses.c.channel, deliveries.c.why)
        query = (
            select(
                *columns, func.count().label("talks"), func.min(deliveries.c.since).label("since")
            )
            .select_from(joined)
            .group_by(*columns)
            .order_by(*columns)
        )
        with reading(self._engine) as db:
            rows: Sequence[Any] = db.execute(query).all()
        return [Trouble(row.channel, row.talks, row.since, row.why) for row in rows]

    @contextmanager
    def hold(self, talk: str) -> Iterator[bool]:
        """One copy of the service at a time sends a talk's replies; says whether this one may."""
        with locks.hold_if_free(self._engine, f"send:{talk}") as ours:
            yield ours


def keep_address(db: Connection, talk: str, channel: str, data: Mapping[str, Any]) -> None:
    """Store where replies go, over what was known before."""
    row = {"channel": channel, "data": dict(data), "updated_at": utc_now()}
    done = db.execute(update(addresses).where(addresses.c.talk == talk).values(**row))
    if not done.rowcount:
        db.execute(insert(addresses).values(talk=talk, **row))
