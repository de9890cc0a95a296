"""How the integration tests look into a database and talk with the bot."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, create_engine, event, func, select, text
from sqlalchemy.engine import Engine as Database
from sqlalchemy.engine import Row, make_url

from bot.channels import state
from bot.turns.buttons import bare as bare_payload
from bot.turns.showing import Reply
from bot.turns.worker import Turns
from coach.domain.checkin import Hours
from coach.domain.coaching import Stage
from coach.domain.interview import Phase
from coach.store import database as opening
from coach.store.checkins import CheckIns
from coach.store.ledger import Ledger
from coach.store.tables import events, inbox, outbox, talks
from coach.store.turn import Talk, Turn, Waiting

SECRET = b"a secret of thirty-two characters"
VEIL = "\u200b"
"""Behind it a slash is no command, not even to Rasa: so it is understood as a text."""
OWN_WORDS = "wij doen dat op maandag samen aan tafel"


@dataclass
class Store:
    """A database with its ledger, and eyes of its own on what is stored."""

    url: str
    database: Database
    ledger: Ledger

    @property
    def check_ins(self) -> CheckIns:
        return CheckIns(self.database, Hours())

    @property
    def is_postgres(self) -> bool:
        return self.database.dialect.name == "postgresql"

    def rows(self, table: Table) -> Sequence[Row]:
        with self.database.begin() as db:
            return db.execute(select(table).order_by(*table.primary_key)).all()

    def count(self, table: Table) -> int:
        with self.database.begin() as db:
            return int(db.execute(select(func.count()).select_from(table)).scalar())

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that a turn may change, to compare before and after."""
        return {t.name: [tuple(r) for r in self.rows(t)] for t in (talks, events, inbox, outbox)}

    def statements(self) -> list[str]:
        """The SQL from now on, as a list that grows."""
        seen: list[str] = []

        @event.listens_for(self.database, "before_cursor_execute")
        def _note(_db: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        return seen

    def again(self) -> Store:
        """The same database as another process sees it, or this one after a restart."""
        return known_store(self.url)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Out of reach: SQLite is locked by somebody else, PostgreSQL takes no connections."""
        if not self.is_postgres:
            file = str(make_url(self.url).database)
            # it may begin in the thread of a turn and end in another
            with sqlite3.connect(file, isolation_level=None, check_same_thread=False) as other:
                other.execute("BEGIN EXCLUSIVE")
                yield
                other.execute("ROLLBACK")
            return
        name = make_url(self.url).database
        admin = create_engine(
            make_url(self.url).set(database="postgres"), isolation_level="AUTOCOMMIT", future=True
        )
        with admin.connect() as db:
            db.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
            db.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"),
                {"n": name},
            )
            try:
                yield
            finally:
                db.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
        admin.dispose()

    def close(self) -> None:
        self.database.dispose()


def open_store(url: str) -> Store:
    """A database brought to the newest version."""
    store = known_store(url)
    opening.migrate(store.database)
    return store


def known_store(url: str) -> Store:
    """A database as it is."""
    database = opening.open_database(url)
    return Store(url, database, Ledger(database))


# --- the ledger by hand --------------------------------------------------------------------------


def turn_of(
    message: Waiting,
    seq: int,
    replies: Sequence[str] = ("Dag",),
    given: Mapping[str, Any] | None = None,
    **more: Any,
) -> Turn:
    """A turn as a ledger is given it, without an engine."""
    said = [{"text": reply} for reply in replies]
    events_ = [{"event": "user", "text": message.text}, {"event": "action", "name": "x"}]
    fields: dict[str, Any] = {"events": events_, **more}
    return Turn(message, seq, dict(given or {"slots": {"turn": seq + 1}}), {}, said, **fields)


def put(store: Store, sender: str, reached: Talk, turns: Turns, channel: str = "rest") -> str:
    """A talk of `sender` that stands where another stands; returns its id."""
    message = store.ledger.accept(channel, turns.sender_hash(channel, sender), "begin", "begin")
    store.ledger.commit(Turn(message, 0, reached.state, reached.offered, []))
    return message.talk


# --- talking -------------------------------------------------------------------------------------


@dataclass
class Person:
    """Somebody in talk with the bot, through the worker."""

    turns: Turns
    sender: str = "iemand"
    channel: str = "rest"

    async def say(
        self, text_: str, payload: str | None = None, message_id: str | None = None
    ) -> list[Reply]:
        chosen = message_id or uuid.uuid4().hex
        return await self.turns.receive(self.channel, self.sender, chosen, text_, payload)

    async def press(self, value: str) -> list[Reply]:
        """Use the button that carries a value; fails when it is not on offer."""
        talk = await self.talk()
        payload = next(p for p in talk.offered if value_of(p) == value)
        return await self.say(talk.offered[payload], payload)

    async def talk(self) -> Talk:
        found = await self.turns.find_talk(self.channel, self.sender)
        assert found is not None
        return found

    async def state(self) -> dict[str, Any]:
        return state.report((await self.talk()).state)

    async def phase(self) -> str:
        return str((await self.state())["phase"])

    async def trail(self) -> list[dict[str, Any]]:
        return list((await self.talk()).state["slots"]["interview"]["trail"])

    async def reach(self, phase: str, *, consent: bool = True) -> None:
        """Talk by buttons until a phase is open, without answering there."""
        if await self.turns.find_talk(self.channel, self.sender) is None:
            await self.say("hallo")
        for _ in range(40):
            now = await self.phase()
            if now == phase:
                return
            if now == Stage.REALITY:
                await self.say(OWN_WORDS)
            else:
                await self.press(await self._button(now, consent=consent))
        raise AssertionError(f"the talk did not come to {phase}, it is at {now}")

    async def _button(self, phase: str, *, consent: bool) -> str:
        usual: dict[str, str] = {
            Phase.ROLE: "medewerker",
            Phase.SUBJECT: "team",
            Phase.CONSENT: "ja" if consent else "nee",
            Phase.SCOPE: "alles",
            Phase.QUESTION: "niveau_1",
            Phase.PROBE: "niveau_1",
            Phase.CHECK: "ja",
            Phase.REVIEW: "ja",
            Stage.OBSTACLE: "niets",
            Stage.WHAT: "ja",
            Stage.WHO: "ik",
            Stage.WHEN: "week",
            Stage.SURE: "8",
            Stage.COME_BACK: "week",
        }
        offered = (await self.talk()).offered
        return usual.get(phase) or value_of(next(iter(offered)))


def value_of(payload: str) -> str:
    """`niveau_1` of `3:/choose{"value": "niveau_1"}`; the intent when there is no value."""
    intent, brace, rest = bare_payload(payload).removeprefix("/").partition("{")
    return str(json.loads(brace + rest)["value"]) if brace else intent


def texts(replies: Sequence[Reply]) -> list[str]:
    return [reply.message.get("text", "") for reply in replies]


def bare(state_: Mapping[str, Any]) -> dict[str, Any]:
    """A state without the wordings used and what was counted, and without the veil over a text in it."""
    kept = {key: value for key, value in state_.items() if key not in ("phrased", "counted")}
    return dict(json.loads(json.dumps(kept, ensure_ascii=False).replace(VEIL, "")))
