"""Who may enter the desk: accounts, sessions, failed attempts, and what was done by whom."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Engine, Row
from sqlalchemy.exc import IntegrityError

from coach.domain.errors import CoachError
from coach.store.desk_tables import (
    access,
    advisers,
    audit,
    desk_sessions,
    sign_in_failures,
)

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=1)
"""How exactly a session knows when it was last used; writing at every page would be waste."""
FORGOTTEN = timedelta(days=1)


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


class Advisers:
    def __init__(self, engine: Engine, secret: bytes) -> None:
        self._engine, self._secret = engine, secret

    # --- accounts ---

    def add(self, email: str, name: str, role: DeskRole, password: str | None, at: datetime) -> str:
        """A new account, by its id; EmailTaken when there is one already. `password` is a hash."""
        row = {"id": secrets.token_hex(16), "email": email.strip().lower(), "name": name.strip()}
        more = {"role": role.value, "password": password, "created_at": at, "active": True}
        try:
            with self._engine.begin() as db:
                db.execute(insert(advisers).values(**row, **more))
        except IntegrityError:
            raise EmailTaken(f"there is an account for {row['email']} already") from None
        return row["id"]

    def password_of(self, email: str) -> tuple[Adviser, str] | None:
        """An active local account with the hash of its password."""
        here = (advisers.c.email == email.strip().lower()) & advisers.c.active
        with self._engine.begin() as db:
            row = db.execute(select(advisers).where(here)).first()
        return (_adviser(row), row.password) if row and row.password else None

    def of_subject(self, subject: str, email: str | None) -> Adviser | None:
        """The active account of an OpenID Connect subject.

        The first time, by the address that the provider has verified (None when it has not), and then bound to it.
        """
        with self._engine.begin() as db:
            row = db.execute(select(advisers).where(advisers.c.subject == subject)).first()
            if row is None and email:
                here = (advisers.c.email == email.strip().lower()) & advisers.c.subject.is_(None)
                bound = update(advisers).where(here, advisers.c.active).values(subject=subject)
                if db.execute(bound).rowcount == 1:
                    row = db.execute(select(advisers).where(advisers.c.subject == subject)).first()
        return _adviser(row) if row and row.active else None

    def all(self) -> list[Adviser]:
        with self._engine.begin() as db:
            rows = db.execute(select(advisers).where(advisers.c.active).order_by(advisers.c.name))
            return [_adviser(row) for row in rows]

    def set_password(self, adviser: str, password: str) -> None:
        """Another password (a hash); every session of the account ends."""
        with self._engine.begin() as db:
            here = update(advisers).where(advisers.c.id == adviser)
            db.execute(here.values(password=password))
            db.execute(delete(desk_sessions).where(desk_sessions.c.adviser == adviser))

    def dismiss(self, adviser: str) -> None:
        """No entry any more, at once; what was done stays on record."""
        with self._engine.begin() as db:
            db.execute(update(advisers).where(advisers.c.id == adviser).values(active=False))
            db.execute(delete(desk_sessions).where(desk_sessions.c.adviser == adviser))
            db.execute(delete(access).where(access.c.adviser == adviser))

    # --- sessions ---

    def begin(self, adviser: str, browser: str, at: datetime) -> str:
        """A new session; what its cookie holds. Only a hash of it is kept."""
        token = secrets.token_urlsafe(32)
        row = {"id": _digest(token), "adviser": adviser, "csrf": secrets.token_urlsafe(24)}
        more = {"browser": _digest(browser), "created_at": at, "seen_at": at}
        with self._engine.begin() as db:
            db.execute(delete(desk_sessions).where(desk_sessions.c.created_at < at - LONGEST))
            db.execute(insert(desk_sessions).values(**row, **more))
        return token

    def session(self, token: str, browser: str, at: datetime) -> Session | None:
        """The session of a cookie, in the browser it was made in and not too old; None otherwise."""
        here = (desk_sessions.c.id == _digest(token)) & (
            desk_sessions.c.browser == _digest(browser)
        )
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
        return Session(_adviser(row), row.csrf) if row else None

    def end(self, token: str) -> None:
        with self._engine.begin() as db:
            db.execute(delete(desk_sessions).where(desk_sessions.c.id == _digest(token)))

    # --- attempts ---

    def failed(self, who: str, at: datetime) -> None:
        """An attempt to enter that failed, of an account or from an address."""
        with self._engine.begin() as db:
            db.execute(delete(sign_in_failures).where(sign_in_failures.c.at < at - FORGOTTEN))
            db.execute(insert(sign_in_failures).values(who=self._hashed(who), at=at))

    def failures(self, who: str, since: datetime) -> tuple[int, datetime | None]:
        """How many attempts failed since then, and when the last one was."""
        here = (sign_in_failures.c.who == self._hashed(who)) & (sign_in_failures.c.at > since)
        query = select(func.count(), func.max(sign_in_failures.c.at)).where(here)
        with self._engine.begin() as db:
            number, last = db.execute(query).one()
        return number, last

    def succeeded(self, who: str) -> None:
        """Earlier failures of this account are forgiven."""
        with self._engine.begin() as db:
            here = sign_in_failures.c.who == self._hashed(who)
            db.execute(delete(sign_in_failures).where(here))

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
        with self._engine.begin() as db:
            return list(db.execute(query))

    def _hashed(self, who: str) -> str:
        return hmac.new(self._secret, f"desk:{who.lower()}".encode(), hashlib.sha256).hexdigest()


def _adviser(row: Row) -> Adviser:
    return Adviser(row.id, row.email, row.name, DeskRole(row.role))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
