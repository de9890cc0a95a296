"""The desk's side of handovers: the row of who waits, who has whom, and what an adviser says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, insert, or_, select, true, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from coach.domain.handover import Handover, Reason, State, Taken
from coach.store.advisers import Adviser
from coach.store.database import reading
from coach.store.desk_tables import access, advisers, handover_lines, handovers, organisations
from coach.store.tables import inbox
from coach.store.turn import Waiting

DOOR = "handover"
"""The channel under which an adviser's message waits in the inbox; no user comes in there, nor who holds a talk at the desk."""
SAY, BACK = "say", "back"
UNNOTICED = timedelta(minutes=5)
"""A handover that nobody was mailed about after this means that mail does not work."""


@dataclass(frozen=True)
class AtDesk:
    """A handover as the desk shows it."""

    id: str
    talk: str
    state: State
    reason: str
    summary: str
    asked_at: datetime
    taken_at: datetime | None
    done_at: datetime | None
    adviser: str | None
    name: str | None
    """Of the adviser who has it."""
    organisation: str | None
    """Its name."""

    @property
    def handover(self) -> Handover:
        return Handover(self.state, self.adviser)


class Handovers:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def staffed(self) -> bool:
        """Whether there is anybody at the desk."""
        with reading(self._engine) as db:
            return bool(db.execute(select(advisers.c.id).where(advisers.c.active).limit(1)).first())

    # --- what is seen ---

    def listed(self, adviser: Adviser, state: State, most: int, skip: int = 0) -> list[AtDesk]:
        """Those of one state: distress first and then who waits longest; of what is done the last first."""
        urgent = case((handovers.c.reason == Reason.DISTRESS.value, 0), else_=1)
        order = (
            (handovers.c.done_at.desc(),) if state is State.DONE else (urgent, handovers.c.asked_at)
        )
        here = (handovers.c.state == state.value) & _visible(adviser)
        query = _all().where(here).order_by(*order, handovers.c.id).limit(most).offset(skip)
        with reading(self._engine) as db:
            return [_at_desk(row) for row in db.execute(query)]

    def counts(self, adviser: Adviser) -> dict[State, int]:
        query = (
            select(handovers.c.state, func.count())
            .where(_visible(adviser))
            .group_by(handovers.c.state)
        )
        with reading(self._engine) as db:
            found = {row[0]: row[1] for row in db.execute(query)}
        return {state: found.get(state.value, 0) for state in State}

    def get(self, key: str) -> AtDesk | None:
        with reading(self._engine) as db:
            row = db.execute(_all().where(handovers.c.id == key)).first()
        return _at_desk(row) if row else None

    def lines(self, key: str) -> Sequence[Row]:
        """What was said since, in order: `by`, `text`, `at`."""
        query = select(handover_lines).where(handover_lines.c.handover == key)
        with reading(self._engine) as db:
            return list(db.execute(query.order_by(handover_lines.c.id)))

    def on_their_way(self, found: AtDesk) -> list[Row]:
        """Messages of the desk that are not in the talk yet; `status` is `failed` when they never will be."""
        here = (inbox.c.talk == found.talk) & (inbox.c.channel == DOOR) & (inbox.c.status != "done")
        mine = inbox.c.message_id.startswith(f"{found.id}:")
        with reading(self._engine) as db:
            return list(db.execute(select(inbox).where(here, mine).order_by(inbox.c.id)))

    # --- what is done ---

    def take(self, key: str, adviser: str, seen: str | None, at: datetime) -> None:
        """Mine; Taken when somebody else was first."""
        with self._engine.begin() as db:
            self._change(db, key, lambda now: now.take(adviser, seen), taken_at=at)

    def release(self, key: str, adviser: str) -> None:
        with self._engine.begin() as db:
            self._change(db, key, lambda now: now.release(adviser), taken_at=None)

    def say(self, key: str, adviser: Adviser, text: str, form: str, at: datetime) -> Waiting:
        """Put an answer in the inbox of the talk, once a form; Taken when it is somebody else's."""
        return self._put(key, adviser, SAY, text, form, at)

    def give_back(self, key: str, adviser: Adviser, form: str, at: datetime) -> Waiting:
        """The same for the end: it is done when the talk has taken this in."""
        return self._put(key, adviser, BACK, "", form, at)

    def _put(
        self, key: str, adviser: Adviser, kind: str, text: str, form: str, at: datetime
    ) -> Waiting:
        message_id = f"{key}:{kind}:{form}"[:128]
        try:
            with self._engine.begin() as db:
                return self._put_new(db, key, adviser, kind, text, message_id, at)
        except IntegrityError:  # the same form at the same moment
            with self._engine.begin() as db:
                found = _sent(db, message_id)
            if found is None:
                raise
            return found

    @staticmethod
    def _put_new(
        db: Connection,
        key: str,
        adviser: Adviser,
        kind: str,
        text: str,
        message_id: str,
        at: datetime,
    ) -> Waiting:
        if sent := _sent(db, message_id):
            return sent
        row = db.execute(select(handovers).where(handovers.c.id == key).with_for_update()).first()
        if row is None:
            raise Taken("it is gone")
        Handover(State(row.state), row.adviser).answer(adviser.id)
        payload = json.dumps({"handover": key, "kind": kind, "name": adviser.name})
        message: dict[str, Any] = {"talk": row.talk, "text": text, "payload": payload, "own": True}
        more = {"channel": DOOR, "message_id": message_id, "received_at": at}
        new = db.execute(insert(inbox).values(**message, **more)).inserted_primary_key[0]
        return Waiting(new, **message, channel=DOOR)

    @staticmethod
    def _change(db: Connection, key: str, change: Any, **more: Any) -> None:
        """By compare-and-set."""
        row = db.execute(select(handovers).where(handovers.c.id == key)).first()
        if row is None:
            raise Taken("it is gone")
        made: Handover = change(Handover(State(row.state), row.adviser))
        same = (handovers.c.state == row.state) & (
            handovers.c.adviser.is_(None)
            if row.adviser is None
            else handovers.c.adviser == row.adviser
        )
        values = {"state": made.state.value, "adviser": made.adviser, **more}
        here = update(handovers).where(handovers.c.id == key, same)
        if db.execute(here.values(**values)).rowcount != 1:
            raise Taken("somebody else was first")

    # --- mail ---

    def unnoticed(self) -> list[str]:
        """Those that wait and that nobody was mailed about."""
        here = (handovers.c.state == State.NEW.value) & handovers.c.noticed_at.is_(None)
        with reading(self._engine) as db:
            return list(db.execute(select(handovers.c.id).where(here)).scalars())

    def noticed(self, keys: Sequence[str], at: datetime) -> None:
        with self._engine.begin() as db:
            here = handovers.c.id.in_(keys) & handovers.c.noticed_at.is_(None)
            db.execute(update(handovers).where(here).values(noticed_at=at))

    def mail_fails(self, now: datetime) -> bool:
        here = (handovers.c.state == State.NEW.value) & handovers.c.noticed_at.is_(None)
        old = handovers.c.asked_at < now - UNNOTICED
        with reading(self._engine) as db:
            return db.execute(select(handovers.c.id).where(here, old).limit(1)).first() is not None

    def waiting(self) -> int:
        """How many wait, whoever may see them."""
        here = handovers.c.state == State.NEW.value
        with reading(self._engine) as db:
            query = select(func.count()).select_from(handovers).where(here)
            return int(db.execute(query).scalar() or 0)

    def waiting_for(self, adviser: Adviser, among: Sequence[str]) -> tuple[int, bool]:
        """How many wait for this adviser, and whether some of these are among them."""
        here = (handovers.c.state == State.NEW.value) & _visible(adviser)
        with reading(self._engine) as db:
            keys = set(db.execute(select(handovers.c.id).where(here)).scalars())
        return len(keys), bool(keys & set(among))


def _all() -> Any:
    return (
        select(handovers, advisers.c.name, organisations.c.name.label("organisation_name"))
        .outerjoin(advisers, advisers.c.id == handovers.c.adviser)
        .outerjoin(organisations, organisations.c.id == handovers.c.organisation)
    )


def _visible(adviser: Adviser) -> ColumnElement[bool]:
    if adviser.is_manager:
        return true()
    mine = select(access.c.organisation).where(access.c.adviser == adviser.id)
    return or_(handovers.c.organisation.is_(None), handovers.c.organisation.in_(mine))


def _at_desk(row: Row) -> AtDesk:
    return AtDesk(
        row.id,
        row.talk,
        State(row.state),
        row.reason,
        row.summary,
        row.asked_at,
        row.taken_at,
        row.done_at,
        row.adviser,
        row.name,
        row.organisation_name,
    )


def _sent(db: Connection, message_id: str) -> Waiting | None:
    here = (inbox.c.channel == DOOR) & (inbox.c.message_id == message_id)
    row = db.execute(select(inbox).where(here)).first()
    if row is None:
        return None
    return Waiting(row.id, row.talk, row.text, row.payload, row.attempts, False, DOOR, own=True)
