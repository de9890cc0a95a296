"""Everything that is stored about a talk: to show it, to copy it, to erase it and to let it expire.

Which rows belong to a talk follows from the foreign keys, so that a new table is never forgotten here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Table, delete, exists, func, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql import ColumnElement

from coach.store.bell import News, ring
from coach.store.clock import utc_now
from coach.store.database import add_to, reading
from coach.store.desk_tables import memberships
from coach.store.tables import codes, erasures, inbox, metadata, outbox, senders, talks
from coach.store.tombstones import bury
from coach.usecases.privacy import Kept

BY_PERSON, UNKEPT = "by_person", "unkept"
PATIENCE = timedelta(days=1)
"""A reply that could not be delivered holds up the forgetting of its talk no longer than this."""


class Vault:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def everything(self, talk: str) -> Kept | None:
        """Every row of every table that belongs to a talk; None when there is no such talk."""
        with reading(self._engine) as db:
            if not db.execute(select(talks.c.id).where(talks.c.id == talk)).scalar():
                return None
            return Kept({t.name: _rows(db, t, here) for t, here in _belonging(talk)})

    def talk_ids(self, start: str) -> list[str]:
        """The talks whose id starts so: what an operator has from a page or a log."""
        with reading(self._engine) as db:
            query = select(talks.c.id).where(talks.c.id.startswith(start, autoescape=True))
            return list(db.execute(query.order_by(talks.c.id)).scalars())

    def erase(self, talk: str) -> bool:
        """Remove a talk with all that hangs on it, and count it; False when there was none."""
        with self._engine.begin() as db:
            _erase_set_aside(db, talk)
            ring(db, talk, news=News.GONE)
            gone = db.execute(delete(talks).where(talks.c.id == talk)).rowcount == 1
            if gone:
                bury(db, talk, utc_now())
                count(db, BY_PERSON, 1)
        self.scrub()
        return gone

    def forget_due(self, now: datetime) -> int:
        """Remove every talk whose time has come and that is not in the middle of something; says how many."""
        with reading(self._engine) as db:
            query = select(talks.c.id).where(talks.c.forget_at <= now)
            due = list(db.execute(query.order_by(talks.c.forget_at)).scalars())
        done = sum(self._forget(talk, now) for talk in due)
        if done:
            self.scrub()
        return done

    def _forget(self, talk: str, now: datetime) -> bool:
        """Remove one talk; its records stay if they were kept with consent, in an earlier round."""
        with self._engine.begin() as db:
            here = (talks.c.id == talk) & (talks.c.forget_at <= now)
            # who writes at this moment waits for us, and then finds no talk and begins a new one
            row = db.execute(select(talks).where(here).with_for_update()).first()
            if row is None or _is_busy(db, talk, patient=row.forget_at > now - PATIENCE):
                return False
            if row.state:
                count(db, UNKEPT, 1)
            if has_records(db, talk):
                kept = tuple(table.name for table in of_rounds())
                _clear(db, talk, keep=(*kept, memberships.name, senders.name))
                # what is said next is a round of its own, and writes over none of those
                state = {"slots": {"round": _last_round(db, talk) + 1}}
                blank: dict[str, Any] = {"state": state, "offered": {}, "forget_at": None}
                db.execute(update(talks).where(talks.c.id == talk).values(**blank))
            else:
                db.execute(delete(talks).where(talks.c.id == talk))
        return True

    def counts(self) -> dict[str, int]:
        """How much was ever erased, by what."""
        with reading(self._engine) as db:
            query = select(erasures.c.what, func.sum(erasures.c.number)).group_by(erasures.c.what)
            return {what: int(number) for what, number in db.execute(query)}

    def scrub(self) -> None:
        """Let nothing that was erased linger in SQLite's log; it waits for the next time when somebody reads."""
        if self._engine.dialect.name != "sqlite":
            return
        connection = self._engine.raw_connection()
        with suppress(OperationalError):
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.close()


