"""What is kept of a talk with consent: the assessment with its answers, and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.engine import Connection

from coach.domain.coaching import Plan
from coach.domain.interview import Interview
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
        key = _upsert(db, assessments, talk, self.round, row)
        db.execute(delete(answers).where(answers.c.assessment == key))
        trail = [
            {
                "assessment": key,
                "n": n,
                **entry.answer.to_json(),
                "correction": entry.correction,
            }
            for n, entry in enumerate(self.interview.trail)
        ]
        if trail:
            db.execute(insert(answers), trail)


@dataclass(frozen=True)
class PlanRecord:
    """A promise; the same round is written over."""

    round: int
    plan: Plan

    def write(self, db: Connection, talk: str) -> None:
        plan = self.plan
        row = {
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
        _upsert(db, plans, talk, self.round, row)


def _upsert(db: Connection, table: Table, talk: str, round_: int, row: dict[str, Any]) -> int:
    row = {**row, "updated_at": datetime.now(UTC).replace(tzinfo=None)}
    here = (table.c.talk == talk) & (table.c.round == round_)
    key: int | None = db.execute(select(table.c.id).where(here)).scalar()
    if key is None:
        values = {**row, "talk": talk, "round": round_}
        return int(db.execute(insert(table).values(**values)).inserted_primary_key[0])
    db.execute(update(table).where(here).values(**row))
    return key
