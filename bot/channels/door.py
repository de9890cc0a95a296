"""What every channel gives the front door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.routing import BaseRoute

from bot.turns.delivery import Pusher


class Door:
    """Routes, and a pusher where replies do not go out with the answer to a request."""

    channel: ClassVar[str]
    pusher: Pusher | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """What the channel listens to."""
        return ()

    async def forgotten(self, address: Mapping[str, Any]) -> None:
        """A talk with this address was erased from outside the channel; most have nothing to clear."""

    async def start(self) -> None:
        """Called when the service begins, after the inbox was taken up."""

    async def stop(self) -> None:
        """Called when the service ends."""
