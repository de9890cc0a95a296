"""Reading and answering JSON over HTTP, the same for every door."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.channels.guard import MOST_BYTES, Refused

TOO_FAST = 429


async def read_body(request: Request, kind: str, otherwise: str, most: int) -> bytes:
    """The body, of one content type and at most so many bytes; another type is refused as `otherwise`."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != kind:
        raise Refused(415, otherwise)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Refused(413, "too_big")
    return body


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object."""
    body = await read_body(request, "application/json", "no_json", MOST_BYTES)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "no_json") from None
    if not isinstance(data, dict):
        raise Refused(400, "no_json")
    return data


def refusal(refused: Refused) -> JSONResponse:
    error = {"code": refused.code, "message": refused.sentence()}
    headers = {"retry-after": "1"} if refused.status == TOO_FAST else None
    return JSONResponse({"error": error}, refused.status, headers)
