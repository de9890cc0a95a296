"""What waits in the database: four numbers for who watches the service, each from an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from coach.store.database import reading
from coach.store.tables import check_ins, inbox, outbox


@dataclass(frozen=True)
class Backlog:
    messages: int
    """Messages in the inbox that have had no effect yet."""
    seconds: float
    """How long the oldest of them waits."""
    replies: int
    """Replies in the outbox that were not shown yet."""
    check_ins: int
    """Check-ins whose time has come."""


def backlog(engine: Engine, now: datetime) -> Backlog:
    """As it is at this moment; `now` is UTC."""
    new = inbox.c.status == "new"
    with reading(engine) as db:
        query = select(func.count(), func.min(inbox.c.received_at)).select_from(inbox)
        messages, oldest = db.execute(query.where(new)).one()
        unsent = select(func.count()).select_from(outbox).where(outbox.c.sent.is_(False))
        due = select(func.count()).select_from(check_ins).where(check_ins.c.due_at <= now)
        seconds = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        return Backlog(messages, seconds, db.execute(unsent).scalar(), db.execute(due).scalar())
