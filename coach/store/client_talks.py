"""Talks that advisers hold for clients: begun, looked up, noted and closed."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Engine, Row

from coach.store.advisers import Adviser
from coach.store.database import reading
from coach.store.desk_tables import access, advisers, client_talks, organisations
from coach.store.tables import inbox, talks
from coach.store.turn import Waiting
from coach.usecases.client_talks import ClientTalk
from coach.usecases.form import Sheet

CHANNEL = "desk"
BEGIN = "desk:begin"
FORM = "form"
"""Where a sheet comes in, as the turns know it."""


class ClientTalks:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self, organisation: str, adviser: str, title: str, note: str, opening: Sheet, at: datetime
    ) -> Waiting:
        """A new talk whose first message is the desk's own: it says who holds it and about whom."""
        talk = uuid.uuid4().hex
        sender = secrets.token_hex(32)  # nobody's: a message can reach this talk by the desk alone
        content = json.dumps(opening.to_json(), ensure_ascii=False)
        said: dict[str, Any] = {"talk": talk, "text": "", "payload": content, "own": True}
        with self._engine.begin() as db:
            row = {"id": talk, "channel": CHANNEL, "sender_hash": sender, "state": {}}
            times = {"created_at": at, "updated_at": at}
            db.execute(insert(talks).values(**row, **times, offered={}))
            about = {"organisation": organisation, "adviser": adviser, "title": title, "note": note}
            db.execute(insert(client_talks).values(talk=talk, **about, **times))
            more = {"channel": FORM, "message_id": BEGIN, "received_at": at}
            key = db.execute(insert(inbox).values(**said, **more)).inserted_primary_key[0]
        return Waiting(key, channel=FORM, **said)

    def get(self, talk: str) -> ClientTalk | None:
        with reading(self._engine) as db:
            row = db.execute(_talks().where(client_talks.c.talk == talk)).first()
        return _talk(row) if row else None

    def of(self, adviser: Adviser, *, closed: bool, skip: int, most: int) -> list[ClientTalk]:
        """Those of the organisations this adviser works for, the last used first."""
        query = _mine(_talks(), adviser, closed=closed)
        query = query.order_by(talks.c.updated_at.desc(), talks.c.id).offset(skip).limit(most)
        with reading(self._engine) as db:
            return [_talk(row) for row in db.execute(query)]

    def count(self, adviser: Adviser, *, closed: bool) -> int:
        query = _mine(select(func.count()).select_from(client_talks), adviser, closed=closed)
        with reading(self._engine) as db:
            return int(db.execute(query).scalar())

    def change(self, talk: str, at: datetime, **values: Any) -> None:
        """Another title, note, or moment at which it was closed."""
        here = update(client_talks).where(client_talks.c.talk == talk)
        with self._engine.begin() as db:
            db.execute(here.values(**values, updated_at=at))


def _talks() -> Any:
    return (
        select(
            client_talks,
            organisations.c.name.label("organisation_name"),
            advisers.c.name.label("adviser_name"),
            talks.c.state,
            talks.c.updated_at.label("used_at"),
        )
        .join(talks, talks.c.id == client_talks.c.talk)
        .join(organisations, organisations.c.id == client_talks.c.organisation)
        .outerjoin(advisers, advisers.c.id == client_talks.c.adviser)
    )


def _mine(query: Any, adviser: Adviser, *, closed: bool) -> Any:
    is_closed = client_talks.c.closed_at.is_not(None)
    query = query.where(is_closed if closed else ~is_closed)
    if adviser.is_manager:
        return query
    mine = select(access.c.organisation).where(access.c.adviser == adviser.id)
    return query.where(client_talks.c.organisation.in_(mine))


def _talk(row: Row) -> ClientTalk:
    return ClientTalk(
        row.talk,
        row.organisation,
        row.organisation_name,
        row.adviser_name or "",
        row.title,
        row.note,
        row.created_at,
        max(row.updated_at, row.used_at),
        row.closed_at,
        row.state,
    )
