"""What is kept of a talk with consent: the assessment with its answers, and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from coach.domain.interview import Entry, Interview
from coach.domain.promise import Promise
from coach.store.clock import utc_now
from coach.store.tables import answers, assessments, plans

# at every turn of an interview: built once
_FORGET_ANSWERS = delete(answers).where(answers.c.assessment == bindparam("key"))
_ADD_ANSWERS = insert(answers)


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
        db.execute(_FORGET_ANSWERS, {"key": key})
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
            db.execute(_ADD_ANSWERS, rows)


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


def _upsert(db: Connection, table: Table, here: Mapping[str, Any], row: dict[str, Any]) -> int:
    row = {**row, "updated_at": utc_now()}
    find, change, add = _statements(table, *here)
    key: int | None = db.execute(find, here).scalar()
    if key is None:
        return int(db.execute(add, {**row, **here}).inserted_primary_key[0])
    db.execute(change, {**row, "key": key})
    return key


@cache
def _statements(table: Table, *names: str) -> tuple[Any, Any, Any]:
    """To find the row with these columns, to change it, and to add it."""
    here = and_(*(table.c[name] == bindparam(name) for name in names))
    change = update(table).where(table.c.id == bindparam("key"))
    return select(table.c.id).where(here), change, insert(table)
