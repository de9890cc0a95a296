"""How the service is, for operators and their tools: numbers only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.turns.delivery import Delivery
from coach.store.database import reading

log = logging.getLogger("padwijzer")
PATIENCE = 3.0
"""Seconds in which a database that is well has answered."""


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


def ready(database: Engine) -> Callable[[Request], Awaitable[Response]]:
    """`{"status": "ready"}`, or 503 as long as no message can be kept: a proxy then sends people to another copy."""

    def look() -> None:
        with reading(database) as db:
            db.execute(text("SELECT 1"))

    async def answer(_: Request) -> Response:
        try:
            await asyncio.wait_for(run_in_threadpool(look), PATIENCE)
        except (SQLAlchemyError, TimeoutError) as error:
            log.error("ready.no why=%s", type(error).__name__)
            return JSONResponse({"status": "database away"}, 503)
        return JSONResponse({"status": "ready"})

    return answer