@dataclass(frozen=True)
class Erasure:
    """'Wis mijn gegevens' within the turn that says so: all is gone when its answer is stored.

    The empty talk stays until that answer has gone out, and is then forgotten as well.
    """

    def write(self, db: Connection, talk: str) -> None:
        now = utc_now()
        _erase_set_aside(db, talk)
        bury(db, talk, now)
        _clear(db, talk, keep=("addresses", "deliveries", senders.name, inbox.name))
        handled = (inbox.c.talk == talk) & (inbox.c.status != "new")
        last = select(func.max(inbox.c.line)).where(handled).scalar_subquery()
        db.execute(delete(inbox).where(handled, inbox.c.line < last))
        db.execute(update(inbox).where(handled).values(text="", payload=None))
        fresh = {"state": {}, "offered": {}, "created_at": now, "forget_at": now}
        db.execute(update(talks).where(talks.c.id == talk).values(**fresh))
        count(db, BY_PERSON, 1)


@dataclass(frozen=True)
class Withdrawal:
    """Consent was taken back: what this round had put on record is gone."""

    round: int

    def write(self, db: Connection, talk: str) -> None:
        for table in of_rounds():
            db.execute(delete(table).where(table.c.talk == talk, table.c.round == self.round))
        bury(db, talk, utc_now(), self.round)
        db.execute(delete(codes).where(codes.c.talk == talk))


def count(db: Connection, what: str, number: int) -> None:
    """Add to what is left of erased data: a number on a day."""
    if not number:
        return
    today: date = datetime.now(UTC).date()
    add_to(db, erasures, {"day": today, "what": what}, number)


def _belonging(talk: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables with rows of a talk, and which rows those are."""
    yield talks, talks.c.id == talk
    known: dict[str, Any] = {talks.name: select(talks.c.id).where(talks.c.id == talk)}
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in known and table.name not in known:
                here = key.parent.in_(known[key.column.table.name])
                known[table.name] = select(*_first_key(table)).where(here)
                yield table, here


def _first_key(table: Table) -> list[Any]:
    return list(table.primary_key)[:1]


def _rows(db: Connection, table: Table, here: ColumnElement[bool]) -> tuple[dict[str, Any], ...]:
    query = select(table).where(here).order_by(*table.primary_key)
    return tuple(dict(row._mapping) for row in db.execute(query))


def _clear(db: Connection, talk: str, keep: tuple[str, ...]) -> None:
    """Remove the rows of a talk, but not the talk and not what is in these tables."""
    for table in metadata.sorted_tables:
        on_talk = [key.parent for key in table.foreign_keys if key.column.table is talks]
        if on_talk and table.name not in keep:
            db.execute(delete(table).where(on_talk[0] == talk))


def _is_busy(db: Connection, talk: str, *, patient: bool) -> bool:
    """Whether a message still waits for its turn, or, while we are patient, a reply for its delivery."""
    waits = exists().where(inbox.c.talk == talk, inbox.c.status == "new")
    leaves = exists().where(outbox.c.talk == talk, outbox.c.sent.is_(False))
    return bool(db.execute(select(waits | leaves if patient else waits)).scalar())


def _erase_set_aside(db: Connection, talk: str) -> None:
    """The own talks of people who reached this one from another device: they are of the same person."""
    same = (senders.c.channel == talks.c.channel) & (senders.c.sender_hash == talks.c.sender_hash)
    own = exists().where(same, senders.c.talk == talk)
    aside = select(talks.c.id).where(own, talks.c.id != talk)
    for other in list(db.execute(aside).scalars()):
        bury(db, other, utc_now())
        db.execute(delete(talks).where(talks.c.id == other))


def has_records(db: Connection, talk: str) -> bool:
    """Whether anything of a talk was put on record, with consent."""
    kept = [exists().where(table.c.talk == talk) for table in of_rounds()]
    return bool(db.execute(select(or_(*kept))).scalar())


def _last_round(db: Connection, talk: str) -> int:
    rounds = [select(func.max(table.c.round)).where(table.c.talk == talk) for table in of_rounds()]
    return max(db.execute(query).scalar() or 0 for query in rounds)


def of_rounds() -> list[Table]:
    """The tables of what is put on record of a round, with consent; the rounds of groups are others, and have an id."""
    numbered = (t for t in metadata.sorted_tables if {"talk", "round"} <= set(t.c.keys()))
    return [table for table in numbered if isinstance(table.c.round.type, Integer)]
