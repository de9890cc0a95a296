"""Storing a turn: the talk moves on, its message is done, its replies wait to be sent; all of it or nothing.

These statements run at every turn, so they are built once: to build one costs three times what running it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from coach.store import bell
from coach.store.bell import News
from coach.store.clock import utc_now
from coach.store.codes import DOOR, MOVED
from coach.store.figures import FigureRecord
from coach.store.tables import events, inbox, outbox, talks
from coach.store.turn import Overtaken, Stored, Turn, Waiting

_LINES = select(talks.c.lines).where(talks.c.id == bindparam("talk"))
_MOVE = update(talks).where(talks.c.id == bindparam("talk"), talks.c.seq == bindparam("was"))
_MOVE_FAILED = _MOVE.values(forget_at=func.coalesce(talks.c.forget_at, bindparam("at_most")))
_FINISH = update(inbox).where(inbox.c.id == bindparam("message"), inbox.c.status == "new")
_ADD_EVENTS = insert(events)
_PUT_OUT = insert(outbox)


def store(db: Connection, turn: Turn) -> list[Stored]:
    """Store all of a turn within a transaction, and give the replies as they stand in the outbox now."""
    line = _advance(db, turn)
    _finish(db, turn, None if turn.message.own else line)
    if turn.events:
        at = utc_now()
        rows = [
            {"talk": turn.message.talk, "seq": turn.seq + 1, "n": n, "data": dict(event), "at": at}
            for n, event in enumerate(turn.events)
        ]
        db.execute(_ADD_EVENTS, rows)
    # what all talks add to comes last: the next turn waits for it until this one is stored
    counts = [record for record in turn.records if isinstance(record, FigureRecord)]
    for record in turn.records:
        if record not in counts:
            record.write(db, turn.message.talk)
    moved = turn.message.channel == DOOR and turn.message.payload in MOVED
    said = int(not turn.message.own)
    bell.ring(db, turn.message.talk, line - said, News.MOVED if moved else News.LINES)
    kept = [
        (_put_out(db, turn.message, line + n, reply), line + n, reply)
        for n, reply in enumerate(turn.replies, start=1)
    ]
    for count in counts:
        count.write(db, turn.message.talk)
    return kept


def _advance(db: Connection, turn: Turn) -> int:
    """Move the talk on by compare-and-set; returns the line before the replies.

    That is the user's message; a message of the service itself has none.
    """
    talk, said = turn.message.talk, int(not turn.message.own)
    line: int | None = db.execute(_LINES, {"talk": talk}).scalar()
    if line is None:
        raise Overtaken(f"talk {talk} is gone")
    row = {
        "talk": talk,
        "was": turn.seq,
        "seq": turn.seq + 1,
        "lines": line + said + len(turn.replies),
        "state": dict(turn.state),
        "offered": dict(turn.offered),
        "updated_at": utc_now(),
        "worded": True,
        "at_most" if turn.failed else "forget_at": turn.forget_at,
    }
    if db.execute(_MOVE_FAILED if turn.failed else _MOVE, row).rowcount != 1:
        raise Overtaken(f"talk {talk} is past {turn.seq}")
    return line + said


def _finish(db: Connection, turn: Turn, line: int | None) -> None:
    status = "failed" if turn.failed else "done"
    row = {"message": turn.message.id, "status": status, "line": line}
    if turn.private:
        row["text"] = ""
    if db.execute(_FINISH, row).rowcount != 1:
        raise Overtaken(f"message {turn.message.id} was handled before")


def _put_out(db: Connection, to: Waiting, line: int, reply: Mapping[str, Any]) -> int:
    row = {"talk": to.talk, "inbox": to.id, "line": line, "message": dict(reply), "sent": False}
    return int(db.execute(_PUT_OUT, row).inserted_primary_key[0])
