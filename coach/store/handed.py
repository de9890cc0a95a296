"""What a turn of a talk changes at the desk: stored in the turn's own transaction, so exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from coach.domain.handover import Asking, State
from coach.store.desk_tables import handover_lines, handovers, memberships, rounds
from coach.store.tables import talks

BY_USER, BY_ADVISER, BY_BOT = "user", "adviser", "bot"
LEFT = "left"
"""The text of a line of the bot: the user went on with it. The page says it in words."""


@dataclass(frozen=True)
class HandoverRecord:
    """The user agreed: what was shown goes to the desk."""

    asking: Asking
    at: datetime

    def write(self, db: Connection, talk: str) -> None:
        of = (
            select(rounds.c.organisation)
            .join(memberships, memberships.c.round == rounds.c.id)
            .where(memberships.c.talk == talk)
            .order_by(memberships.c.joined_on.desc(), rounds.c.opened_at.desc())
        )
        row = {"id": self.asking.id, "talk": talk, "organisation": db.execute(of).scalar()}
        what = {"reason": self.asking.reason.value, "summary": self.asking.summary}
        state = {"state": State.NEW.value, "asked_at": self.at}
        db.execute(insert(handovers).values(**row, **what, **state))


@dataclass(frozen=True)
class LineRecord:
    """Something that was said while a person has the talk."""

    handover: str
    message_id: str
    by: str
    text: str
    at: datetime

    def write(self, db: Connection, talk: str) -> None:
        here = (handovers.c.id == self.handover) & (handovers.c.talk == talk)
        if db.execute(select(handovers.c.id).where(here)).scalar():
            row = {"handover": self.handover, "message_id": self.message_id, "by": self.by}
            db.execute(insert(handover_lines).values(**row, text=self.text, at=self.at))


@dataclass(frozen=True)
class DoneRecord:
    """The bot goes on with the user."""

    handover: str
    at: datetime

    def write(self, db: Connection, talk: str) -> None:
        here = (handovers.c.id == self.handover) & (handovers.c.talk == talk)
        still = handovers.c.state != State.DONE.value
        done = {"state": State.DONE.value, "done_at": self.at}
        db.execute(update(handovers).where(here, still).values(**done))


def with_a_person() -> ColumnElement[bool]:
    """Whether somebody of the desk has a talk, or is going to."""
    here = (handovers.c.talk == talks.c.id) & (handovers.c.state != State.DONE.value)
    return exists().where(here)
