"""Who may enter the desk: accounts, sessions, and what was done by whom."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Engine, Row
from sqlalchemy.exc import IntegrityError

from coach.domain.errors import CoachError
from coach.store.database import reading
from coach.store.desk_tables import advisers, audit, desk_sessions

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=1)
"""How exactly a session knows when it was last used; writing at every page would be waste."""


class EmailTaken(CoachError):
    """Another account has this address."""


class DeskRole(StrEnum):
    ADVISER = "adviser"
    MANAGER = "manager"


@dataclass(frozen=True)
class Adviser:
    id: str
    email: str
    name: str
    role: DeskRole

    @property
    def is_manager(self) -> bool:
        return self.role is DeskRole.MANAGER


@dataclass(frozen=True)
class Session:
    adviser: Adviser
    csrf: str
    """Every form of this session carries it."""
    must_choose: bool = False
    """It began with a start password, and another has to be chosen first."""


class Advisers:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # --- accounts ---

    def add(
        self,
        email: str,
        name: str,
        role: DeskRole,
        password: str | None,
        at: datetime,
        start_until: datetime | None = None,
    ) -> str:
        """A new account, by its id; EmailTaken when there is one already. `password` is a hash, perhaps one to start with."""
        row = {"id": secrets.token_hex(16), "email": email.strip().lower(), "name": name.strip()}
        entry = {"role": role.value, "password": password, "start_until": start_until}
        more = {**entry, "created_at": at, "active": True}
        try:
            with self._engine.begin() as db:
                db.execute(insert(advisers).values(**row, **more))
        except IntegrityError:
            raise EmailTaken(f"there is an account for {row['email']} already") from None
        return row["id"]

    def password_of(self, email: str, at: datetime) -> tuple[Adviser, str] | None:
        """An active local account with the hash of its password, if that works at this time."""
        works = or_(advisers.c.start_until.is_(None), advisers.c.start_until > at)
        here = (advisers.c.email == email.strip().lower()) & advisers.c.active & works
        with reading(self._engine) as db:
            row = db.execute(select(advisers).where(here)).first()
        return (_adviser(row), row.password) if row and row.password else None

    def of_subject(self, subject: str, email: str | None) -> Adviser | None:
        """The active account of an OpenID Connect subject.

        The first time, by the address that the provider has verified (None when it has not), and then bound to it.
        """
        bound_to = advisers.c.subject == subject
        # who comes in this way needs no start password any more
        no_start = (advisers.c.start_until.is_not(None)) & bound_to
        with self._engine.begin() as db:
            row = db.execute(select(advisers).where(bound_to)).first()
            if row is None and email:
                here = (advisers.c.email == email.strip().lower()) & advisers.c.subject.is_(None)
                bound = update(advisers).where(here, advisers.c.active).values(subject=subject)
                if db.execute(bound).rowcount == 1:
                    row = db.execute(select(advisers).where(bound_to)).first()
            db.execute(update(advisers).where(no_start).values(password=None, start_until=None))
        return _adviser(row) if row and row.active else None

    def all(self) -> list[Adviser]:
        with reading(self._engine) as db:
            rows = db.execute(select(advisers).where(advisers.c.active).order_by(advisers.c.name))
            return [_adviser(row) for row in rows]

    # --- sessions ---

    def begin(self, adviser: str, browser: str, at: datetime, label: str = "") -> str:
        """A new session; what its cookie holds. Only a hash of it is kept."""
        token = secrets.token_urlsafe(32)
        row = {"id": digest(token), "adviser": adviser, "csrf": secrets.token_urlsafe(24)}
        more = {"browser": digest(browser), "label": label, "created_at": at, "seen_at": at}
        with self._engine.begin() as db:
            db.execute(delete(desk_sessions).where(desk_sessions.c.created_at < at - LONGEST))
            db.execute(insert(desk_sessions).values(**row, **more))
        return token

    def session(self, token: str, browser: str, at: datetime) -> Session | None:
        """The session of a cookie, in the browser it was made in and not too old; None otherwise."""
        here = (desk_sessions.c.id == digest(token)) & (desk_sessions.c.browser == digest(browser))
        young = (desk_sessions.c.created_at > at - LONGEST) & (desk_sessions.c.seen_at > at - IDLE)
        query = (
            select(desk_sessions.c.csrf, desk_sessions.c.seen_at, advisers)
            .join(advisers, advisers.c.id == desk_sessions.c.adviser)
            .where(here, young, advisers.c.active)
        )
        with self._engine.begin() as db:
            row = db.execute(query).first()
            if row and row.seen_at < at - FRESH:
                db.execute(update(desk_sessions).where(here).values(seen_at=at))
        return Session(_adviser(row), row.csrf, row.start_until is not None) if row else None

    def end(self, token: str) -> None:
        with self._engine.begin() as db:
            db.execute(delete(desk_sessions).where(desk_sessions.c.id == digest(token)))

    # --- what was done ---

    def note(
        self, adviser: str | None, what: str, about: str, at: datetime, organisation: str = ""
    ) -> None:
        """Put on record who did what; never with words of people."""
        row = {"adviser": adviser, "what": what, "about": about[:64], "at": at}
        with self._engine.begin() as db:
            db.execute(insert(audit).values(**row, organisation=organisation or None))

    def noted(self, most: int = 200) -> list[Row]:
        """The newest entries first, with the name of who did it."""
        query = (
            select(audit, advisers.c.name)
            .outerjoin(advisers, advisers.c.id == audit.c.adviser)
            .order_by(audit.c.id.desc())
            .limit(most)
        )
        with reading(self._engine) as db:
            return list(db.execute(query))


def _adviser(row: Row) -> Adviser:
    return Adviser(row.id, row.email, row.name, DeskRole(row.role))


def digest(text: str) -> str:
    """What is kept of a cookie or of the name of a browser."""
    return hashlib.sha256(text.encode()).hexdigest()
