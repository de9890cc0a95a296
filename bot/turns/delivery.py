"""Sends stored replies to platforms that have to be called: in order, again when it failed, also after a restart."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from bot.turns.showing import Reply
from bot.turns.worker import Turns
from coach.store.clock import utc_now
from coach.store.deliveries import Address, Trouble
from coach.store.ledger import Ledger
from coach.store.turn import Waiting

log = logging.getLogger("padwijzer.delivery")
T = TypeVar("T")
Sweep = Callable[[], Coroutine[Any, Any, None]]

AT_ONCE = 4
"""Talks of a channel that are sent to at the same time; on PostgreSQL each takes a connection."""
SECONDS_A_SEND = 20.0
SECONDS_TO_FINISH = 5.0
LONGEST_WAIT = 60.0
LONGEST_ASKED = 3600.0
REPLIES = uuid.UUID("5f4a3c0e-9d41-4f6e-8a77-1c2d9b6e0f35")
"""Under it the keys of replies are made; a line of a talk is never used for another reply."""
MOST_ERRORS = 8
"""A reply that a channel cannot send is left out after so many errors, so that it does not block the next."""


class Later(Exception):
    """The platform is away or asks to wait: try again after so many seconds, or when we think best."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Gone(Exception):
    """Nobody can be reached at this address any more."""


class Pusher(Protocol):
    """A channel's way to send one reply; raises Later or Gone.

    `key` is the same whenever the same reply is sent again, for example because the service was killed before
    it could note that the platform had it: a platform that knows such keys shows the reply once.
    """

    async def send(
        self, address: Mapping[str, Any], message: Mapping[str, Any], line: int, key: str = ""
    ) -> None: ...


