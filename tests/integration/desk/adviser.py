"""An adviser at the desk of a running service, over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy.engine import Engine

from coach.desk.visit import COOKIE
from coach.store.advisers import Advisers, DeskRole

BROWSER = "Toetsbrowser"
INBOX = "/desk/overdrachten"


@dataclass
class AtWork:
    """Signed in, with what a browser would keep."""

    client: httpx.AsyncClient
    id: str
    token: str
    csrf: str

    @classmethod
    def begin(
        cls,
        database: Engine,
        client: httpx.AsyncClient,
        name: str,
        *,
        manager: bool = False,
        now: datetime | None = None,
    ) -> AtWork:
        now = now or datetime.now(UTC).replace(tzinfo=None)
        advisers = Advisers(database)
        role = DeskRole.MANAGER if manager else DeskRole.ADVISER
        email = f"{name.split()[0].lower()}@desk.test"
        key = advisers.add(email, name, role, None, now)
        token = advisers.begin(key, BROWSER, now)
        session = advisers.session(token, BROWSER, now)
        assert session is not None
        return cls(client, key, token, session.csrf)

    async def read(self, path: str = INBOX) -> str:
        answer = await self.client.get(path, headers=self._headers())
        assert answer.status_code == 200, answer.status_code
        return answer.text

    async def status(self, path: str) -> int:
        return (await self.client.get(path, headers=self._headers())).status_code

    async def submit(self, path: str, **fields: Any) -> httpx.Response:
        given = {"csrf": self.csrf, **fields}
        return await self.client.post(path, data=given, headers=self._headers())

    async def waiting(self) -> list[str]:
        """The addresses of who waits, as the first page of the desk lists them."""
        return list(dict.fromkeys(re.findall(rf"{INBOX}/[0-9a-f]+", await self.read())))

    async def take(self, address: str, seen: str = "") -> httpx.Response:
        return await self.submit(f"{address}/aannemen", van=seen)

    async def answer(self, address: str, text: str, form: str = "een") -> httpx.Response:
        return await self.submit(f"{address}/antwoord", antwoord=text, nummer=form)

    async def give_back(self, address: str, form: str = "eind") -> httpx.Response:
        return await self.submit(f"{address}/teruggeven", nummer=form)

    def _headers(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.token}", "user-agent": BROWSER}
