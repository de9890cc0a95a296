"""Templates of the desk, and the headers that every page carries."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from coach.domain.checkin import AMSTERDAM

ROOM = Path(__file__).parent
STATIC = ROOM / "static"

HEADERS = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "referrer-policy": "same-origin",  # with no-referrer a browser hides where a form comes from
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}


@cache
def templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["moment"] = moment
    return made


def moment(at: datetime) -> str:
    """A time of the store (UTC) as clocks in the Netherlands show it."""
    return at.replace(tzinfo=UTC).astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M")


def page(template: str, status: int = 200, **given: Any) -> HTMLResponse:
    """A page of the desk; nobody else keeps a copy of it."""
    made = templates().get_template(f"{template}.html.j2").render(**given)
    return HTMLResponse(made, status, headers=HEADERS)
