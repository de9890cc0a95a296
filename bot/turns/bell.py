"""Hears what the other copies of the service ring, and lets the doors show it to who is on the line here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import suppress

from sqlalchemy.engine import Engine

from bot.channels.door import Door
from coach.store.bell import Deaf, Listening, Ring

log = logging.getLogger("padwijzer.bell")

AGAIN = 1.0
"""Seconds until the next attempt when the database is away."""


class Bell:
    def __init__(self, database: Engine, doors: Sequence[Door], *, again: float = AGAIN) -> None:
        self._database, self._doors, self._again = database, doors, again
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._database.dialect.name == "postgresql":
            self._task = asyncio.create_task(self._keep_listening())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep_listening(self) -> None:
        while True:
            try:
                listening = await asyncio.to_thread(Listening, self._database)
                try:
                    # what was rung while nobody listened is lost, so everybody is brought up to date
                    await self._all(door.catch_up() for door in self._doors)
                    await self._listen(listening)
                finally:
                    listening.close()
            except Deaf as error:
                log.error("bell.lost why=%s", error)
                await asyncio.sleep(self._again)

    async def _listen(self, listening: Listening) -> None:
        loop, rung = asyncio.get_running_loop(), asyncio.Event()
        socket = listening.fileno()
        loop.add_reader(socket, rung.set)
        try:
            while True:
                heard = listening.heard()
                await self._all(self._pass_on(rings) for rings in _by_person(heard))
                await rung.wait()
                rung.clear()
        finally:
            loop.remove_reader(socket)

    async def _pass_on(self, rings: Iterable[Ring]) -> None:
        """One after the other for each person, so that order is kept."""
        for ring in rings:
            for door in self._doors:
                await door.rung(ring)

    async def _all(self, works: Iterable[Awaitable[None]]) -> None:
        for done in await asyncio.gather(*works, return_exceptions=True):
            if isinstance(done, Exception):  # a tab that asks again gets all of it
                log.error("bell.failed why=%s", type(done).__name__)


def _by_person(rings: Iterable[Ring]) -> Iterable[list[Ring]]:
    found: dict[str, list[Ring]] = {}
    for ring in rings:
        found.setdefault(ring.sender_hash, []).append(ring)
    return found.values()
