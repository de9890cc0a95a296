"""Personal codes, and the addresses by which one talk is reached from more than one device.

A code is kept as a keyed hash, for a while, and works once. The message that hands it out holds only a
nonce; the code is worked out from that, the talk and the secret when the message is shown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from coach.domain.code import drawn
from coach.store.clock import utc_now
from coach.store.privacy import has_records
from coach.store.tables import codes, senders, talks

ASKED_LASTS = timedelta(hours=1)
"""A code of which somebody was asked whether to use it works no longer than this from then on."""


class Wish(StrEnum):
    """What a message wants with where its sender's talk is."""

    TYPED = "typed"
    AGREED = "agreed"
    SWITCH = "switch"
    WAIT = "wait"
    """A code was typed, but too many came before it; it is not looked at."""


class Outcome(StrEnum):
    JOINED = "joined"
    JOINED_TWO = "joined_two"
    """The talk that stood here already is still there."""
    SWITCHED = "switched"
    ASK = "ask"
    SAME = "same"
    UNKNOWN = "unknown"
    WAIT = "wait"
    GONE = "gone"
    NO_OTHER = "no_other"


DOOR = "code"
"""Where a message comes in that has to do with a personal code; no other door can put one there."""
MOVED = (Outcome.JOINED, Outcome.JOINED_TWO, Outcome.SWITCHED)


@dataclass(frozen=True)
class Arrival:
    """A message that may bring its sender to another talk; `hash` is that of the code typed."""

    wish: Wish
    hash: str = ""

    def make(
        self, db: Connection, channel: str, sender: str, talk: str | None
    ) -> tuple[str | None, Outcome]:
        """Do it within a transaction; returns the talk the sender now has, and what came of it."""
        match self.wish:
            case Wish.TYPED:
                return self._typed(db, channel, sender, talk)
            case Wish.AGREED:
                row = _live(db, codes.c.asked == talk) if talk else None
                if row is None:
                    return talk, Outcome.GONE
                return _join(db, channel, sender, row), Outcome.JOINED_TWO
            case Wish.SWITCH:
                return _switch(db, channel, sender, talk)
        return talk, Outcome.WAIT

    def _typed(
        self, db: Connection, channel: str, sender: str, talk: str | None
    ) -> tuple[str | None, Outcome]:
        row = _live(db, codes.c.hash == self.hash)
        if row is None:
            return talk, Outcome.UNKNOWN
        if row.talk == talk:
            return talk, Outcome.SAME
        full = talk is not None and _has_content(db, talk)
        if full and row.asked != talk:
            until = min(row.expires_at, utc_now() + ASKED_LASTS)
            here = update(codes).where(codes.c.hash == row.hash)
            db.execute(here.values(asked=talk, expires_at=until))
            return talk, Outcome.ASK
        joined = _join(db, channel, sender, row)
        return joined, Outcome.JOINED_TWO if full else Outcome.JOINED


@dataclass(frozen=True)
class CodeRecord:
    """A code for a talk; an earlier one works no more."""

    hash: str
    lasts: timedelta

    def write(self, db: Connection, talk: str) -> None:
        now = utc_now()
        db.execute(delete(codes).where((codes.c.talk == talk) | (codes.c.expires_at <= now)))
        row = {"hash": self.hash, "talk": talk, "expires_at": now + self.lasts}
        db.execute(insert(codes).values(**row))


def find_talk(db: Connection, channel: str, sender: str) -> str | None:
    """The talk of a sender: the one that was joined, else the own one."""
    return find(db, channel, sender)[0]


def find(db: Connection, channel: str, sender: str) -> tuple[str | None, bool]:
    """The talk of a sender, and whether it was joined from elsewhere."""
    row = db.execute(_FIND, {"channel": channel, "sender": sender}).one()
    return row[0] or row[1], row[0] is not None


def scoped(channel: str, sender: str, message_id: str) -> str:
    """A message id where more than one sender speaks in one talk: each has ids of their own."""
    return hashlib.sha256(f"{channel}:{sender}:{message_id}".encode()).hexdigest()


def code_of(secret: bytes, talk: str, nonce: str) -> str:
    """The code that a nonce stands for in a talk."""
    digest = hmac.new(secret, f"code:{talk}:{nonce}".encode(), hashlib.sha256).digest()
    return drawn(int.from_bytes(digest[:8], "big"))


def hash_of(secret: bytes, code: str) -> str:
    return hmac.new(secret, f"code hash:{code}".encode(), hashlib.sha256).hexdigest()


def _live(db: Connection, here: Any) -> Row | None:
    query = select(codes).where(here, codes.c.expires_at > utc_now())
    return db.execute(query.order_by(codes.c.expires_at.desc()).with_for_update()).first()


def _join(db: Connection, channel: str, sender: str, row: Row) -> str:
    """Let this sender reach the talk of a code; the code is spent."""
    values = {"talk": row.talk, "active": True}
    here = update(senders).where(_is(senders, channel, sender))
    if not db.execute(here.values(**values)).rowcount:
        key = {"channel": channel, "sender_hash": sender}
        db.execute(insert(senders).values(**key, **values))
    db.execute(delete(codes).where(codes.c.hash == row.hash))
    return str(row.talk)


def _switch(
    db: Connection, channel: str, sender: str, talk: str | None
) -> tuple[str | None, Outcome]:
    """Between the talk that was joined and the own one, to and fro."""
    joined = db.execute(select(senders).where(_is(senders, channel, sender))).first()
    own = db.execute(select(talks.c.id).where(_is(talks, channel, sender))).scalar()
    if joined is None or own is None or not _has_content(db, own):
        return talk, Outcome.NO_OTHER
    here = update(senders).where(_is(senders, channel, sender))
    db.execute(here.values(active=not joined.active))
    return (own if joined.active else str(joined.talk)), Outcome.SWITCHED


def _has_content(db: Connection, talk: str) -> bool:
    """Whether something would be missed: an answer, a promise, or anything on record."""
    state: Mapping[str, Any] | None
    state = db.execute(select(talks.c.state).where(talks.c.id == talk)).scalar()
    slots = (state or {}).get("slots", {})
    said = (slots.get("interview") or {}).get("trail") or slots.get("promise")
    return bool(said) or has_records(db, talk)


def _is(table: Any, channel: Any, sender: Any) -> Any:
    return (table.c.channel == channel) & (table.c.sender_hash == sender)


_WHO = bindparam("channel"), bindparam("sender")
_JOINED = select(senders.c.talk).where(_is(senders, *_WHO), senders.c.active)
_OWN = select(talks.c.id).where(_is(talks, *_WHO))
_FIND = select(_JOINED.scalar_subquery(), _OWN.scalar_subquery())  # at every turn: built once
