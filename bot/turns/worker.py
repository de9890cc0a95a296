"""Takes messages one by one a talk: inbox, turn, outbox.

A message is in the inbox before its channel gets an answer. Its turn is computed in memory and stored in
one transaction; only what was stored is shown. After a crash the inbox is taken up again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from bot.channels.guard import Guard
from bot.engine import COMMAND, Engine
from bot.turns.answering import Answering
from bot.turns.arriving import Arrivals
from bot.turns.showing import Answer, Reply, Showing
from coach.settings import Settings
from coach.store import codes
from coach.store.handovers import Handovers
from coach.store.ledger import Ledger, sender_hash
from coach.store.rounds import Rounds
from coach.store.turn import Line, Overtaken, Stored, Talk, Turn, Waiting
from coach.usecases.invitations import Invitation

log = logging.getLogger("padwijzer.turns")
T = TypeVar("T")

THREADS = 8
TURNS_AT_ONCE = 6
"""Fewer than the threads, so that one is free to take messages in; each takes two of the pool's connections."""


class Kept(Exception):
    """The message is in the inbox, but its turn could not be stored; it goes before the next one."""


class Watch(Protocol):
    """Told of every turn that was stored."""

    def turn(self, message: Waiting, *, failed: bool, seconds: float) -> None: ...


