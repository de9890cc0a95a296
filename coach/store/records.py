"""What is kept of a talk with consent: the assessment with its answers, and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Table, and_, delete, insert, select, update
from sqlalchemy.engine import Connection

from coach.domain.interview import Entry, Interview
from coach.domain.promise import Promise
from coach.store.tables import answers, assessments, plans


class Record(Protocol):
    """Something to store in the transaction of a turn."""

    def write(self, db: Connection, talk: str) -> None: ...


@dataclass(frozen=True)
class AssessmentRecord:
    """An interview as it stands; the same round is written over."""

    round: int
    interview: Interview

    def write(self, db: Connection, talk: str) -> None:
        placement = self.interview.placement()
        row: dict[str, Any] = {
            "version": self.interview.version,
            "role": self.interview.role,
            "subject": self.interview.subject,
            "ring": placement.ring.value if placement else None,
            "process": placement.process.value if placement else None,
            "certainty": placement.certainty.value if placement else None,
            "placement": placement.to_json() if placement else None,
        }
        key = _upsert(db, assessments, {"talk": talk, "round": self.round}, row)
        db.execute(delete(answers).where(answers.c.assessment == key))
        kept = [(Entry(answer), True) for answer in self.interview.kept]
        given = [*kept, *((entry, False) for entry in self.interview.trail)]
        rows = [
            {
                "assessment": key,
                "n": n,
                **entry.answer.to_json(),
                "correction": entry.correction,
                "kept": taken_over,
            }
            for n, (entry, taken_over) in enumerate(given)
        ]
        if rows:
            db.execute(insert(answers), rows)


@dataclass(frozen=True)
class PlanRecord:
    """A promise; the same number of the same round is written over, and what was taken back is gone."""

    promise: Promise

    def write(self, db: Connection, talk: str) -> None:
        plan, promise = self.promise.plan, self.promise
        row = {
            "outcome": promise.outcome.value,
            "start": promise.start,
            "rating": promise.rating,
            "ring": plan.position.ring.value,
            "process": plan.position.process.value,
            "step": plan.step,
            "what": plan.what,
            "who": plan.who,
            "when_words": plan.when,
            "on_date": plan.on,
            "sure": plan.sure,
            "helps": plan.helps,
            "come_back": plan.come_back,
        }
        here = {"talk": talk, "round": promise.round}
        round_ = (plans.c.talk == talk) & (plans.c.round == promise.round)
        db.execute(delete(plans).where(round_ & (plans.c.n > promise.n)))
        _upsert(db, plans, {**here, "n": promise.n}, row)


def _upsert(db: Connection, table: Table, key_: Mapping[str, Any], row: dict[str, Any]) -> int:
    row = {**row, "updated_at": datetime.now(UTC).replace(tzinfo=None)}
    here = and_(*(table.c[name] == value for name, value in key_.items()))
    key: int | None = db.execute(select(table.c.id).where(here)).scalar()
    if key is None:
        values = {**row, **key_}
        return int(db.execute(insert(table).values(**values)).inserted_primary_key[0])
    db.execute(update(table).where(here).values(**row))
    return key
