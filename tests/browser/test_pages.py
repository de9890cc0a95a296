"""Every page that the service has: axe finds nothing, nothing falls off, and the keyboard does it all."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from screen import OPEN, button
from service import Service
from starlette.routing import Mount, Route
from test_accessibility import violations
from walk import missed, walk

from bot.app import build
from bot.engine import Engine
from coach.wiring import current_settings

SLOW = 30_000
TO_PLACE = ("Ik ben medewerker", "Mijn team", "Ja, dat is goed")
TO_PLAN = ("Ja, dat klopt", "Er gebeurt nog weinig, iedereen leert voor zich.", None,
           "Niets, het kan zo", "Ja, zo doe ik het", "Ikzelf", "Over een week", "8", "Een week erna")  # fmt: skip
MOST_TURNS = 20


@dataclass
class Talk:
    """A talk over REST that presses buttons by their titles and types the rest."""

    service: Service
    sender: str
    choices: tuple[str, ...] = ()
    payloads: tuple[str, ...] = ()
    said: str = ""

    def say(self, text: str | None) -> None:
        """None: the first button."""
        if text is None or text in self.choices:
            text = self.payloads[self.choices.index(text) if text else 0]
        body = json.dumps({"sender": self.sender, "message": text}).encode()
        request = urllib.request.Request(
            f"{self.service.address}/webhooks/rest/webhook",
            body,
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            replies = json.load(answer)
        self.said = json.dumps(replies)
        for buttons in [reply["buttons"] for reply in replies if reply.get("buttons")]:
            self.choices = tuple(b["title"] for b in buttons)
            self.payloads = tuple(b["payload"] for b in buttons)

    def link(self, path: str) -> str:
        """The address of a page in what was said last."""
        start = self.said.index(f"/{path}/")
        whole = self.said[start : self.said.index('"', start)]
        return f"{self.service.address}{urlsplit(whole).path}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("data"))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def links(service: Service) -> dict[str, str]:
    """The pages of somebody who promised a step."""
    talk = Talk(service, "lezer")
    talk.say("hallo")
    for choice in TO_PLACE:
        talk.say(choice)
    for _ in range(MOST_TURNS):
        if "Ja, dat klopt" in talk.choices:
            break
        talk.say(None)
    for choice in TO_PLAN:
        talk.say(choice)
    plan = talk.link("plan")
    talk.say("overslaan")
    opinion = talk.link("mening")
    talk.say("wat weten jullie van mij")
    return {"plan": plan, "data": talk.link("gegevens"), "opinion": opinion}


# --- the pages -------------------------------------------------------------------------------------

Open = Callable[[Page, Service, dict[str, str]], None]


def chat(page: Page, service: Service, _: dict[str, str]) -> None:
    page.goto(service.address)
    expect(button(page, "Ik ben medewerker")).to_be_visible(timeout=SLOW)


def corner(page: Page, service: Service, _: dict[str, str]) -> None:
    page.goto(f"{service.address}/demo")
    button(page, OPEN).click()
    expect(button(page, "Ik ben medewerker")).to_be_visible(timeout=SLOW)


def closed(page: Page, service: Service, _: dict[str, str]) -> None:
    page.goto(f"{service.address}/demo")
    expect(button(page, OPEN)).to_be_visible()


def form(page: Page, service: Service, _: dict[str, str]) -> None:
    page.goto(f"{service.address}/formulier")


def plan(page: Page, _: Service, links: dict[str, str]) -> None:
    page.goto(links["plan"])
    expect(page.get_by_role("heading", name="Jouw afspraak")).to_be_visible()


def data(page: Page, _: Service, links: dict[str, str]) -> None:
    page.goto(links["data"])
    for summary in page.locator("summary").all():
        summary.click()


def wipe(page: Page, _: Service, links: dict[str, str]) -> None:
    page.goto(links["data"])
    page.get_by_role("link", name="Wis mijn gegevens").click()
    expect(page.get_by_role("heading", name="Wil je alles wissen?")).to_be_visible()


def ended(page: Page, service: Service, _: dict[str, str]) -> None:
    page.goto(f"{service.address}/plan/verlopen.html")
    expect(page.get_by_text("Deze link werkt niet meer.")).to_be_visible()


def opinion(page: Page, _: Service, links: dict[str, str]) -> None:
    page.goto(links["opinion"])


PAGES: dict[str, tuple[Open, ...]] = {
    "/": (chat,),
    "/demo": (corner, closed),
    "/formulier": (form,),
    "/plan/{name}": (plan, ended),
    "/gegevens/{name}": (data,),
    "/wissen/{name}": (wipe,),
    "/mening/{name}": (opinion,),
}
NO_PAGE = {
    "/formulier/form.css", "/formulier/verder", "/formulier/meedoen", "/widget", "/socket.io", "/web/session", "/web/talk",
    "/web/messages", "/figuur/{name}", "/webhooks/rest/webhook", "/health",
    "/ready", "/metrics",
}  # fmt: skip
"""Files, pictures, redirects and answers to scripts."""
OPENS = [one for opens in PAGES.values() for one in opens]
WALKED = [one for one in OPENS if one is not corner]
"""The panel in the corner is walked through in test_accessibility."""


def test_every_page_of_the_service_is_looked_at_here(monkeypatch: pytest.MonkeyPatch) -> None:
    # the routes do not depend on the model
    app = build(current_settings(), cast(Engine, None))
    paths = {route.path for route in app.routes if isinstance(route, Route | Mount)}
    # the desk is walked in tests/integration/desk
    assert {path for path in paths if not path.startswith("/desk")} == set(PAGES) | NO_PAGE


@pytest.mark.parametrize(("width", "colours"), [(320, "dark"), (1280, "light")])
@pytest.mark.parametrize("opens", OPENS, ids=lambda opens: opens.__name__)
def test_axe_finds_nothing_and_nothing_falls_off(
    page: Page, service: Service, links: dict[str, str], opens: Open, width: int, colours: Any
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    opens(page, service, links)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("opens", WALKED, ids=lambda opens: opens.__name__)
def test_the_tab_key_comes_everywhere_and_is_seen(
    page: Page, service: Service, links: dict[str, str], opens: Open
) -> None:
    page.emulate_media(reduced_motion="reduce")
    opens(page, service, links)
    stops = walk(page)
    assert [stop["what"] for stop in stops if not stop["seen"]] == []
    assert missed(page) == []


# --- your data, by keys alone ----------------------------------------------------------------------


def _tab_to(page: Page, name: str) -> None:
    """On with the Tab key until what has this name has the focus."""
    wanted = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
    for _ in range(20):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"the Tab key does not come to {name}")


def test_somebody_sees_copies_and_wipes_their_data_by_keyboard(
    page: Page, service: Service
) -> None:
    page.goto(service.address)
    button(page, "Ik ben medewerker").click(timeout=SLOW)
    expect(button(page, "Mijn team")).to_be_visible(timeout=SLOW)
    button(page, "Menu").focus()
    page.keyboard.press("Enter")
    button(page, "Mijn gegevens zien").focus()
    page.keyboard.press("Enter")
    shown = page.get_by_role("log").locator("a[href*='/gegevens/'][href$='.html']")
    expect(shown).to_be_visible(timeout=SLOW)

    data = page.context.new_page()
    path = urlsplit(shown.get_attribute("href") or "").path
    data.goto(f"{service.address}{path}")
    _tab_to(data, "Download als bestand (JSON)")
    with data.expect_download() as copy:
        data.keyboard.press("Enter")
    assert json.loads(copy.value.path().read_text())["talks"]
    _tab_to(data, "Wis mijn gegevens")
    data.keyboard.press("Enter")
    expect(data).to_have_title("Wil je alles wissen? · Padwijzer")
    _tab_to(data, "Ja, wis alles")
    data.keyboard.press("Space")
    expect(data.get_by_role("heading", name="Je gegevens zijn gewist")).to_be_visible()
    assert violations(data) == []

    expect(page.get_by_text("Je gegevens zijn gewist.")).to_be_visible()
    expect(page.get_by_role("log").get_by_text("Ik ben medewerker")).to_have_count(0)
    data.goto(f"{service.address}{path}")
    expect(data.get_by_text("Deze link werkt niet meer.")).to_be_visible()
    assert violations(data) == []


def test_who_has_second_thoughts_goes_back_and_nothing_is_gone(
    page: Page, service: Service, links: dict[str, str]
) -> None:
    wipe(page, service, links)
    _tab_to(page, "Nee, ga terug")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Jouw gegevens bij Padwijzer")).to_be_visible()
    expect(page.get_by_text("Ik ben medewerker").first).to_be_visible()
