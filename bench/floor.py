"""The least that any bot on this machine needs for a message: a bare ASGI echo, and one that encodes the text once."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from coach.wiring import language


def create() -> Starlette:
    encoder = language().encoder

    async def bare(request: Request) -> JSONResponse:
        given = await request.json()
        return JSONResponse([{"text": given["message"]}])

    async def encoded(request: Request) -> JSONResponse:
        given = await request.json()
        encoder.encode([given["message"]])
        return JSONResponse([{"text": given["message"]}])

    return Starlette(
        routes=[
            Route("/bare", bare, methods=["POST"]),
            Route("/encoded", encoded, methods=["POST"]),
        ]
    )
