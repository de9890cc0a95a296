"""One running service with its four doors, somebody before an open question, and what must be true after a fault.

What was shown is stored, and what was stored is shown once; an answer that met a fault is told of, and counts
once things are back, for the question to which it was the answer.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx
from doors import House, WebVisitor, client_of, platforms
from microsoft import Microsoft
from served import Served, until
from slack_peer import SlackPeer
from socketio.exceptions import SocketIOError
from sqlalchemy import select, update
from talking import SECRET, Store, value_of
from visitor import Visitor, lines

from bot import app
from bot.channels.guard import _sentences
from bot.channels.teams.door import TeamsDoor
from bot.engine import Engine
from bot.turns.delivery import Delivery
from coach import settings, wiring
from coach.store.tables import events, inbox, outbox, talks

EVERY = 0.05
"""Seconds between two looks of the delivery."""
PATIENCE = 8.0
"""So long somebody may wait for an answer or an error."""
CUT_OFF, SILENCE, UNREADABLE = 0, -1, -2
"""In the place of a status: the connection ended, which everybody notices; nothing came; no answer of ours came."""
_numbers = itertools.count(1)


@dataclass
class Someone:
    """Somebody before an open question, and all that was heard of it."""

    visitor: Visitor
    talk: str
    statuses: list[int] = field(default_factory=list)

    async def say(self, text: str, key: str) -> bool:
        """Send something; False when nobody said that it was taken."""
        try:
            async with asyncio.timeout(PATIENCE):
                self.statuses.append(await self.visitor.send(text, key))
        except (httpx.HTTPError, SocketIOError):
            self.statuses.append(CUT_OFF)
        except TimeoutError:
            self.statuses.append(SILENCE)
        except (ValueError, KeyError):
            self.statuses.append(UNREADABLE)
        return self.statuses[-1] == 200

    async def look(self) -> None:
        """What a page does when it opens: it fetches what it has not got."""
        if isinstance(self.visitor, WebVisitor):
            tab = self.visitor.tab
            await until(lambda: "/" in tab.client.namespaces)  # it connects again by itself
            found = await tab.history()
            tab.got.extend(found["messages"])


@dataclass
class Scene:
    """A house in which things go wrong."""

    house: House
    engine: Engine
    open_again: Callable[[], Awaitable[None]] | None = None
    """Stops the service as SIGTERM does, and starts another on the same address."""
    restarting: asyncio.Task[None] | None = None
    reached: Mapping[str, Any] = field(default_factory=dict)
    hits: int = 0
    ahead: timedelta = timedelta()

    @property
    def store(self) -> Store:
        return self.house.store

    def hit(self) -> None:
        """The fault struck; one that never does would show nothing."""
        self.hits += 1

    def restart(self) -> None:
        """Stop and start while everything goes on."""
        assert self.open_again
        self.restarting = asyncio.get_running_loop().create_task(_waited(self.open_again()))

    async def struck(self) -> None:
        """Let the fault last until it has struck, and what it struck has come to its end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not self.hits:  # noqa: ASYNC110
                    await asyncio.sleep(EVERY)
        await asyncio.sleep(2 * EVERY)
        if self.restarting:
            await self.restarting
            self.restarting = None

    async def someone(self, channel: str) -> Someone:
        """A newcomer who stands before an open question."""
        known = {row.id for row in self.store.rows(talks)}
        visitor = await self.house.visitor(channel, f"f{next(_numbers)}")
        await visitor.say("hallo")
        [talk] = [row.id for row in self.store.rows(talks) if row.id not in known]
        if not self.reached:
            for value in ("medewerker", "team", "ja"):
                await visitor.press(value)
            row = self.row(talk)
            self.reached = {"state": row.state, "offered": row.offered}
        with self.store.database.begin() as db:
            db.execute(update(talks).where(talks.c.id == talk).values(**self.reached))
        return Someone(visitor, talk)

    def row(self, talk: str) -> Any:
        with self.store.database.begin() as db:
            return db.execute(select(talks).where(talks.c.id == talk)).one()

    def of(self, who: Someone, table: Any) -> list[Any]:
        with self.store.database.begin() as db:
            return list(db.execute(select(table).where(table.c.talk == who.talk)).all())

    def label(self, who: Someone, value: str) -> str:
        """The words on the button with this value, which is on offer now."""
        offered = self.row(who.talk).offered
        return str(next(title for p, title in offered.items() if value_of(p) == value))

    def levels(self, who: Someone) -> list[int]:
        return [e["level"] for e in self.row(who.talk).state["slots"]["interview"]["trail"]]

    async def settled(self, who: Someone) -> None:
        """Every message had its turn, and every reply went out that has to be sent."""

        def done() -> bool:
            waits = any(m.status == "new" for m in self.of(who, inbox))
            pushed = who.visitor.channel != "rest"  # a script fetches its replies
            return not waits and not (pushed and any(not r.sent for r in self.of(who, outbox)))

        await until(done)

    def clear(self) -> None:
        """Forget everybody, so that a thousandth trial looks through no more than the first."""
        with self.store.database.begin() as db:
            db.execute(talks.delete())
        self.house.peer.calls.clear()
        self.house.microsoft.posts.clear()

    def now(self) -> Any:
        return _utc_now() + self.ahead

    # --- what must be true -----------------------------------------------------------------------

    def wrong(self, who: Someone, key: str) -> list[str]:
        """What of it is not so."""
        said, replies = self.of(who, inbox), self.of(who, outbox)
        talk = self.row(who.talk)
        shown = [read.words for read in who.visitor.read()]
        stored = [lines(row.message.get("text", "")) for row in replies]
        numbers = sorted(row.line for row in (*said, *replies) if row.line)
        checks = {
            "the fault never struck": self.hits > 0,
            "shown and not stored": _words(shown) <= _words(stored) | _labels(replies),
            "stored and never shown": _words(stored) <= _words(shown),
            "shown twice": who.visitor.channel == "rest" or len(shown) <= len(replies),
            "a message was lost": any(row.message_id.endswith(key) for row in said),
            "a message has no turn": all(row.status in ("done", "failed") for row in said),
            "a line is lost or doubled": numbers == list(range(1, talk.lines + 1)),
            "a turn is lost or doubled": talk.seq == len(said)
            and {e.seq for e in self.of(who, events)} <= set(range(1, talk.seq + 1)),
            f"the answers are {self.levels(who)}": self.levels(who) == [2, 3],
            f"silence, status {who.statuses}": not {SILENCE, UNREADABLE} & {*who.statuses}
            and {row.id for row in said} == {row.inbox for row in replies},
            f"an error that says nothing, {who.visitor.told()}": _is_honest(who),
        }
        return [what for what, fine in checks.items() if not fine]


