"""The desk as its users meet it: advisers of two organisations, each in a browser of their own, and a clock to turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import uvicorn
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient
from talking import SECRET

from bot.answers import SafeHeaders
from bot.serving import config
from coach import settings
from coach.desk.app import Desk
from coach.desk.visit import COOKIE
from coach.store.accounts import Accounts
from coach.store.advisers import Adviser, Advisers, DeskRole
from coach.store.organisations import Organisations
from coach.store.turn import Waiting

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Toetsbrowser/1.0"
MORNING = datetime(2026, 11, 27, 8, 30)
ADDRESS = "http://desk.test"


@dataclass
class Clock:
    """The time of the desk, in UTC as the store keeps it."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)


class NoTalks:
    """In place of the service that holds talks, which the tests of the desk's doors do without."""

    def hold(self, message: Waiting) -> bool:
        return True

    def say(self, talk: str, id_: str, text: str, payload: str | None) -> bool:
        return True

    def show(self, talk: str, base: str, title: str, proof: str) -> str:
        return title

    def fill(
        self, talk: str, given: Mapping[str, str], base: str, title: str, proof: str
    ) -> tuple[int, str]:
        return 303, ""

    def go_on(self, talk: str, id_: str) -> bool:
        return True

    def erase(self, talk: str) -> None:
        pass


def app_of(engine: Engine, now: Clock, **environ: str) -> Starlette:
    """The desk alone: its real routes over a real database, without the engine of the talks."""
    own = {"PADWIJZER_SECRET": SECRET.decode(), "PADWIJZER_DATA": "unused"}
    given = settings.read({**own, "PADWIJZER_BASE_URL": ADDRESS, **environ})
    app = Starlette(routes=Desk(engine, given, now, talking=NoTalks()).routes())
    app.add_middleware(SafeHeaders)
    return app


class Visitor(TestClient):
    """One browser: it keeps cookies, and shows every redirect instead of following it."""

    def __init__(
        self,
        app: Starlette,
        browser: str = BROWSER,
        address: str = "192.0.2.1",
        base_url: str = ADDRESS,
    ) -> None:
        super().__init__(
            app,
            base_url=base_url,
            headers={"user-agent": browser},
            follow_redirects=False,
            client=(address, 50_000),
        )
        self.csrf = ""
        """Of the session this browser has; every form carries it."""

    def submit(self, path: str, **fields: Any) -> httpx.Response:
        """A form as the page of this session would send it."""
        return self.post(path, data={"csrf": self.csrf, **fields})


@dataclass
class House:
    """A desk with a manager, and two advisers who each work for an organisation of their own."""

    engine: Engine
    clock: Clock
    app: Starlette
    advisers: Advisers = field(init=False)
    accounts: Accounts = field(init=False)
    organisations: Organisations = field(init=False)
    people: dict[str, Adviser] = field(init=False)
    """By name: `manager`, `anna` and `bram`."""
    of: dict[str, str] = field(init=False)
    """The organisation of `anna` and of `bram`."""

    def __post_init__(self) -> None:
        self.advisers = Advisers(self.engine)
        self.accounts = Accounts(self.engine)
        self.organisations = Organisations(self.engine)
        roles = {"manager": DeskRole.MANAGER, "anna": DeskRole.ADVISER, "bram": DeskRole.ADVISER}
        for name, role in roles.items():
            self.add(name, role)
        self.people = {a.email.partition("@")[0]: a for a in self.advisers.all()}
        self.of = {
            "anna": self.organisations.add("Zorggroep De Linde", self.people["anna"].id, MORNING),
            "bram": self.organisations.add(
                "Bouwbedrijf Het Anker", self.people["bram"].id, MORNING
            ),
        }

    def add(self, name: str, role: DeskRole, password: str | None = None) -> str:
        """An account, by its id; `password` is a hash."""
        return self.advisers.add(f"{name}@desk.test", name.title(), role, password, MORNING)

    def visitor(self, address: str = "192.0.2.1", browser: str = BROWSER) -> Visitor:
        """A browser that nobody has signed in with."""
        return Visitor(self.app, browser, address)

    def signed_in(self, name: str) -> Visitor:
        """A browser with a session, without the slow check of a password."""
        visitor = self.visitor()
        visitor.cookies.set(COOKIE, self.token(name), domain="desk.test", path="/desk")
        visitor.csrf = self.csrf(visitor.cookies[COOKIE])
        return visitor

    def token(self, name: str, browser: str = BROWSER) -> str:
        """What the cookie of a new session holds."""
        return self.advisers.begin(self.people[name].id, browser, self.clock())

    def csrf(self, token: str, browser: str = BROWSER) -> str:
        session = self.advisers.session(token, browser, self.clock())
        assert session is not None
        return session.csrf


@contextmanager
def served(app: Starlette, port: int = 0) -> Iterator[str]:
    """An application on a real port, from a thread; gives its address."""
    server = uvicorn.Server(config(app, "127.0.0.1", port))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
