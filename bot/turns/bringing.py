"""Brings a message of the desk into its talk at once; the desk works in threads, the talks on the loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.turns.delivery import Delivery
from coach.store.turn import Waiting

PATIENCE = 3.0
"""Seconds that a page of the desk waits, so that it shows what came of it; after that it comes all the same."""


class Bringing:
    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        self._loop = None

    def bring(self, message: Waiting) -> None:
        """From a thread: hold the turn of a message that is in the inbox, and send what it gives.

        When the service is going down nothing is lost: the inbox is taken up by another copy, or at the next start.
        """
        if self._loop is None:
            return
        held = asyncio.run_coroutine_threadsafe(self._delivery.hold(message), self._loop)
        with suppress(TimeoutError):
            held.result(PATIENCE)
