"""How the service is, for operators and their tools: numbers only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.turns.delivery import Delivery


def health(delivery: Delivery) -> Callable[[Request], Awaitable[Response]]:
    """`{"status": "ok"}`, and the platforms that cannot be reached when there are any."""

    async def answer(_: Request) -> Response:
        report: dict[str, Any] = {"status": "ok"}
        away = [
            {
                "channel": trouble.channel,
                "talks": trouble.talks,
                "since": f"{trouble.since:%Y-%m-%dT%H:%M:%SZ}",
                "why": trouble.why,
            }
            for trouble in delivery.troubles()
        ]
        return JSONResponse(report | ({"away": away} if away else {}))

    return answer
