"""Rings for the other copies of the service when a talk has news, so that a tab of theirs shows it at once.

PostgreSQL passes a ring on when the transaction around it is stored, and only then. It says who is to look and
from which line on, never a word. SQLite has one copy, which has nobody to ring for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import String, bindparam, func, literal, select, union
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from coach.store.tables import senders, talks

NAME = "padwijzer"
CHANNEL = "web"
"""Where people hold a line open; everybody else is called, by whichever copy that may be."""


class News(StrEnum):
    LINES = "lines"
    MOVED = "moved"
    """They are in another talk now."""
    GONE = "gone"
    """Their talk was erased."""


@dataclass(frozen=True)
class Ring:
    sender_hash: str
    news: News
    line: int
    """The last line that is not new."""


def _ringing() -> Any:
    """Built once, for it runs at every turn."""
    talk = bindparam("talk")
    own = select(talks.c.sender_hash).where(talks.c.id == talk, talks.c.channel == CHANNEL)
    joined = select(senders.c.sender_hash).where(senders.c.talk == talk, senders.c.active)
    who = union(own, joined.where(senders.c.channel == CHANNEL)).subquery()
    said = func.concat_ws(
        literal(" "),
        func.current_setting(literal("application_name")),
        who.c.sender_hash,
        bindparam("news", type_=String),
        bindparam("line", type_=String),
    )
    return select(func.pg_notify(literal(NAME), said)).select_from(who)


_RING = _ringing()


def ring(db: Connection, talk: str, line: int = 0, news: News = News.LINES) -> None:
    """For everybody who is in this talk, when the transaction is stored."""
    if db.dialect.name == "postgresql":
        db.execute(_RING, {"talk": talk, "news": news.value, "line": str(line)})


class Deaf(Exception):
    """The connection is lost: what is rung now is not heard."""


class Listening:
    """A connection of its own that hears what the other copies ring."""

    def __init__(self, engine: Engine) -> None:
        self._trouble = engine.dialect.dbapi.Error
        try:
            self._pooled = engine.raw_connection()
            self._connection: Any = self._pooled.dbapi_connection
            self._pooled.detach()  # it is kept as long as the service runs: the pool makes another
            self._connection.autocommit = True
            with self._connection.cursor() as cursor:
                cursor.execute(f"LISTEN {NAME}")
                cursor.execute("SELECT current_setting('application_name')")
                self._own = cursor.fetchone()[0]
        except (SQLAlchemyError, self._trouble) as error:
            raise Deaf(type(error).__name__) from error

    def fileno(self) -> int:
        return int(self._connection.fileno())

    def heard(self) -> Sequence[Ring]:
        """What came in since the last time, in order; never waits. Deaf when the connection is lost."""
        try:
            self._connection.poll()
        except self._trouble as error:
            raise Deaf(type(error).__name__) from error
        said = [_read(notice.payload, self._own) for notice in self._connection.notifies]
        self._connection.notifies.clear()
        return [ring for ring in said if ring]

    def close(self) -> None:
        self._connection.close()


def _read(payload: str, own: str) -> Ring | None:
    """What another copy rang; None for an own ring, and for one of a version that rings in another way."""
    try:
        by, who, news, line = payload.split(" ")
        return None if by == own else Ring(who, News(news), int(line))
    except ValueError:
        return None
