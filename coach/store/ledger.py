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
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from coach.store import locks
from coach.store.clock import utc_now
from coach.store.codes import Arrival, find, find_talk, scoped
from coach.store.database import reading
from coach.store.deliveries import Deliveries, keep_address
from coach.store.privacy import Vault
from coach.store.storing import store
from coach.store.tables import inbox, outbox, talks
from coach.store.turn import Line, Stored, Talk, Turn, Waiting
from coach.usecases.privacy import IDLE

Concluded = tuple[list[Stored], Talk, list[Stored]]
"""The replies of a turn, its talk as it then stands, and all of its replies that were not shown yet."""
MOST_ATTEMPTS = 3
AT_ONCE = 3

# what runs at every turn is built once: see `storing`
_THIS = inbox.c.talk == bindparam("talk")
_SEEN = select(inbox).where(
    _THIS, inbox.c.channel == bindparam("channel"), inbox.c.message_id == bindparam("message_id")
)
_DUE = select(inbox).where(_THIS, inbox.c.status == "new", inbox.c.id <= bindparam("last"))
_DUE = _DUE.order_by(inbox.c.id)
_TALK = select(
    talks.c.id, talks.c.seq, talks.c.state, talks.c.offered, talks.c.updated_at, talks.c.channel
).where(talks.c.id == bindparam("talk"))
_UNSENT = select(outbox.c.id, outbox.c.line, outbox.c.message)
_UNSENT = _UNSENT.where(outbox.c.talk == bindparam("talk"), outbox.c.sent.is_(False))
_BEHIND = bindparam("after")
_SAID = select(inbox.c.line, inbox.c.text).where(_THIS, inbox.c.line > _BEHIND)
_REPLIED = select(outbox.c.line, outbox.c.message)
_REPLIED = _REPLIED.where(outbox.c.talk == bindparam("talk"), outbox.c.line > _BEHIND)
_TAKE_IN = insert(inbox)
_SENT = update(outbox).where(outbox.c.id == bindparam("reply")).values(sent=True)


