"""The page on which people say what they think of their talk: without a script, and without who they are.

The link is good for a week and holds a random number, no talk. What is sent becomes counts; that a link was
used is remembered in memory only, so that nothing that is stored leads from a talk to an opinion.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.form import reading
from bot.channels.guard import Guard, Refused
from bot.channels.origins import Origins
from coach.domain.opinions import MARKS, Statements
from coach.report.links import Links, Paper
from coach.store.opinions import Opinions
from coach.wiring import today

ROOM = Path(__file__).parent
CHANNEL = "opinion"
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex", "referrer-policy": "same-origin"}
MOST_USED = 50_000


class OpinionPage:
    def __init__(
        self, database: Engine, links: Links, statements: Statements, guard: Guard, origins: Origins
    ) -> None:
        self._store, self._links, self._statements = Opinions(database), links, statements
        self._guard, self._origins = guard, origins
        self._used: set[str] = set()

    def routes(self) -> Sequence[BaseRoute]:
        path = f"/{Paper.OPINION}/{{name}}"
        return [Route(path, self.show), Route(path, self.take, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        try:
            self._link(request)
        except Refused as refused:
            return self._refused(refused)
        return self._page()

    async def take(self, request: Request) -> Response:
        """Count what was chosen; a page on which nothing was chosen comes back."""
        try:
            link = self._link(request)
            origin = request.headers.get("origin")
            if origin and not self._origins.is_own(origin, request.headers.get("host")):
                raise Refused(403, "not_allowed")
            marks = self._marks(await reading.read(request))
        except Refused as refused:
            return self._refused(refused)
        if link in self._used:
            return self._said("thanks_title", "twice")
        if not marks:
            return self._page(422, empty=True)
        self._use(link)
        try:
            await asyncio.to_thread(self._store.add, marks, today())
        except Exception:
            self._used.discard(link)
            raise
        return self._said("thanks_title", "thanks")

    def _link(self, request: Request) -> str:
        token, _, kind = str(request.path_params["name"]).rpartition(".")
        link = self._links.read(Paper.OPINION, token)
        if link is None or kind != "html":
            raise Refused(404, "link_ended")
        self._guard.admit(CHANNEL, link)
        return link

    def _marks(self, given: Mapping[str, str]) -> dict[str, int]:
        allowed = {str(mark): mark for mark in MARKS}
        chosen = {item.id: given.get(item.id, "") for item in self._statements.items}
        return {name: allowed[value] for name, value in chosen.items() if value in allowed}

    def _use(self, link: str) -> None:
        if len(self._used) >= MOST_USED:
            self._used.clear()
        self._used.add(link)

    def _page(self, status: int = 200, *, empty: bool = False) -> Response:
        heading = texts()["title"]
        more = {"asking": True, "empty": empty, "statements": self._statements, "sentence": ""}
        return _html(status, heading=heading, **more)

    def _said(self, heading: str, sentence: str, status: int = 200) -> Response:
        t = texts()
        return _html(status, heading=t[heading], asking=False, sentence=t[sentence])

    def _refused(self, refused: Refused) -> Response:
        self._guard.refuse(CHANNEL, refused.code)
        heading = texts()["title"]
        return _html(refused.status, heading=heading, asking=False, sentence=refused.sentence())


@cache
def texts() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((ROOM / "texts.yml").read_text(encoding="utf-8"))
    return found


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOM),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _html(status: int, **filled: Any) -> Response:
    html = _templates().get_template("page.html.j2").render(t=texts(), **filled)
    return HTMLResponse(html, status, HEADERS)
