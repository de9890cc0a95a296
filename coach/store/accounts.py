"""The accounts of the desk as its manager sees them, and the sessions of one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.sql import Select

from coach.domain.errors import CoachError
from coach.store.advisers import IDLE, LONGEST, DeskRole, digest
from coach.store.database import reading
from coach.store.desk_tables import access, advisers, desk_sessions, organisations

START_DAYS = timedelta(days=7)
"""How long a start password works."""
_ADDRESS = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00.]+")
MOST_ADDRESS = 254


class LastManager(CoachError):
    """Without this account nobody could manage the desk."""


@dataclass(frozen=True)
class Account:
    id: str
    email: str
    name: str
    role: DeskRole
    is_active: bool
    has_password: bool
    is_linked: bool
    """Somebody has signed in to it with the account of their own organisation."""
    start_until: datetime | None
    """Until when a start password works that nobody has changed yet."""
    organisations: int


@dataclass(frozen=True)
class OpenSession:
    id: str
    label: str
    began: datetime
    seen: datetime
    is_this: bool


@dataclass(frozen=True)
class Client:
    """An organisation as somebody's account sees it."""

    id: str
    name: str
    is_theirs: bool


def is_address(text: str) -> bool:
    """Whether this could be an e-mail address."""
    return len(text) <= MOST_ADDRESS and _ADDRESS.fullmatch(text) is not None


class Accounts:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Account]:
        """Those who may enter first, by name."""
        query = _accounts().order_by(advisers.c.active.desc(), advisers.c.name, advisers.c.id)
        with reading(self._engine) as db:
            return [_account(row) for row in db.execute(query)]

    def get(self, key: str) -> Account | None:
        with reading(self._engine) as db:
            row = db.execute(_accounts().where(advisers.c.id == key)).first()
        return _account(row) if row else None

    def is_none(self) -> bool:
        """Whether nobody can enter yet."""
        with reading(self._engine) as db:
            return not db.execute(select(func.count()).select_from(advisers)).scalar()

    def start_over(self, key: str, password: str, at: datetime) -> None:
        """A start password (a hash), for a while; also lets somebody in again who had left."""
        new = {"password": password, "start_until": at + START_DAYS, "active": True}
        with self._engine.begin() as db:
            db.execute(update(advisers).where(advisers.c.id == key).values(**new))
            db.execute(delete(desk_sessions).where(desk_sessions.c.adviser == key))

    def revive(self, key: str) -> None:
        """May enter again, with the account of their own organisation alone."""
        with self._engine.begin() as db:
            db.execute(update(advisers).where(advisers.c.id == key).values(active=True))

    def choose_password(self, key: str, password: str) -> None:
        """The password (a hash) that somebody chose; every session of the account ends."""
        new = {"password": password, "start_until": None}
        with self._engine.begin() as db:
            db.execute(update(advisers).where(advisers.c.id == key).values(**new))
            db.execute(delete(desk_sessions).where(desk_sessions.c.adviser == key))

    def set_role(self, key: str, role: DeskRole) -> None:
        """Another role, from the next page on; LastManager when nobody would be left to manage."""
        with self._engine.begin() as db:
            if role is not DeskRole.MANAGER:
                _expect_another_manager(db, key)
            db.execute(update(advisers).where(advisers.c.id == key).values(role=role.value))

    def dismiss(self, key: str) -> None:
        """No entry any more, at once; what was done stays on record. LastManager as above."""
        gone = {"active": False, "password": None, "start_until": None}
        with self._engine.begin() as db:
            _expect_another_manager(db, key)
            db.execute(update(advisers).where(advisers.c.id == key).values(**gone))
            db.execute(delete(desk_sessions).where(desk_sessions.c.adviser == key))
            db.execute(delete(access).where(access.c.adviser == key))

    # --- which organisations ---

    def clients(self, key: str, search: str, most: int) -> list[Client]:
        """The organisations this adviser works for, or, when something is sought, those with that in their name."""
        theirs = select(access.c.organisation).where(access.c.adviser == key)
        is_theirs = organisations.c.id.in_(theirs)
        query = select(organisations.c.id, organisations.c.name, is_theirs.label("theirs"))
        if search:
            query = query.where(
                func.lower(organisations.c.name).contains(search.lower(), autoescape=True)
            )
        else:
            query = query.where(is_theirs)
        with reading(self._engine) as db:
            rows = db.execute(query.order_by(organisations.c.name, organisations.c.id).limit(most))
            return [Client(row.id, row.name, bool(row.theirs)) for row in rows]

    def is_organisation(self, key: str) -> bool:
        with reading(self._engine) as db:
            here = select(organisations.c.id).where(organisations.c.id == key)
            return db.execute(here).first() is not None

    def let_in(self, key: str, organisation: str) -> None:
        """This adviser works for it from now on; nothing happens when that was so already."""
        row = {"adviser": key, "organisation": organisation}
        here = (access.c.adviser == key) & (access.c.organisation == organisation)
        with self._engine.begin() as db:
            if db.execute(select(access).where(here)).first() is None:
                db.execute(insert(access).values(**row))

    def keep_out(self, key: str, organisation: str) -> None:
        here = (access.c.adviser == key) & (access.c.organisation == organisation)
        with self._engine.begin() as db:
            db.execute(delete(access).where(here))

    # --- sessions ---

    def sessions(self, key: str, token: str, at: datetime) -> list[OpenSession]:
        """Where this account is signed in now, the latest first; `token` is what this browser's cookie holds."""
        row = desk_sessions.c
        young = (row.created_at > at - LONGEST) & (row.seen_at > at - IDLE)
        query = select(desk_sessions).where(row.adviser == key, young).order_by(row.seen_at.desc())
        with reading(self._engine) as db:
            return [
                OpenSession(r.id, r.label, r.created_at, r.seen_at, r.id == digest(token))
                for r in db.execute(query)
            ]

    def end_session(self, key: str, session: str) -> None:
        """End one session of this account, and of no other."""
        here = (desk_sessions.c.adviser == key) & (desk_sessions.c.id == session)
        with self._engine.begin() as db:
            db.execute(delete(desk_sessions).where(here))


def _accounts() -> Select:
    number = select(func.count()).where(access.c.adviser == advisers.c.id).scalar_subquery()
    return select(advisers, number.label("organisations"))


def _expect_another_manager(db: Connection, key: str) -> None:
    # locked, or two managers who dismiss each other at the same time would both be gone
    managers = (advisers.c.role == DeskRole.MANAGER.value) & advisers.c.active
    found = db.execute(select(advisers.c.id).where(managers).with_for_update()).scalars().all()
    if found == [key]:
        raise LastManager("the last manager stays")


def _account(row: Row) -> Account:
    return Account(
        row.id,
        row.email,
        row.name,
        DeskRole(row.role),
        bool(row.active),
        row.password is not None,
        row.subject is not None,
        row.start_until,
        row.organisations,
    )
