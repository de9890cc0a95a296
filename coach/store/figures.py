"""The desk's own figures: counts by day that hang on nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Engine

from coach.domain.counting import Counts
from coach.domain.shown_figures import WAITED, rounded
from coach.store.database import add_all, add_to, reading
from coach.store.desk_tables import figures, handovers

SECONDS = 60


@dataclass(frozen=True)
class FigureRecord:
    """What happened in a turn, counted in its own transaction: so exactly once."""

    day: date
    counts: Counts
    channel: str

    def write(self, db: Connection, talk: str) -> None:
        names = Counter(self.counts.names(self.channel))
        # one order: no two turns wait for each other
        rows = [{"day": self.day, "what": name, "number": n} for name, n in sorted(names.items())]
        add_all(db, figures, rows)


@dataclass(frozen=True)
class FirstAnswerRecord:
    """An adviser said something: the first time, how long its user had waited is counted."""

    handover: str
    day: date
    at: datetime

    def write(self, db: Connection, talk: str) -> None:
        here = (handovers.c.id == self.handover) & (handovers.c.talk == talk)
        first = here & handovers.c.answered_at.is_(None)
        if db.execute(update(handovers).where(first).values(answered_at=self.at)).rowcount != 1:
            return
        asked: datetime = db.execute(select(handovers.c.asked_at).where(here)).scalar_one()
        minutes = rounded((self.at - asked).total_seconds() / SECONDS)
        add_to(db, figures, {"day": self.day, "what": f"{WAITED}{minutes}"}, 1)


class Figures:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, day: date) -> dict[str, int]:
        """How often each thing happened, from this day on."""
        query = select(figures.c.what, func.sum(figures.c.number)).where(figures.c.day >= day)
        with reading(self._engine) as db:
            found = db.execute(query.group_by(figures.c.what))
            return {what: int(number) for what, number in found}
