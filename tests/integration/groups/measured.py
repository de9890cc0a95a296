"""An organisation that is measured: its desk, its people as kept talks, and a clock to turn."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import insert
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient
from talking import SECRET

from bot.answers import SafeHeaders
from coach import settings
from coach.desk.app import Desk
from coach.desk.visit import COOKIE
from coach.domain.answers import IN_ORDER, Answer, Level, Role
from coach.domain.interview import Interview, begin
from coach.store.advisers import Advisers, DeskRole
from coach.store.organisations import Organisations
from coach.store.privacy import Vault
from coach.store.records import AssessmentRecord
from coach.store.rounds import Joining, Rounds
from coach.store.tables import talks

BEGUN = datetime(2026, 11, 2, 9, 0)
BASE = "http://desk.test"


def interview(levels: str, role: Role = Role.MEDEWERKER, processes: str = "1") -> Interview:
    """A complete interview on invitation; `levels` for the ring questions, `processes` for those that follow."""
    here = begin("2026-11").for_team().choose_role(role).give_consent(True)
    ring, process = iter(levels), iter(processes)
    while question := here.next_question():
        level: Level = int(next(process, "1") if question.ring else next(ring, levels[-1]))
        here = here.record(Answer(question, level, "zo gaat het"))
    return here


@dataclass
class Measured:
    """Everything goes through the pages of the desk, except what people say."""

    engine: Engine
    at: datetime = BEGUN
    people: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = {"PADWIJZER_SECRET": SECRET.decode(), "PADWIJZER_DATA": "unused"}
        given = settings.read({**own, "PADWIJZER_BASE_URL": BASE})
        self.app = Starlette(routes=Desk(self.engine, given, lambda: self.at).routes())
        self.app.add_middleware(SafeHeaders)
        self.advisers, self.rounds = Advisers(self.engine), Rounds(self.engine)
        self.adviser = self.advisers.add("anna@desk.test", "Anna", DeskRole.ADVISER, None, self.at)
        self.client = TestClient(self.app, base_url=BASE, follow_redirects=False)
        self.sign_in()
        self.organisation = self.organise("Zorggroep De Linde")

    def sign_in(self) -> None:
        token = self.advisers.begin(self.adviser, "testclient", self.at)
        self.client.cookies.set(COOKIE, token, domain="desk.test", path="/desk")
        session = self.advisers.session(token, "testclient", self.at)
        assert session
        self.csrf = session.csrf

    def organise(self, name: str) -> str:
        return Organisations(self.engine).add(name, self.adviser, self.at)

    def later(self, days: int) -> None:
        self.at += timedelta(days=days)
        self.sign_in()

    # --- pages ---

    def page(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def submit(self, path: str, **fields: Any) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.csrf, **fields})

    def done(self, path: str, **fields: Any) -> str:
        """A form that is taken; gives where it leads."""
        response = self.submit(path, **fields)
        assert response.status_code == 303, (path, response.status_code, text_of(response.text))
        return response.headers["location"]

    def refused(self, path: str, **fields: Any) -> str:
        response = self.submit(path, **fields)
        assert response.status_code == 422, (path, response.status_code)
        return text_of(response.text)

    # --- the tree ---

    @property
    def top(self) -> str:
        found = re.search(
            r'class="deep0">\s*<div class="who"><a href="/desk/groepen/(\w+)"', self.home
        )
        assert found
        return found[1]

    @property
    def home(self) -> str:
        return self.page(f"/desk/organisaties/{self.organisation}")

    def team(self, name: str, members: int, under: str | None = None) -> str:
        path = f"/desk/organisaties/{self.organisation}/groepen"
        where = self.done(path, naam=name, leden=str(members), onder=under or self.top)
        return where.partition("#")[2]

    def open(self, group: str, days: int = 14) -> str:
        until = (self.at + timedelta(days=days)).date().isoformat()
        return self.done(f"/desk/groepen/{group}/ronde", tot=until).rpartition("/")[2]

    def close(self, round: str) -> None:
        self.done(f"/desk/rondes/{round}/sluiten", zeker="ja")

    def result(self, round: str, group: str) -> str:
        return text_of(self.page(f"/desk/rondes/{round}/groepen/{group}"))

    # --- people ---

    def answer(
        self,
        round: str,
        group: str,
        levels: Iterable[str],
        role: Role = Role.MEDEWERKER,
        processes: str = "1",
    ) -> list[str]:
        """Let people join and answer, one for each string of ring levels; gives their talks."""
        return [
            self.says(self.joined(round, group), interview(said, role, processes))
            for said in levels
        ]

    def joined(self, round: str, group: str, talk: str | None = None, number: int = 1) -> str:
        """A talk that joined by the code of a group."""
        talk = talk or self.talk()
        with self.engine.begin() as db:
            Joining(round, group, number, self.at.date()).write(db, talk)
        return talk

    def talk(self) -> str:
        key = uuid.uuid4().hex
        times = {"created_at": self.at, "updated_at": self.at}
        row = {"id": key, "channel": "web", "sender_hash": key, "state": {}, "offered": {}}
        with self.engine.begin() as db:
            db.execute(insert(talks).values(**row, **times))
        return key

    def says(self, talk: str, said: Interview, number: int = 1) -> str:
        with self.engine.begin() as db:
            AssessmentRecord(number, said).write(db, talk)
        return talk

    def erase(self, talk: str) -> None:
        assert Vault(self.engine).erase(talk)


def text_of(html: str) -> str:
    """What a page says, without its marks."""
    body = re.sub(r"<(svg|style|head|footer|header)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


__all__ = ["IN_ORDER", "Measured", "interview", "text_of"]
