"""Pages and files of one talk behind a signed link: the plan to print and to put in a calendar, and one's own data.

That data can be erased here too: opening the page does nothing yet, only its button does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.guard import Guard, Refused
from bot.channels.http import refusal
from coach.domain.content import Content
from coach.report import calendar, page, record
from coach.report.labels import Labels
from coach.report.links import Links, Paper
from coach.store.privacy import Vault
from coach.usecases.privacy import Kept, Terms
from coach.usecases.sheet import sheet_of
from coach.usecases.spoken import spoken

T = TypeVar("T")
Draw = Callable[[Kept, str, str], bytes]
CHANNEL = "papers"
POLICY = (
    f"default-src 'none'; style-src {page.style_source()}; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PRIVATE = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "content-security-policy": POLICY,
}
MEDIA = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
}
NAMES = {"pdf": "afspraak.pdf", "ics": "afspraak.ics", "json": "mijn-gegevens.json"}
KINDS = {Paper.PLAN: ("html", "pdf", "ics"), Paper.DATA: ("html", "json"), Paper.ERASE: ("html",)}
Erase = Callable[[Kept], Awaitable[None]]
"""Removes a talk, of which all that is kept is given, and tells whoever still shows it."""


class Papers:
    def __init__(
        self,
        vault: Vault,
        links: Links,
        content: Content,
        terms: Terms,
        guard: Guard,
        erase: Erase,
    ) -> None:
        self._vault, self._links, self._content = vault, links, content
        self._terms, self._guard, self._erase = terms, guard, erase
        self._labels = Labels.of(content.figure)
        # one at a time: a PDF keeps a core busy for a second, and turns go first
        self._thread = ThreadPoolExecutor(1, "papers")

    def routes(self) -> list[Route]:
        return [
            Route(f"/{Paper.PLAN}/{{name}}", self._guarded(Paper.PLAN)),
            Route(f"/{Paper.DATA}/{{name}}", self._guarded(Paper.DATA)),
            Route(f"/{Paper.ERASE}/{{name}}", self._guarded(Paper.ERASE), methods=["GET", "POST"]),
        ]

    def stop(self) -> None:
        self._thread.shutdown(wait=True)

    def _guarded(self, paper: Paper) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                return await self._answer(paper, request)
            except Refused as refused:
                self._guard.refuse(CHANNEL, refused.code)
                return told(request, refused)

        return answer

    async def _answer(self, paper: Paper, request: Request) -> Response:
        token, _, kind = request.path_params["name"].rpartition(".")
        talk = self._links.read(paper, token)
        if talk is None or kind not in KINDS[paper]:
            raise Refused(404, "link_ended")
        self._guard.admit(CHANNEL, talk)
        kept = await self._off_loop(self._vault.everything, talk)
        if kept is None:
            raise Refused(404, "link_ended")
        if request.method == "POST":
            return await self._wipe(kept)
        drawers: dict[Paper, Draw] = {
            Paper.PLAN: self._plan,
            Paper.DATA: self._data,
            Paper.ERASE: self._ask,
        }
        body = await self._off_loop(drawers[paper], kept, token, kind)
        headers = dict(PRIVATE)
        if kind in NAMES:
            headers["content-disposition"] = f'attachment; filename="{NAMES[kind]}"'
        return Response(body, media_type=MEDIA[kind], headers=headers)

    def _plan(self, kept: Kept, token: str, kind: str) -> bytes:
        sheet = sheet_of(self._content, kept.state)
        if sheet is None:
            raise Refused(404, "no_plan")
        row = kept.rows("talks")[0]
        made = self._day(row["updated_at"])
        if kind == "pdf":
            try:
                return page.plan_pdf(sheet, self._labels, made)
            except page.NoPdf:
                raise Refused(503, "no_pdf") from None
        file = calendar.draw_up(sheet, row["id"], row["updated_at"].replace(tzinfo=UTC))
        if kind == "ics":
            if file is None:
                raise Refused(404, "no_date")
            return file
        links = {"pdf": f"{token}.pdf"} | ({"ics": f"{token}.ics"} if file else {})
        return page.plan_html(sheet, self._labels, made, links).encode()

    def _data(self, kept: Kept, token: str, kind: str) -> bytes:
        if kind == "json":
            plain = record.plain(kept)
            return json.dumps(plain, ensure_ascii=False, indent=2).encode()
        wipe = self._links.make(Paper.ERASE, kept.rows("talks")[0]["id"], "html")
        copy = f"{token}.json"
        return record.html(kept, self._content, self._terms, copy, urlsplit(wipe).path).encode()

    def _ask(self, kept: Kept, *_: str) -> bytes:
        """The one question before all is erased."""
        back = self._links.make(Paper.DATA, kept.rows("talks")[0]["id"], "html")
        return page.render("wipe.html.j2", done=False, back=urlsplit(back).path).encode()

    async def _wipe(self, kept: Kept) -> Response:
        await self._erase(kept)
        html = page.render("wipe.html.j2", done=True, backup_days=self._terms.backup_days)
        return Response(html, headers=PRIVATE, media_type=MEDIA["html"])

    def _day(self, moment: datetime) -> str:
        on: date = moment.replace(tzinfo=UTC).astimezone(calendar.AMSTERDAM).date()
        return f"{spoken(on, self._content)} {on.year}"

    async def _off_loop(self, call: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(*arguments))


def told(request: Request, refused: Refused) -> Response:
    """A sentence on a page for who follows a link, JSON for a script."""
    if "text/html" not in request.headers.get("accept", ""):
        answer: JSONResponse = refusal(refused)
        answer.headers["cache-control"] = "no-store"
        return answer
    html = page.render("refused.html.j2", sentence=refused.sentence())
    return Response(html, refused.status, PRIVATE, media_type=MEDIA["html"])
