"""Reading a form of the desk: never more than a page of ours could send."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from coach.domain.errors import CoachError

MOST_FIELDS = 400
MOST_BYTES = 1_000_000


class BadForm(CoachError):
    """A form that no page of ours sends: too big, too many fields, or broken off."""


async def read_form(
    request: Request, most_fields: int = MOST_FIELDS, most_bytes: int = MOST_BYTES
) -> FormData:
    """The form that was sent; BadForm when it is too big or broken."""
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await request.receive()
        got += len(message.get("body", b""))
        if got > most_bytes:
            raise BadForm("too big")
        return message

    counting = Request(request.scope, counted)
    try:
        return await counting.form(max_fields=most_fields, max_files=5, max_part_size=most_bytes)
    except HTTPException as error:
        raise BadForm(error.detail) from None


def texts(form: FormData) -> dict[str, str]:
    """The fields as text; no database holds the NUL that only an attacker sends."""
    return {n: v.replace("\x00", "") for n, v in form.items() if isinstance(v, str)}
