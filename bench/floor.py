"""The least that any bot on this machine needs for a message: an ASGI echo, which encodes a typed text once."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from coach.wiring import language

PRESSED = "/"
"""So the payload of a button begins."""


def create() -> Starlette:
    encoder = language().encoder

    async def echo(request: Request) -> JSONResponse:
        said = (await request.json())["message"]
        if not said.startswith(PRESSED):
            encoder.encode([said])
        return JSONResponse([{"text": said}])

    return Starlette(routes=[Route("/webhooks/rest/webhook", echo, methods=["POST"])])
