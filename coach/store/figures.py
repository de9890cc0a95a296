"""The desk's own figures: counts by day that hang on nobody, and the sentences that were not understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, Row

from coach.store.desk_tables import figures, handovers, unclear
from coach.store.tables import talks

BEGUN = "begonnen"
KEPT_DAYS = 90
"""How long a sentence is kept."""


@dataclass(frozen=True)
class FigureRecord:
    """What happened in a turn, counted in its own transaction: so exactly once."""

    day: date
    what: Sequence[str]

    def write(self, db: Connection, talk: str) -> None:
        what = list(self.what)
        if BEGUN in what:
            query = select(talks.c.channel).where(talks.c.id == talk)
            what.append(f"kanaal:{db.execute(query).scalar()}")
        dialect: Any = postgresql if db.dialect.name == "postgresql" else sqlite
        for name, number in sorted(Counter(what).items()):  # one order: no two wait for each other
            row = dialect.insert(figures).values(day=self.day, what=name, number=number)
            more = {"number": figures.c.number + number}
            db.execute(row.on_conflict_do_update(index_elements=["day", "what"], set_=more))


@dataclass(frozen=True)
class UnclearRecord:
    """A sentence that was not understood, already without names and numbers; the talk is not kept with it."""

    day: date
    text: str
    asked: str

    def write(self, db: Connection, talk: str) -> None:
        db.execute(insert(unclear).values(day=self.day, text=self.text, asked=self.asked))


@dataclass(frozen=True)
class Waits:
    """Handovers of talks that are still kept, and how long people waited for somebody to take them."""

    asked: int
    taken: int
    done: int
    middle: timedelta | None
    longest: timedelta | None


class Figures:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, day: date) -> dict[str, int]:
        """How often each thing happened, from this day on."""
        query = select(figures.c.what, func.sum(figures.c.number)).where(figures.c.day >= day)
        with self._engine.begin() as db:
            return {what: int(number) for what, number in db.execute(query.group_by("what"))}

    def waits(self, start: datetime) -> Waits:
        columns = (handovers.c.asked_at, handovers.c.taken_at, handovers.c.done_at)
        with self._engine.begin() as db:
            rows = db.execute(select(*columns).where(handovers.c.asked_at >= start)).all()
        waited = [(row.taken_at - row.asked_at).total_seconds() for row in rows if row.taken_at]
        done = sum(row.done_at is not None for row in rows)
        return Waits(
            len(rows),
            len(waited),
            done,
            timedelta(seconds=median(waited)) if waited else None,
            timedelta(seconds=max(waited)) if waited else None,
        )


class Unclear:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(self, most: int, skip: int = 0, *, proposed: bool = False) -> Sequence[Row]:
        """Those to look at, or those for which something was proposed; the newest first."""
        query = select(unclear).where(_state(proposed=proposed))
        query = query.order_by(unclear.c.day.desc(), unclear.c.id.desc()).limit(most).offset(skip)
        with self._engine.begin() as db:
            return db.execute(query).all()

    def number(self, *, proposed: bool = False) -> int:
        query = select(func.count()).select_from(unclear).where(_state(proposed=proposed))
        with self._engine.begin() as db:
            return int(db.execute(query).scalar() or 0)

    def get(self, key: int) -> Row | None:
        with self._engine.begin() as db:
            return db.execute(select(unclear).where(unclear.c.id == key)).first()

    def propose(self, key: int, what: str | None, adviser: str) -> bool:
        """What a sentence means, or None to look at it again; False when it is gone."""
        here = update(unclear).where(unclear.c.id == key)
        with self._engine.begin() as db:
            return db.execute(here.values(proposed=what, adviser=adviser)).rowcount == 1

    def drop(self, key: int) -> bool:
        """Leave a sentence out: it is of no use, or still tells who said it."""
        with self._engine.begin() as db:
            return db.execute(delete(unclear).where(unclear.c.id == key)).rowcount == 1


def forget_unclear(db: Connection, now: datetime) -> int:
    """Remove the sentences that are too old."""
    before = now.date() - timedelta(days=KEPT_DAYS)
    return int(db.execute(delete(unclear).where(unclear.c.day < before)).rowcount)


def _state(*, proposed: bool) -> Any:
    return unclear.c.proposed.is_not(None) if proposed else unclear.c.proposed.is_(None)