class Turns:
    def __init__(
        self,
        engine: Engine,
        ledger: Ledger,
        secret: bytes,
        guard: Guard | None = None,
        pause: timedelta = Settings.pause,
        watch: Watch | None = None,
    ) -> None:
        self._engine, self._ledger = engine, ledger
        self._secret, self._watch, self._showing = secret, watch, Showing(secret)
        self._arrivals, self._rounds = Arrivals(secret), Rounds(ledger.database)
        staffed = Handovers(ledger.database).staffed
        self.answering = Answering(engine, guard or Guard(), pause, staffed, self._invitation)
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(THREADS, "ledger")
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)

    async def receive(
        self, channel: str, sender: str, message_id: str, text: str, payload: str | None = None
    ) -> list[Reply]:
        """Take a message and hold its turn; the same message id gives the same replies again."""
        message = await self.take(channel, sender, message_id, text, payload)
        with _kept():
            return await self.handle(message)

    async def answer(self, channel: str, sender: str, message_id: str, text: str) -> Answer:
        """The same for who wants to know how the talk then stands: that is read as the turn is stored."""
        message = await self.take(channel, sender, message_id, text)
        with _kept():
            concluded = await self._held(message, self._ledger.conclude)
            if concluded is None:
                stored, hashed = await self._stored(message), self.sender_hash(channel, sender)
                found = await self._off_loop(self._ledger.standing, channel, hashed)
                assert found is not None
                concluded = stored, *found
        stored, talk, unsent = concluded
        replies = self._showing.replies(message.talk, stored)
        return Answer(replies, talk, self._showing.replies(talk.id, unsent))

    async def take(
        self,
        channel: str,
        sender: str,
        message_id: str,
        text: str,
        payload: str | None = None,
        address: Mapping[str, Any] | None = None,
        door: str | None = None,
    ) -> Waiting:
        """Put a message in the inbox, and keep where its replies go if the platform has to be called."""
        hashed, arrival = self.sender_hash(channel, sender), None
        coming = None if door else self._arrivals.look(channel, hashed, text, payload)
        if coming:
            text, payload, arrival, door = coming.text, None, coming.arrival, codes.DOOR
        elif door is None and payload is None and not text.startswith(COMMAND):
            self._engine.foresee(text)  # a script sends a button as text: nobody reads that
        accept = self._ledger.accept
        return await self._off_loop(
            accept, channel, hashed, message_id, text, payload, address, door, arrival
        )

    async def handle(self, message: Waiting) -> list[Reply]:
        stored = await self._held(message, self._ledger.commit)
        if stored is None:
            stored = await self._stored(message)
        return self._showing.replies(message.talk, stored)

    async def _held(self, message: Waiting, commit: Callable[[Turn], T]) -> T | None:
        """What `commit` gave for its turn; None when that was stored before."""
        async with self._lanes.setdefault(message.talk, asyncio.Lock()):
            # a fresh message needs no look: under its lock the ledger says what is due
            if message.fresh or await self._off_loop(self._ledger.is_waiting, message):
                async with self._places:
                    return (await self._hold(message, commit))[1]
        return None

    async def _stored(self, message: Waiting) -> list[Stored]:
        return await self._off_loop(self._ledger.replies, message)

    async def resume(self) -> int:
        """Take up every message that was waiting when the service stopped; returns how many.

        One that another copy is busy with has had its effect by the time its talk is free.
        """
        waiting = await self._off_loop(self._ledger.waiting)
        for message in waiting:
            try:
                await self.handle(message)
            except Exception as error:  # one bad message keeps nobody else waiting
                log.error("turn.kept message=%s why=%s", message.id, type(error).__name__)
        return len(waiting)

    async def take_up(self, message: Waiting) -> bool:
        """Hold the turn of a message that seems to have nobody; False when its talk is being held after all."""
        lane = self._lanes.setdefault(message.talk, asyncio.Lock())
        if lane.locked():
            return False
        async with lane, self._places:
            return (await self._hold(message, self._ledger.commit, wait=False))[0]

    async def _hold(
        self, message: Waiting, commit: Callable[[Turn], T], *, wait: bool = True
    ) -> tuple[bool, T | None]:
        """Whether its talk is ours to hold, and what `commit` gave when its turn was stored now.

        Reading and writing each take one visit to the threads, the lock of the talk with them.
        """
        holding, stored = ExitStack(), None
        begun = await self._off_loop(self._begin, holding, message, wait)
        if begun is None:
            return False, None
        (due, talk), held = begun, True
        try:
            for one in due:
                started = time.perf_counter()
                if talk is None:  # the turn before it moved it on
                    talk = await self._off_loop(self._ledger.load, one.talk)
                turn, talk = await self.answering.turn(one, talk), None
                last = one is due[-1]
                stored = await self._off_loop(_letting_go, commit, turn, holding if last else None)
                held = not last
                if self._watch:
                    took = time.perf_counter() - started
                    self._watch.turn(one, failed=turn.failed, seconds=took)
        except Overtaken:
            stored = None
            log.info("turn.overtaken message=%s", message.id)
        finally:
            if held:  # the last turn that was stored let go of it
                await self._off_loop(holding.close)
        return True, stored

    def _begin(
        self, holding: ExitStack, message: Waiting, wait: bool
    ) -> tuple[list[Waiting], Talk | None] | None:
        with ExitStack() as held:
            if not held.enter_context(self._ledger.hold(message.talk, wait=wait)):
                return None
            begun = self._ledger.begin(message)
            holding.push(held.pop_all())
            return begun

    async def _invitation(self, code: str, talk: str) -> Invitation | None:
        return await self._off_loop(self._rounds.invitation, code, talk)

    def sender_hash(self, channel: str, sender: str) -> str:
        """A channel's own user id as a keyed hash: the id itself is not stored."""
        return sender_hash(self._secret, channel, sender)

    async def shown(self, replies: list[Reply]) -> None:
        await self._off_loop(self._ledger.mark_sent, [reply.id for reply in replies])

    async def line_of(self, message: Waiting) -> int | None:
        """Which line of its talk a message became; None when the talk was erased."""
        return await self._off_loop(self._ledger.line_of, message)

    async def unsent(self, talk: str) -> list[Reply]:
        return self._showing.replies(talk, await self._off_loop(self._ledger.unsent, talk))

    async def forget(self, channel: str, sender: str) -> None:
        """Remove a sender's talk from the store; a turn under way is finished first."""
        hashed = self.sender_hash(channel, sender)
        talk = await self._off_loop(self._ledger.talk_of, channel, hashed)
        if talk is not None:
            await self.erase(talk)

    async def erase(self, talk: str) -> None:
        """Remove a talk with all that hangs on it; a turn under way is finished first."""
        async with self._lanes.setdefault(talk, asyncio.Lock()):
            holding = self._ledger.hold(talk)
            await self._off_loop(holding.__enter__)
            try:
                await self._off_loop(self._ledger.erase, talk)
            finally:
                await self._off_loop(holding.__exit__, None, None, None)

    async def find_talk(self, channel: str, sender: str) -> Talk | None:
        """A sender's talk as it stands, or None when there is none yet."""
        return await self._off_loop(self._ledger.find, channel, self.sender_hash(channel, sender))

    async def is_busy(self, channel: str, sender: str) -> bool:
        """Whether an answer to this sender is still to come, whichever copy of the service works on it."""
        hashed = self.sender_hash(channel, sender)
        talk = await self._off_loop(self._ledger.talk_of, channel, hashed)
        return talk is not None and await self._off_loop(self._ledger.is_busy, talk)

    async def page(self, channel: str, sender: str, after: int) -> tuple[Talk | None, list[Line]]:
        """A sender's talk as it stands, or None when there is none yet, with its lines behind line `after`."""
        hashed = self.sender_hash(channel, sender)
        talk, lines = await self._off_loop(self._ledger.page, channel, hashed, after) or (None, [])
        return talk, [self._showing.line(talk.id, line) for line in lines] if talk else []

    async def lines(self, talk: str, after: int) -> list[Line]:
        lines = await self._off_loop(self._ledger.lines, talk, after)
        return [self._showing.line(talk, line) for line in lines]

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    async def _off_loop(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: call(*arguments)
        )


@contextmanager
def _kept() -> Iterator[None]:
    """Whatever goes wrong from here on, the message is in the inbox."""
    try:
        yield
    except Exception as error:
        raise Kept(type(error).__name__) from error


def _letting_go(commit: Callable[[Turn], T], turn: Turn, holding: ExitStack | None) -> T:
    stored = commit(turn)
    if holding:
        holding.close()
    return stored