class Delivery:
    def __init__(
        self,
        turns: Turns,
        ledger: Ledger,
        *,
        every: float = 5.0,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._turns, self._store = turns, ledger.deliveries
        self._every, self._now = every, now
        self._pushers: dict[str, Pusher] = {}
        self._places: dict[str, asyncio.Semaphore] = {}
        self._troubles: list[Trouble] = []
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(AT_ONCE, "delivery")
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping, self._closing = asyncio.Event(), False

    def register(self, channel: str, pusher: Pusher) -> None:
        """Replies of this channel go out through this pusher."""
        self._pushers[channel] = pusher
        self._places[channel] = asyncio.Semaphore(AT_ONCE)

    def answer(self, waiting: Waiting) -> None:
        """After the platform got its answer: hold the turn and send its replies, in the background."""
        self._begin(self._answer(waiting))

    async def hold(self, waiting: Waiting) -> None:
        """Hold the turn of a message and send its replies; what fails is tried again."""
        await self._safely(self._answer(waiting))

    async def take_up(self, waiting: Waiting) -> bool:
        """The same for a message that seems to have nobody; False when somebody has it, or it failed again."""
        try:
            taken = await self._turns.take_up(waiting)
        except Exception as error:
            log.error("turn.kept message=%s why=%s", waiting.id, type(error).__name__)
            return False
        if taken:
            await self._safely(self.push(waiting.talk))
        return taken

    async def push(self, talk: str) -> None:
        """Send a talk's replies that were not sent, in order, until one has to wait."""
        address = await self._off_loop(self._store.address, talk)
        if address is None or address.channel not in self._pushers:
            return
        lane = self._lanes.setdefault(talk, asyncio.Lock())
        async with lane, self._places[address.channel]:
            holding = self._store.hold(talk)
            ours = await self._off_loop(holding.__enter__)
            try:
                # else another copy is sending, and what it misses comes with the next sweep
                if ours:
                    await self._push(talk)
            finally:
                await self._off_loop(holding.__exit__, None, None, None)

    async def sweep(self) -> None:
        """Send what is due: replies that were not sent."""
        await asyncio.gather(*(self._sweep(channel) for channel in self._pushers))

    async def start(self) -> None:
        """Sweep now and every few seconds; each channel by itself, so that none waits for another."""
        sweeps: list[Sweep] = [partial(self._sweep, channel) for channel in self._pushers]
        loop = asyncio.get_running_loop()
        self._loops = [loop.create_task(self._repeat(sweep)) for sweep in sweeps]

    async def stop(self) -> None:
        """Finish what is being sent if that is soon done; the rest is taken up at the next start."""
        self._stopping.set()
        busy = {*self._loops, *self._tasks}
        if busy:
            _, busy = await asyncio.wait(busy, timeout=SECONDS_TO_FINISH)
        self._closing = True
        if busy:
            _, busy = await asyncio.wait(busy, timeout=SECONDS_A_SEND)
        for task in busy:
            task.cancel()
        self._threads.shutdown(wait=True)

    def troubles(self) -> list[Trouble]:
        """What waits and why, as of the last sweep."""
        return list(self._troubles)

    async def _answer(self, waiting: Waiting) -> None:
        try:
            await self._turns.handle(waiting)
        except Exception as error:  # it is in the inbox, and is taken up from there
            log.error("turn.kept message=%s why=%s", waiting.id, type(error).__name__)
        else:
            await self.push(waiting.talk)

    async def _sweep(self, channel: str) -> None:
        due = await self._off_loop(self._store.due, channel, self._now())
        await asyncio.gather(*(self._safely(self.push(talk)) for talk in due))
        await self._note_troubles()

    async def _push(self, talk: str) -> None:
        address = await self._off_loop(self._store.address, talk)
        if address is None or (address.next_at and address.next_at > self._now()):
            return
        while replies := await self._turns.unsent(talk):
            for reply in replies:
                if self._closing or not await self._send(talk, address, reply):
                    return
                address = replace(address, tries=0, errors=0)

    async def _send(self, talk: str, address: Address, reply: Reply) -> bool:
        """Send one reply; False when the talk has to wait."""
        key = str(uuid.uuid5(REPLIES, f"{talk}:{reply.line}"))
        pusher = self._pushers[address.channel]
        sending = pusher.send(address.data, reply.message, reply.line, key)
        try:
            await asyncio.wait_for(sending, SECONDS_A_SEND)
        except Exception as error:
            if not await self._failed(talk, address, reply.id, error):
                return False
        await self._off_loop(self._store.delivered, talk, reply.id)
        return True

    async def _failed(self, talk: str, address: Address, reply: int, error: Exception) -> bool:
        """Decide what a failure means; True when this reply is to be left out."""
        why, channel = type(error).__name__, address.channel
        if isinstance(error, Gone):
            log.warning("delivery.gone channel=%s", channel)
            await self._off_loop(self._store.forget, talk)
            return False
        expected = isinstance(error, Later | TimeoutError)
        tried = replace(
            address, tries=address.tries + 1, errors=address.errors + (0 if expected else 1)
        )
        if tried.errors >= MOST_ERRORS:
            log.error("delivery.left_out channel=%s reply=%s why=%s", channel, reply, why)
            return True
        asked = min(error.seconds, LONGEST_ASKED) if isinstance(error, Later) else 0.0
        wait = max(asked, min(LONGEST_WAIT, 2.0 ** min(address.tries, 10)))
        log.warning("delivery.later channel=%s why=%s tries=%s", channel, why, tried.tries)
        when = self._now() + timedelta(seconds=wait)
        await self._off_loop(self._store.postpone, talk, tried, when, why)
        return False

    async def _repeat(self, sweep: Sweep) -> None:
        while not self._stopping.is_set():
            await self._safely(sweep())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)

    async def _note_troubles(self) -> None:
        before = {trouble.channel for trouble in self._troubles}
        self._troubles = await self._off_loop(self._store.troubles)
        for trouble in self._troubles:
            if trouble.channel not in before:
                log.error("delivery.away channel=%s talks=%s", trouble.channel, trouble.talks)
        for channel in before - {trouble.channel for trouble in self._troubles}:
            log.info("delivery.back channel=%s", channel)

    async def _safely(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # told and tried again at the next sweep
            log.error("delivery.failed why=%s", type(error).__name__)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._safely(work))
        self._tasks.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._tasks.discard)

    async def _off_loop(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: call(*arguments)
        )
