"""The queue of check-ins: rows that are due become messages in the inbox, each once, whoever takes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, insert, literal, select, update
from sqlalchemy.engine import Connection, Engine, Row

from coach.domain.checkin import MESSAGES, OVER, CheckIn, Hours, State
from coach.store.handed import with_a_person
from coach.store.tables import check_ins, inbox, talks
from coach.store.turn import Waiting

KIND = "step"
MESSAGE_ID = "checkin:"
"""No message of a user has an id that begins so: `bot.channels.guard` refuses it."""
QUIET = timedelta(minutes=30)
"""A check-in waits for a talk that goes on right now."""


class CheckIns:
    def __init__(self, engine: Engine, hours: Hours) -> None:
        self._engine, self._hours = engine, hours

    def take(self, now: datetime, most: int) -> list[Waiting]:
        """Put what is due into the inbox, at most so many, and mark it taken, in one transaction.

        `now` is UTC. Copies of the service that take at the same moment each get other rows.
        """
        if not self._hours.open_at(now):
            return []
        quiet = talks.c.updated_at <= now - QUIET
        query = (
            select(check_ins, talks.c.channel)
            .join(talks, talks.c.id == check_ins.c.talk)
            .where(check_ins.c.due_at <= now, quiet, ~with_a_person())
            .order_by(check_ins.c.due_at, check_ins.c.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=check_ins)
        )
        with self._engine.begin() as db:
            rows = db.execute(query).all()
            ids: list[int] = []
            for state in {row.state for row in rows}:
                same = [row for row in rows if row.state == state]
                ids += self._take(db, State(state), same, now)
            here = select(inbox).where(inbox.c.id.in_(ids)).order_by(inbox.c.id)
            return [_waiting(row) for row in db.execute(here)] if ids else []

    def _take(self, db: Connection, state: State, rows: list[Row], now: datetime) -> list[int]:
        """Rows in one state, all at once and by compare-and-set; returns the ids of their messages."""
        sent = CheckIn(state, now).send(now, self._hours)
        again = sent.state is State.REMINDED
        ours = check_ins.c.id.in_([row.id for row in rows])
        message_id = literal(MESSAGE_ID) + cast(check_ins.c.id, String)
        message_id = message_id + ":again" if again else message_id
        values = {"state": sent.state.value, "due_at": sent.next_at, "message_id": message_id}
        free = (check_ins.c.state == state.value) & (check_ins.c.due_at <= now)
        moved = update(check_ins).where(ours, free).values(**values, updated_at=now)
        done = db.execute(moved).rowcount
        assert done == len(rows), "a row that was read under lock was taken by somebody else"
        payload = "/plan" + json.dumps({"value": MESSAGES["again" if again else "first"]})
        message = {"text": "", "payload": payload, "own": True, "received_at": now}
        ids = {row.id: f"{MESSAGE_ID}{row.id}" + (":again" if again else "") for row in rows}
        db.execute(
            insert(inbox),
            [
                {"talk": row.talk, "channel": row.channel, "message_id": ids[row.id], **message}
                for row in rows
            ],
        )
        here = inbox.c.own & inbox.c.message_id.in_(list(ids.values()))
        return list(db.execute(select(inbox.c.id).where(here)).scalars())


def _waiting(row: Row) -> Waiting:
    return Waiting(row.id, row.talk, row.text, row.payload, row.attempts, own=True)


@dataclass(frozen=True)
class CheckInRecord:
    """The day on which to come back to the promise of a round; None: not, or not any more."""

    round: int
    day: date | None
    now: datetime
    hours: Hours

    def write(self, db: Connection, talk: str) -> None:
        rows = db.execute(_open(talk).where(check_ins.c.round == self.round)).all()
        for row in rows:
            before = CheckIn(State(row.state), row.due_at)
            if self.day and before.state is State.DUE:
                _store(db, row, before.move(self.day, self.now, self.hours), self.now)
                return
            over = before.stopped() if before.state is State.DUE else before.answered()
            _store(db, row, over, self.now)
        if self.day:
            self._add(db, talk, CheckIn.on(self.day, self.now, self.hours))

    def _add(self, db: Connection, talk: str, made: CheckIn) -> None:
        here = (check_ins.c.talk == talk) & (check_ins.c.round == self.round)
        last = db.execute(select(func.max(check_ins.c.n)).where(here)).scalar() or 0
        row = {"talk": talk, "round": self.round, "kind": KIND, "n": last + 1}
        times = {"due_at": made.next_at, "updated_at": self.now}
        db.execute(insert(check_ins).values(**row, state=made.state.value, **times))


@dataclass(frozen=True)
class NoCheckIns:
    """No check-in of this talk goes out any more."""

    now: datetime

    def write(self, db: Connection, talk: str) -> None:
        for row in db.execute(_open(talk)).all():
            _store(db, row, CheckIn(State(row.state), row.due_at).stopped(), self.now)


def _open(talk: str) -> Any:
    over = [state.value for state in OVER]
    return select(check_ins).where(check_ins.c.talk == talk, check_ins.c.state.notin_(over))


def _store(db: Connection, row: Row, made: CheckIn, now: datetime) -> None:
    values = {"state": made.state.value, "due_at": made.next_at, "updated_at": now}
    db.execute(update(check_ins).where(check_ins.c.id == row.id).values(**values))