def _is_honest(who: Someone) -> bool:
    """A person on our own page, and a script, is told in Dutch; a platform gets a status and sends it again."""
    refused = [status for status in who.statuses if status not in (200, CUT_OFF)]
    if who.visitor.channel not in ("rest", "web"):
        return True
    told = who.visitor.told()
    return len(told) >= len(refused) and set(told) <= set(_sentences().values())


def _words(read: Any) -> set[str]:
    return {word for words in read for word in words}


def _labels(replies: list[Any]) -> set[str]:
    """Where a platform has no room for a button it stands as words."""
    titles = (b["title"] for row in replies for b in row.message.get("buttons", ()))
    return {f"- {title}" for title in titles} | set(_sentences().values())


_utc_now = wiring.utc_now


@asynccontextmanager
async def scene(engine: Engine, store: Store) -> AsyncIterator[Scene]:
    """The whole service over a store, with local servers in the place of Slack and Microsoft."""
    peer, microsoft = SlackPeer(), Microsoft()
    await peer.start()
    microsoft.start()
    async with AsyncExitStack() as stack:
        stack.callback(microsoft.stop)
        stack.push_async_callback(peer.stop)
        for name, value in (
            ("TeamsDoor", partial(TeamsDoor, cloud=microsoft.cloud)),
            ("Delivery", partial(Delivery, every=EVERY, now=lambda: made.now())),
            ("ledger", lambda: store.ledger),
            ("check_ins", lambda: store.check_ins),
        ):
            stack.enter_context(patch.object(app, name, value))
        stack.enter_context(patch.object(wiring, "utc_now", lambda: made.now()))

        async def start(port: int = 0) -> Served:
            given = {
                "PADWIJZER_SECRET": SECRET.decode(),
                "PADWIJZER_DATA": "unused",
                "PADWIJZER_BURST": "1000",
                **platforms(peer.url),
            }
            return await Served.start(app.build(settings.read(given), engine), port)

        served = await start()
        client = client_of(served.url)
        made = Scene(House(store, served.url, served.token, peer, microsoft, client), engine)

        async def again() -> None:
            nonlocal served
            await served.stop()
            served = await start(served.port)

        made.open_again = again
        yield made
        await made.house.close()
        await served.stop()


async def _waited(work: Awaitable[None]) -> None:
    await work
