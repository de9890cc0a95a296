"""The ledger of turns: what came in, what it changed and what must go out, one transaction a turn.

Order within a talk is by sequence number, never by clock. A turn commits only over the sequence number
it was computed from, so that no message has two effects and none is lost.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from coach.store import locks
from coach.store.codes import Arrival, find, find_talk, scoped
from coach.store.deliveries import Deliveries, keep_address
from coach.store.privacy import Vault
from coach.store.records import Record
from coach.store.tables import events, inbox, outbox, talks
from coach.usecases.privacy import IDLE

MOST_ATTEMPTS = 3
AT_ONCE = 3


class Overtaken(Exception):
    """Another turn of this talk was committed first; nothing of this one was stored."""


@dataclass(frozen=True)
class Waiting:
    """A message in the inbox; `fresh` is False when this id was there before."""

    id: int
    talk: str
    text: str
    payload: str | None
    attempts: int = 0
    fresh: bool = True
    channel: str = ""
    own: bool = False
    """Put there by the service itself: only such a message may carry a payload that was not offered."""


@dataclass(frozen=True)
class Talk:
    """What a turn starts from: the sequence number, the state of the dialogue, the buttons on offer."""

    id: str
    seq: int
    state: Mapping[str, Any]
    offered: Mapping[str, str]
    updated_at: datetime | None = None
    """When its last turn was stored (UTC)."""


@dataclass(frozen=True)
class Turn:
    """What a turn produced; `failed` keeps the message but not its effect, `private` its effect but not its words."""

    message: Waiting
    seq: int
    state: Mapping[str, Any]
    offered: Mapping[str, str]
    replies: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]] = ()
    records: Sequence[Record] = ()
    failed: bool = False
    private: bool = False
    forget_at: datetime | None = None
    """When the talk is to be forgotten if nothing more is said (UTC); None when it is kept."""


@dataclass(frozen=True)
class Line:
    """One message of the talk as people saw it, numbered from 1."""

    n: int
    by_user: bool
    text: str
    message: Mapping[str, Any] = field(default_factory=dict)


class Ledger:
    def __init__(self, engine: Engine) -> None:
        self.database = self._engine = engine
        self.deliveries = Deliveries(engine)
        self.vault = Vault(engine)

    def talk_of(self, channel: str, sender_hash: str) -> str | None:
        """The id of a sender's talk, or None when there is none yet."""
        with self._engine.begin() as db:
            return find_talk(db, channel, sender_hash)

    def accept(
        self,
        channel: str,
        sender_hash: str,
        message_id: str,
        text_: str,
        payload: str | None = None,
        address: Mapping[str, Any] | None = None,
        door: str | None = None,
        arrival: Arrival | None = None,
    ) -> Waiting:
        """Put a message in the inbox, once, and keep where replies go; committed when this returns.

        `door` is where it came in, when that is not the channel of the talk itself. `arrival` may bring
        the sender to another talk first; the message then goes there, and carries what came of it.
        """
        row = {
            "channel": door or channel,
            "message_id": message_id,
            "text": text_,
            "payload": payload,
        }
        for _ in range(AT_ONCE - 1):
            # the same new talk came in at the same moment, and then perhaps the same id
            with suppress(IntegrityError):
                return self._accept(channel, sender_hash, row, address, arrival)
        return self._accept(channel, sender_hash, row, address, arrival)

    def _accept(
        self,
        channel: str,
        sender_hash: str,
        row: Mapping[str, Any],
        address: Mapping[str, Any] | None,
        arrival: Arrival | None,
    ) -> Waiting:
        with self._engine.begin() as db:
            talk, joined = find(db, channel, sender_hash)
            if joined or arrival:
                row = {**row, "message_id": scoped(channel, sender_hash, row["message_id"])}
            seen = _seen(db, talk, row) if talk else None
            if arrival and not seen:
                talk, outcome = arrival.make(db, channel, sender_hash, talk)
                row = {**row, "payload": outcome.value}
            talk = talk or self._new_talk(db, channel, sender_hash)
            if address is not None:
                keep_address(db, talk, channel, address)
            return self._put(db, talk, row)

    def accept_in(
        self, talk: str, channel: str, message_id: str, text_: str, payload: str | None = None
    ) -> Waiting:
        """The same for a talk that is known by its id: somebody holds it at the desk."""
        row = {"channel": channel, "message_id": message_id, "text": text_, "payload": payload}
        for _ in range(AT_ONCE - 1):
            with suppress(IntegrityError), self._engine.begin() as db:
                return self._put(db, talk, row)
        with self._engine.begin() as db:
            return self._put(db, talk, row)

    @staticmethod
    def _put(db: Connection, talk: str, row: Mapping[str, Any]) -> Waiting:
        seen = _seen(db, talk, row)
        if seen:
            return _waiting(seen, seen.attempts)
        new = insert(inbox).values(talk=talk, received_at=_now(), **row)
        key = db.execute(new).inserted_primary_key[0]
        return Waiting(key, talk, row["text"], row["payload"], channel=row["channel"])

    @staticmethod
    def _new_talk(db: Connection, channel: str, sender_hash: str) -> str:
        talk, now = uuid.uuid4().hex, _now()
        row = {"id": talk, "channel": channel, "sender_hash": sender_hash}
        # nothing is agreed yet: a talk that comes no further is forgotten like one without consent
        times = {"created_at": now, "updated_at": now, "forget_at": now + IDLE}
        db.execute(insert(talks).values(**row, **times, state={}, offered={}))
        return talk

    def load(self, talk: str) -> Talk:
        with self._engine.begin() as db:
            row = db.execute(select(talks).where(talks.c.id == talk)).one()
        return Talk(row.id, row.seq, row.state, row.offered, row.updated_at)

    def erase(self, talk: str) -> None:
        """Remove a talk with everything that hangs on it; a turn under way then stores nothing."""
        self.vault.erase(talk)

    def tried(self, message: Waiting) -> None:
        """Count an attempt of a message whose turn could not be stored."""
        with self._engine.begin() as db:
            here = (inbox.c.id == message.id) & (inbox.c.status == "new")
            db.execute(update(inbox).where(here).values(attempts=inbox.c.attempts + 1))

    def is_waiting(self, message: Waiting) -> bool:
        """Whether the message still has to have its effect."""
        with self._engine.begin() as db:
            status = db.execute(select(inbox.c.status).where(inbox.c.id == message.id)).scalar()
        return bool(status == "new")

    def due(self, message: Waiting) -> list[Waiting]:
        """The message behind the earlier ones of its talk that still wait, or nothing when it was handled.

        Counts one attempt for each earlier one. Call it while holding the talk.
        """
        waits = (inbox.c.talk == message.talk) & (inbox.c.status == "new")
        earlier = waits & (inbox.c.id < message.id)
        with self._engine.begin() as db:
            query = select(inbox).where(waits & (inbox.c.id <= message.id)).order_by(inbox.c.id)
            rows = db.execute(query).all()
            if not rows or rows[-1].id != message.id:
                return []
            if len(rows) > 1:
                db.execute(update(inbox).where(earlier).values(attempts=inbox.c.attempts + 1))
        return [_waiting(row, row.attempts + (row.id < message.id)) for row in rows]

    def commit(self, turn: Turn) -> list[int]:
        """Store all of a turn, or nothing: Overtaken when the talk moved on or the message is done.

        Returns the ids of the outbox rows, in the order of the replies.
        """
        with self._engine.begin() as db:
            line = self._advance(db, turn)
            self._finish(db, turn, None if turn.message.own else line)
            if turn.events:
                rows = [
                    {"talk": turn.message.talk, "seq": turn.seq + 1, "n": n, "data": dict(event)}
                    for n, event in enumerate(turn.events)
                ]
                db.execute(insert(events), rows)
            for record in turn.records:
                record.write(db, turn.message.talk)
            return [
                db.execute(
                    insert(outbox).values(
                        talk=turn.message.talk,
                        inbox=turn.message.id,
                        line=line + 1 + n,
                        message=dict(reply),
                        sent=False,
                    )
                ).inserted_primary_key[0]
                for n, reply in enumerate(turn.replies)
            ]

    @staticmethod
    def _advance(db: Connection, turn: Turn) -> int:
        """Move the talk on by compare-and-set; returns the line before the replies.

        That is the user's message; a message of the service itself has none.
        """
        talk, said = turn.message.talk, int(not turn.message.own)
        line: int | None = db.execute(select(talks.c.lines).where(talks.c.id == talk)).scalar()
        if line is None:
            raise Overtaken(f"talk {talk} is gone")
        moved = db.execute(
            update(talks)
            .where(talks.c.id == talk, talks.c.seq == turn.seq)
            .values(
                seq=turn.seq + 1,
                lines=line + said + len(turn.replies),
                state=dict(turn.state),
                offered=dict(turn.offered),
                updated_at=_now(),
                forget_at=func.coalesce(talks.c.forget_at, turn.forget_at)
                if turn.failed
                else turn.forget_at,
            )
        )
        if moved.rowcount != 1:
            raise Overtaken(f"talk {talk} is past {turn.seq}")
        return line + said

    @staticmethod
    def _finish(db: Connection, turn: Turn, line: int | None) -> None:
        status = "failed" if turn.failed else "done"
        done = db.execute(
            update(inbox)
            .where(inbox.c.id == turn.message.id, inbox.c.status == "new")
            .values(status=status, line=line, **({"text": ""} if turn.private else {}))
        )
        if done.rowcount != 1:
            raise Overtaken(f"message {turn.message.id} was handled before")

    def waiting(self) -> list[Waiting]:
        """Every message that has not had its effect, oldest first."""
        with self._engine.begin() as db:
            new = inbox.c.status == "new"
            rows = db.execute(select(inbox).where(new).order_by(inbox.c.id)).all()
        return [_waiting(row, row.attempts) for row in rows]

    def replies(self, message: Waiting) -> list[tuple[int, int, Mapping[str, Any]]]:
        """The replies to one message, with their outbox ids and line numbers."""
        with self._engine.begin() as db:
            rows = db.execute(
                select(outbox).where(outbox.c.inbox == message.id).order_by(outbox.c.line)
            ).all()
        return [(row.id, row.line, row.message) for row in rows]

    def unsent(self, talk: str) -> list[tuple[int, int, Mapping[str, Any]]]:
        """Replies that were stored but not yet shown, for example because the service stopped."""
        with self._engine.begin() as db:
            rows = db.execute(
                select(outbox)
                .where(and_(outbox.c.talk == talk, outbox.c.sent.is_(False)))
                .order_by(outbox.c.line)
            ).all()
        return [(row.id, row.line, row.message) for row in rows]

    def mark_sent(self, ids: Sequence[int]) -> None:
        if ids:
            with self._engine.begin() as db:
                db.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent=True))

    def lines(self, talk: str, after: int = 0) -> list[Line]:
        """The talk as people saw it, from line `after` + 1 on."""
        with self._engine.begin() as db:
            said = db.execute(
                select(inbox.c.line, inbox.c.text).where(inbox.c.talk == talk, inbox.c.line > after)
            ).all()
            replied = db.execute(
                select(outbox.c.line, outbox.c.message).where(
                    outbox.c.talk == talk, outbox.c.line > after
                )
            ).all()
        found = [Line(row.line, True, row.text) for row in said]
        found += [Line(line, False, reply.get("text", ""), reply) for line, reply in replied]
        return sorted(found, key=lambda line: line.n)

    @contextmanager
    def hold(self, talk: str) -> Iterator[None]:
        """One turn of a talk at a time over all copies of the service."""
        with locks.hold(self._engine, talk):
            yield


def _seen(db: Connection, talk: str, row: Mapping[str, Any]) -> Row | None:
    """The same message, when it is in the inbox already."""
    here = (inbox.c.talk == talk) & (inbox.c.channel == row["channel"])
    return db.execute(select(inbox).where(here, inbox.c.message_id == row["message_id"])).first()


def _waiting(row: Row, attempts: int) -> Waiting:
    """A row of the inbox that was there before."""
    return Waiting(
        row.id, row.talk, row.text, row.payload, attempts, False, row.channel, own=row.own
    )


def sender_hash(secret: bytes, channel: str, sender: str) -> str:
    """A channel's own user id as a keyed hash, which is all that is stored of it."""
    return hmac.new(secret, f"{channel}:{sender}".encode(), hashlib.sha256).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
