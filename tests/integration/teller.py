"""Somebody who uses all that the service has, and says one and the same marker wherever words can be said."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlsplit

import httpx
from served import Tab
from talking import value_of
from test_form_page import OPENING, PATH, _hidden

ANSWERS = {f"niveau-{c}": "1" for c in ("sturing", "weten", "willen", "kunnen", "durven", "mogen")}
PLACE = {"niveau-activatie.doelen_stellen": "1"}
CODE = re.compile(r"[A-Z]{3}\d{2}-[A-Z]{3}\d{2}")
USUAL = {
    "role": "medewerker", "subject": "team", "consent": "ja", "scope": "alles", "probe": "niveau_1",
    "question": "niveau_1", "check": "ja", "review": "ja", "option": "eigen", "obstacle": "niets",
    "who": "ik", "when": "week", "sure": "8", "come_back": "week",
}  # fmt: skip
MOST = 40


class Teller:
    """One person: a browser, a tab of it, and a telephone that comes in by another door."""

    def __init__(self, url: str, mark: str) -> None:
        self.url, self.mark, self.tab = url, mark, Tab(url, None)
        self.browser = httpx.AsyncClient(base_url=url, timeout=60, headers={"origin": url})
        self.words = {
            "reality": f"wij doen {mark} altijd samen op maandag",
            "own_step": f"Ik bel {mark} en vraag wat zij wil leren",
            "what": f"Ik bel {mark} en vraag wat zij wil leren",
            "who": f"mijn collega {mark}",
            "helped": f"we hebben het samen met {mark} gedaan",
        }
        self.paths: list[str] = []

    async def fill_in_the_form(self) -> None:
        """The questions on the page without scripts."""
        for fields in ({}, ANSWERS, ANSWERS | PLACE):
            page = _hidden((await self.browser.get(PATH)).text)
            words = {"tekst-sturing": f"dat doet {self.mark} voor ons"} if fields else {}
            sent = await self.browser.post(PATH, data={**page, **OPENING, **fields, **words})
            assert sent.status_code == 303, sent.text

    async def open_the_tab(self) -> None:
        """The same talk, for the page and the tab have one cookie."""
        known = await self.browser.post("/web/session", json={"token": None})
        self.tab.token = known.json()["token"]
        await self.tab.__aenter__()
        opened = await self.tab.history()
        self.tab.got += opened["messages"]
        self.tab.heard.append(("state", opened["state"]))

    async def go_on_to(self, end: str) -> None:
        """Through the phases, in own words where that can be."""
        for _ in range(MOST):
            if (phase := self.tab.state["phase"]) == end:
                return
            if phase in self.words:
                await self.tab.turn(self.words[phase])
            else:
                await self.press(USUAL[phase])
        raise AssertionError(f"the talk did not come to {end}, it is at {phase}")

    async def press(self, value: str) -> None:
        """A button of the newest message that has any; an older one with the same value is refused."""
        offered = self._offered()
        assert value in offered, f"no {value} at {self.tab.state['phase']}: {list(offered)}"
        await self.tab.turn(offered[value]["title"], offered[value]["payload"])

    def is_offered(self, value: str) -> bool:
        return value in self._offered()

    def _offered(self) -> dict[str, Any]:
        newest = next(m["buttons"] for m in reversed(self.tab.got) if m["buttons"])
        return {value_of(b["payload"]): b for b in newest}

    async def fetch_papers(self) -> None:
        """The page, the PDF and the calendar file of the plan, and the data page with its copy and its wiping."""
        await self.tab.turn("wat weten jullie van mij")
        urls = [m["file"]["url"] for m in self.tab.got if m.get("file")]
        self.paths = [p for p in map(_path, urls) if not p.startswith("/mening/")]
        for path in list(self.paths):
            shown = await self.browser.get(path)
            assert shown.status_code == 200, path
            self.paths += re.findall(r'href="(/wissen/[^"]+)"', shown.text)
            self.paths += [f"/plan/{p}" for p in re.findall(r'href="([^"/]+\.pdf)"', shown.text)]
        pdf = next(path for path in self.paths if path.endswith(".pdf"))
        assert (await self.browser.get(pdf)).content.startswith(b"%PDF")
        kinds = {path.rsplit(".", 1)[1] for path in self.paths}
        assert kinds == {"html", "ics", "pdf", "json"} and any("/wissen/" in p for p in self.paths)

    async def give_an_opinion(self) -> None:
        """On the page that is offered; what is no mark is not taken."""
        urls = [m["file"]["url"] for m in self.tab.got if m.get("file")]
        page = next(p for p in map(_path, urls) if p.startswith("/mening/"))
        sent = await self.browser.post(page, data={"zien": "5", "doel": self.mark, self.mark: "5"})
        assert sent.status_code == 200

    async def go_on_by_phone(self) -> None:
        """A telephone with a talk of its own comes to this talk with a code; and a new code stays behind."""
        for said in ("hallo", "Medewerker", "Mijn team", "Ja"):
            await self.phone(said)
        await self.phone(f"de baas bepaalt alles en {self.mark} volgt dat")
        code = await self.ask_code()
        for said in (code, code, f"mijn collega {self.mark} zei net hallo"):
            await self.phone(said)
        await self.ask_code()

    async def ask_code(self) -> str:
        await self.tab.turn("geef me een code")
        return next(m for m in map(CODE.search, (m["text"] for m in reversed(self.tab.got))) if m)[
            0
        ]

    async def phone(self, said: str) -> list[dict[str, Any]]:
        """By the REST door, where the marker is even in the sender's name."""
        body = {"sender": f"telefoon {self.mark}", "message": said, "message_id": uuid.uuid4().hex}
        answer = await self.browser.post("/webhooks/rest/webhook", json=body)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    async def leave(self) -> None:
        await self.tab.__aexit__()
        await self.browser.aclose()


def _path(url: str) -> str:
    return urlsplit(url).path
