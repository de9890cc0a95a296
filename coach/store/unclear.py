"""Sentences that were not understood: without names and numbers, on nobody, each once with how often it was said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import Connection, Engine, Row

from coach.store.database import reading, upsert
from coach.store.desk_tables import unclear

NEW, PROPOSED, THROWN = "nieuw", "voorgesteld", "weg"


@dataclass(frozen=True)
class UnclearRecord:
    """A sentence that was not understood, already without names and numbers; its talk is not kept with it."""

    text: str
    asked: str
    """Where the talk stood: a question, or the name of a stage."""
    day: date

    def write(self, db: Connection, talk: str) -> None:
        key = hashlib.sha256(f"{self.asked}\n{self.text}".encode()).hexdigest()[:32]
        week = self.day - timedelta(days=self.day.weekday())
        row = upsert(db, unclear).values(
            id=key, text=self.text, asked=self.asked, number=1, seen_on=week, state=NEW
        )
        # one that was thrown away stays away: its words do not come back
        more = {"number": unclear.c.number + 1, "seen_on": week}
        db.execute(row.on_conflict_do_update(index_elements=["id"], set_=more))


class Unclear:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(self, state: str, most: int, skip: int = 0) -> Sequence[Row]:
        """Those of one state, the most said first: their order tells nothing of who said them after one another."""
        query = select(unclear).where(unclear.c.state == state)
        order = (unclear.c.number.desc(), unclear.c.text, unclear.c.id)
        with reading(self._engine) as db:
            return list(db.execute(query.order_by(*order).limit(most).offset(skip)))

    def counts(self) -> dict[str, int]:
        query = select(unclear.c.state, func.count()).group_by(unclear.c.state)
        with reading(self._engine) as db:
            found = {state: int(number) for state, number in db.execute(query)}
        return {state: found.get(state, 0) for state in (NEW, PROPOSED, THROWN)}

    def proposals(self) -> list[tuple[str, str]]:
        """Every meaning that was proposed, with its sentence."""
        query = select(unclear.c.meaning, unclear.c.text).where(unclear.c.state == PROPOSED)
        with reading(self._engine) as db:
            found = db.execute(query.order_by(unclear.c.meaning, unclear.c.text))
            return [(meaning, text) for meaning, text in found]

    def propose(self, key: str, meaning: str, adviser: str | None) -> bool:
        """What a sentence means; False when it is not there."""
        return self._change(key, state=PROPOSED, meaning=meaning, adviser=adviser)

    def put_back(self, key: str, adviser: str | None) -> bool:
        """To be looked at again."""
        return self._change(key, state=NEW, meaning=None, adviser=adviser)

    def throw_away(self, key: str, adviser: str | None) -> bool:
        """Its words go at once: it is of no use, or still tells who said it."""
        return self._change(key, state=THROWN, meaning=None, adviser=adviser, text="")

    def _change(self, key: str, **values: Any) -> bool:
        here = (unclear.c.id == key) & (unclear.c.state != THROWN)
        with self._engine.begin() as db:
            return bool(db.execute(update(unclear).where(here).values(**values)).rowcount == 1)


def forget_unclear(db: Connection, before: date) -> int:
    """Remove the sentences that were last said before this day; says how many."""
    return int(db.execute(delete(unclear).where(unclear.c.seen_on < before)).rowcount)
