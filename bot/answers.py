"""What every answer of the service has in common: protective headers, and a Dutch sentence when something went wrong."""

from __future__ import annotations

import logging
from pathlib import Path
from traceback import extract_tb

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.guard import Refused
from bot.channels.http import refusal
from bot.channels.papers import told
from bot.turns.worker import Kept

log = logging.getLogger("padwijzer")

HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


ONLY_HTTPS = {"strict-transport-security": "max-age=63072000; includeSubDomains"}
"""Two years; only where users come over https, or a browser would not find the service again."""


class SafeHeaders:
    """Puts the same protective headers on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, base_url: str = "") -> None:
        self._app = app
        self._headers = HEADERS | (ONLY_HTTPS if base_url.startswith("https://") else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)  # a page may be stricter
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class LastResort:
    """Answers what nobody foresaw with a Dutch sentence, and logs where it was: an error's text may hold people's words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            at = extract_tb(error.__traceback__)[-1]
            where = f"{Path(at.filename).name}:{at.lineno}"
            log.error("request.failed why=%s where=%s", type(error).__name__, where)
            if not begun:
                await refusal(Refused(500, "failed"))(scope, receive, send)
        return None


async def broken_store(_: Request, error: Exception) -> Response:
    log.error("store.failed why=%s", type(error).__name__)
    return refusal(Refused(503, "broken"))


async def kept(_: Request, error: Exception) -> Response:
    log.error("turn.kept why=%s", error)
    return refusal(Refused(503, "kept"))


async def no_page(request: Request, error: Exception) -> Response:
    """An address that leads nowhere, or not in this way."""
    assert isinstance(error, HTTPException)
    answer = told(request, Refused(error.status_code, "no_page"))
    answer.headers.update(error.headers or {})
    return answer


WHEN_WRONG = {SQLAlchemyError: broken_store, Kept: kept, 404: no_page, 405: no_page}
