"""What people thought of a talk: counts a week, so that there is no row of anybody, and no order in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from coach.store.database import add_all, reading
from coach.store.tables import opinions, plans


class Opinions:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, marks: Mapping[str, int], today: date) -> None:
        """Count the marks of one page that was sent."""
        week = today - timedelta(days=today.weekday())
        with self._engine.begin() as db:
            # one order, so that no two wait for each other
            given = [
                {"week": week, "item": i, "mark": m, "number": 1} for i, m in sorted(marks.items())
            ]
            if given:
                add_all(db, opinions, given)

    def counts(self, since: date = date.min) -> Mapping[str, Mapping[int, int]]:
        """How often each item got each mark, in the weeks that began on this day or later."""
        columns = (opinions.c.item, opinions.c.mark)
        query = select(*columns, func.sum(opinions.c.number)).group_by(*columns)
        query = query.where(opinions.c.week >= since)
        found: dict[str, dict[int, int]] = defaultdict(dict)
        with reading(self._engine) as db:
            for item, mark, number in db.execute(query):
                found[item][mark] = int(number)
        return found

    def ratings(self, since: date = date.min) -> list[tuple[int, int]]:
        """How near people said to be to what they want: when they promised, and when they looked back."""
        both = plans.c.start.is_not(None) & plans.c.rating.is_not(None)
        both &= plans.c.updated_at >= datetime.combine(since, time.min)
        with reading(self._engine) as db:
            query = select(plans.c.start, plans.c.rating).where(both)
            return [(int(then), int(now)) for then, now in db.execute(query)]
