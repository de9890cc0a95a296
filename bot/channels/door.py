"""What every channel gives the front door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.routing import BaseRoute

from bot.turns.delivery import Pusher
from coach.store.bell import Ring


class Door:
    """Routes, and a pusher where replies do not go out with the answer to a request."""

    channel: ClassVar[str]
    pusher: Pusher | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """What the channel listens to."""
        return ()

    async def forgotten(self, address: Mapping[str, Any]) -> None:
        """A talk with this address was erased from outside the channel; most have nothing to clear."""

    async def rung(self, ring: Ring) -> None:
        """Another copy of the service has news of a talk; for who holds a line open here."""

    async def catch_up(self) -> None:
        """Rings may have been missed: show everybody on the line the newest."""

    async def start(self) -> None:
        """Called when the service begins, after the inbox was taken up."""

    async def stop(self) -> None:
        """Called when the service ends."""
