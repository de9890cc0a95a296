"""What people thought of a talk: counts a week, so that there is no row of anybody, and no order in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from coach.store.database import add_to
from coach.store.tables import opinions, plans


class Opinions:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, marks: Mapping[str, int], today: date) -> None:
        """Count the marks of one page that was sent."""
        week = today - timedelta(days=today.weekday())
        with self._engine.begin() as db:
            # one order, so that no two wait for each other
            for item, mark in sorted(marks.items()):
                add_to(db, opinions, {"week": week, "item": item, "mark": mark}, 1)

    def counts(self) -> Mapping[str, Mapping[int, int]]:
        """How often each item got each mark."""
        columns = (opinions.c.item, opinions.c.mark)
        query = select(*columns, func.sum(opinions.c.number)).group_by(*columns)
        found: dict[str, dict[int, int]] = defaultdict(dict)
        with self._engine.begin() as db:
            for item, mark, number in db.execute(query):
                found[item][mark] = int(number)
        return found

    def ratings(self) -> list[tuple[int, int]]:
        """How near people said to be to what they want: when they promised, and when they looked back."""
        both = plans.c.start.is_not(None) & plans.c.rating.is_not(None)
        with self._engine.begin() as db:
            query = select(plans.c.start, plans.c.rating).where(both)
            return [(int(then), int(now)) for then, now in db.execute(query)]