class Ledger:
    def __init__(self, engine: Engine) -> None:
        self.database = self._engine = engine
        self.deliveries = Deliveries(engine)
        self.vault = Vault(engine)

    def talk_of(self, channel: str, sender_hash: str) -> str | None:
        """The id of a sender's talk, or None when there is none yet."""
        with reading(self._engine) as db:
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
            if arrival and not (talk and _seen(db, talk, row)):
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
        new = {**row, "talk": talk, "received_at": utc_now()}
        key = db.execute(_TAKE_IN, new).inserted_primary_key[0]
        return Waiting(key, talk, row["text"], row["payload"], channel=row["channel"])

    @staticmethod
    def _new_talk(db: Connection, channel: str, sender_hash: str) -> str:
        talk, now = uuid.uuid4().hex, utc_now()
        row = {"id": talk, "channel": channel, "sender_hash": sender_hash}
        # nothing is agreed yet: a talk that comes no further is forgotten like one without consent
        times = {"created_at": now, "updated_at": now, "forget_at": now + IDLE}
        db.execute(insert(talks).values(**row, **times, state={}, offered={}))
        return talk

    def find(self, channel: str, sender_hash: str) -> Talk | None:
        """A sender's talk as it stands, or None when there is none yet."""
        with reading(self._engine) as db:
            talk = find_talk(db, channel, sender_hash)
            return _load(db, talk) if talk else None

    def load(self, talk: str) -> Talk:
        with reading(self._engine) as db:
            return _load(db, talk)

    def erase(self, talk: str) -> None:
        """Remove a talk with everything that hangs on it; a turn under way then stores nothing."""
        self.vault.erase(talk)

    def is_waiting(self, message: Waiting) -> bool:
        """Whether the message still has to have its effect."""
        with reading(self._engine) as db:
            status = db.execute(select(inbox.c.status).where(inbox.c.id == message.id)).scalar()
        return bool(status == "new")

    def begin(self, message: Waiting) -> tuple[list[Waiting], Talk | None]:
        """The message behind the earlier ones of its talk that still wait, and the talk as it stands.

        Nothing, and no talk, when it was handled. Counts one attempt for each that may have been begun before.
        Call it while holding the talk: so a message that another copy is busy with is not counted.
        """
        # from here on no turn was begun before
        first = message.id if message.fresh else message.id + 1
        with reading(self._engine) as db:
            rows = db.execute(_DUE, {"talk": message.talk, "last": message.id}).all()
            if not rows or rows[-1].id != message.id:
                return [], None
            talk = _load(db, message.talk)
        if rows[0].id < first:
            waits = (inbox.c.talk == message.talk) & (inbox.c.status == "new")
            with self._engine.begin() as db:
                again = update(inbox).where(waits, inbox.c.id < first)
                db.execute(again.values(attempts=inbox.c.attempts + 1))
        return [_waiting(row, row.attempts + (row.id < first)) for row in rows], talk

    def commit(self, turn: Turn) -> list[Stored]:
        """Store all of a turn, or nothing: Overtaken when the talk moved on or the message is done.

        Returns the replies as they stand in the outbox now.
        """
        with self._engine.begin() as db:
            return store(db, turn)

    def conclude(self, turn: Turn) -> Concluded:
        """The same, with how the talk then stands: for who shows that too, and saves the way back here."""
        with self._engine.begin() as db:
            return store(db, turn), *_standing(db, turn.message.talk)

    def waiting(self, most: int | None = None) -> list[Waiting]:
        """The messages that have not had their effect, oldest first; at most so many."""
        new = select(inbox).where(inbox.c.status == "new").order_by(inbox.c.id)
        with reading(self._engine) as db:
            return [_waiting(row, row.attempts) for row in db.execute(new.limit(most))]

    def is_busy(self, talk: str) -> bool:
        """Whether a message of this talk still has to have its effect."""
        waits = select(inbox.c.id).where(
            inbox.c.talk == talk, inbox.c.status == "new", ~inbox.c.own
        )
        with reading(self._engine) as db:
            return db.execute(waits.limit(1)).first() is not None

    def line_of(self, message: Waiting) -> int | None:
        """Which line of its talk a message became."""
        with reading(self._engine) as db:
            found = db.execute(select(inbox.c.line).where(inbox.c.id == message.id)).scalar()
        return None if found is None else int(found)

    def replies(self, message: Waiting) -> list[Stored]:
        """The replies to one message, with their outbox ids and line numbers."""
        with reading(self._engine) as db:
            rows = db.execute(
                select(outbox).where(outbox.c.inbox == message.id).order_by(outbox.c.line)
            ).all()
        return [(row.id, row.line, row.message) for row in rows]

    def unsent(self, talk: str) -> list[Stored]:
        """Replies that were stored but not yet shown, for example because the service stopped."""
        with reading(self._engine) as db:
            return _unsent(db, talk)

    def standing(self, channel: str, sender_hash: str) -> tuple[Talk, list[Stored]] | None:
        """A sender's talk as it stands, with the replies that were not shown; None when there is none yet."""
        with reading(self._engine) as db:
            talk = find_talk(db, channel, sender_hash)
            return _standing(db, talk) if talk else None

    def mark_sent(self, ids: Sequence[int]) -> None:
        if ids:
            with self._engine.begin() as db:
                db.execute(_SENT, [{"reply": reply} for reply in ids])

    def lines(self, talk: str, after: int = 0) -> list[Line]:
        """The talk as people saw it, from line `after` + 1 on."""
        with reading(self._engine) as db:
            return _lines(db, talk, after)

    def page(self, channel: str, sender_hash: str, after: int) -> tuple[Talk, list[Line]] | None:
        """A sender's talk as it stands with its lines from `after` + 1 on; None when there is none yet."""
        with reading(self._engine) as db:
            talk = find_talk(db, channel, sender_hash)
            return (_load(db, talk), _lines(db, talk, after)) if talk else None

    @contextmanager
    def hold(self, talk: str, *, wait: bool = True) -> Iterator[bool]:
        """One turn of a talk at a time over all copies of the service; says whether this one may."""
        if wait:
            with locks.hold(self._engine, talk):
                yield True
        else:
            with locks.hold_if_free(self._engine, talk) as ours:
                yield ours


def _load(db: Connection, talk: str) -> Talk:
    return Talk(*db.execute(_TALK, {"talk": talk}).one())


def _standing(db: Connection, talk: str) -> tuple[Talk, list[Stored]]:
    return _load(db, talk), _unsent(db, talk)


def _unsent(db: Connection, talk: str) -> list[Stored]:
    # put in order here: asked for the order, SQLite reads the whole talk to have it
    return sorted((tuple(row) for row in db.execute(_UNSENT, {"talk": talk})), key=itemgetter(1))


def _lines(db: Connection, talk: str, after: int) -> list[Line]:
    these = {"talk": talk, "after": after}
    said = db.execute(_SAID, these).all()
    replied = db.execute(_REPLIED, these).all()
    found = [Line(line, True, text) for line, text in said]
    found += [Line(line, False, reply.get("text", ""), reply) for line, reply in replied]
    return sorted(found, key=lambda line: line.n)


def _seen(db: Connection, talk: str, row: Mapping[str, Any]) -> Row | None:
    """The same message, when it is in the inbox already."""
    here = {"talk": talk, "channel": row["channel"], "message_id": row["message_id"]}
    return db.execute(_SEEN, here).first()


def _waiting(row: Row, attempts: int) -> Waiting:
    """A row of the inbox that was there before."""
    return Waiting(
        row.id, row.talk, row.text, row.payload, attempts, False, row.channel, own=row.own
    )


def sender_hash(secret: bytes, channel: str, sender: str) -> str:
    """A channel's own user id as a keyed hash, which is all that is stored of it."""
    return hmac.new(secret, f"{channel}:{sender}".encode(), hashlib.sha256).hexdigest()
