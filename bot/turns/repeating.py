"""A look that is taken again and again while the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress


class Repeating:
    """Looks every so many seconds until it is stopped; a look that fails is told, and taken again."""

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        failed: Callable[[Exception], None],
        *,
        every: float,
        longest: float | None = None,
        first_after: float = 0.0,
    ) -> None:
        """While looks fail the wait doubles, up to `longest` seconds when that is given."""
        self._look, self._failed = look, failed
        self._every, self._longest, self._first_after = every, longest or every, first_after
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._repeat())

    async def stop(self) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        if self._task:
            await self._task

    async def _repeat(self) -> None:
        wait = self._first_after
        while not await self._stopped_within(wait):
            try:
                await self._look()
                wait = self._every
            except Exception as error:
                wait = min(self._longest, 2 * (wait or self._every))
                self._failed(error)

    async def _stopped_within(self, seconds: float) -> bool:
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
        return self.is_stopping
