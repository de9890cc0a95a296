"""An adviser at the desk of the whole service, who holds talks with clients."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx
from starlette.applications import Starlette
from talking import Store, value_of

from coach.desk.visit import COOKIE
from coach.store.advisers import Advisers, DeskRole
from coach.store.organisations import Organisations

BASE = "http://bot.test"
AGENT = "Toetsbrowser/1.0"


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass
class ClientVisitor:
    """One adviser in one browser; `organisation` is theirs."""

    store: Store
    app: Starlette
    name: str = "anna"
    role: DeskRole = DeskRole.ADVISER
    client: httpx.AsyncClient = field(init=False)
    page: str = ""
    """The page that was seen last."""

    def __post_init__(self) -> None:
        advisers = Advisers(self.store.database)
        self.id = advisers.add(f"{self.name}@desk.test", self.name.title(), self.role, None, now())
        self.organisation = Organisations(self.store.database).add(
            f"Zorggroep {self.name.title()}", self.id, now()
        )
        self.token = advisers.begin(self.id, AGENT, now())
        session = advisers.session(self.token, AGENT, now())
        assert session
        self.csrf = session.csrf
        transport = httpx.ASGITransport(self.app)
        headers = {"user-agent": AGENT, "cookie": f"{COOKIE}={self.token}"}
        self.client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def get(self, path: str, status: int = 200) -> str:
        response = await self.client.get(path)
        assert response.status_code == status, (path, response.status_code, response.headers)
        self.page = response.text
        return self.page

    async def submit(self, path: str, **fields: Any) -> httpx.Response:
        response = await self.client.post(path, data={"csrf": self.csrf, **fields})
        if response.status_code != 303:
            self.page = response.text
        return response

    async def done(self, path: str, **fields: Any) -> str:
        """A form that is taken; gives where it leads, and looks there."""
        response = await self.submit(path, **fields)
        assert response.status_code == 303, (path, response.status_code, text_of(response.text))
        where: str = response.headers["location"]
        await self.get(where.partition("#")[0])
        return where

    # --- talks ---

    async def begin(self, title: str = "Eerste gesprek", known: bool = True, **more: str) -> str:
        """A new talk; gives its address."""
        given = {"organisatie": self.organisation, "titel": title, "notitie": "", **more}
        where = await self.done("/desk/gesprekken", **given, **({"weet": "ja"} if known else {}))
        return where.removesuffix("/praten")

    @property
    def buttons(self) -> dict[str, str]:
        """The buttons on the page that was seen last: what each stands for, and its payload."""
        found = [unescape(b) for b in re.findall(r'name="knop" value="([^"]*)"', self.page)]
        return {value_of(payload): payload for payload in found}

    @property
    def form_id(self) -> str:
        found = re.search(r'name="id" value="([^"]+)"', self.page)
        assert found
        return found[1]

    async def press(self, talk: str, *values: str) -> str:
        for value in values:
            payload = self.buttons[value]
            await self.done(f"{talk}/praten", knop=payload, id=self.form_id)
        return self.page

    async def type(self, talk: str, text: str) -> str:
        await self.done(f"{talk}/praten", tekst=text, id=self.form_id)
        return self.page

    async def fill(self, talk: str, **levels: str) -> httpx.Response:
        """Send the form with these levels, beside what stands in it."""
        page = await self.get(f"{talk}/formulier")
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        filled = dict(re.findall(r'name="(niveau-[\w.]+)" value="(\w+)" checked', page))
        later = {"later": "ja"} if levels.pop("later", "") else {}
        given = {f"niveau-{q.replace('__', '.')}": level for q, level in levels.items()}
        return await self.submit(f"{talk}/formulier", **{**hidden, **filled, **given, **later})


def text_of(html: str) -> str:
    """What a page says, without its marks."""
    body = re.sub(r"<(svg|style|head|footer)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))).strip()
