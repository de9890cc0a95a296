"""Talks with clients and reports in a real browser: by keyboard alone, for axe, at three widths and on paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from axe import violations
from client_visitor import AGENT, ClientVisitor
from desk_visitor import served
from measured import Measured
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import insert
from starlette.applications import Starlette
from talking import Store

from coach.desk.visit import COOKIE
from coach.domain.answers import Role
from coach.store.desk_tables import access

MOST_BYTES = 150_000
WIDTHS = (320, 768, 1280)


@pytest.fixture
def carla(application: Callable[..., Starlette], sqlite: Store) -> ClientVisitor:
    return ClientVisitor(sqlite, application(sqlite), "carla")


@pytest.fixture
def at_desk(browser: Browser, carla: ClientVisitor) -> Iterator[Page]:
    """A page of somebody who is signed in at the desk of the whole service."""
    with served(carla.app) as address:
        context = browser.new_context(base_url=address, user_agent=AGENT, locale="nl-NL")
        context.add_cookies([{"name": COOKIE, "value": carla.token, "url": f"{address}/desk"}])
        yield context.new_page()
        context.close()


def look(page: Page) -> None:
    """Nothing falls off at any width, axe finds nothing, and it is light."""
    page.wait_for_load_state()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), (page.url, width)
    assert violations(page) == [], page.url
    assert len(page.content().encode()) < MOST_BYTES


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def test_a_talk_is_held_by_keyboard_alone(at_desk: Page) -> None:
    page, keys = at_desk, at_desk.keyboard
    page.goto("/desk/gesprekken")
    look(page)
    page.get_by_label("Naam van het gesprek").focus()
    keys.type("Een gesprek met een tamelijk lange naam over leren")
    keys.press("Tab")
    keys.type("Zij vroegen om raad.")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("Vraag 1, van hooguit tien.")).to_be_visible()
    look(page)
    for number in range(2, 5):  # after each answer the next button is one tab away
        keys.press("Tab")
        while page.evaluate("document.activeElement.name") != "knop":
            keys.press("Tab")
        keys.press("Enter")
        expect(page.get_by_text(f"Vraag {number}, van hooguit tien.")).to_be_visible()
    page.get_by_role("link", name="Formulier").focus()
    with page.expect_navigation():
        keys.press("Enter")
    look(page)
    while page.get_by_role("button", name="Ja, dat klopt").count() == 0:
        for group in page.locator("fieldset").all():
            if group.locator("input:checked").count() == 0:
                group.locator("input").first.focus()
                keys.press("Space")
        page.get_by_role("button", name="Verstuur je antwoorden").focus()
        with page.expect_navigation():
            keys.press("Enter")
    look(page)
    page.get_by_role("button", name="Ja, dat klopt").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Jullie antwoord")).to_be_visible()
    look(page)
    for name in ("Overzicht", "Gesprekskaart"):
        with page.expect_navigation():
            page.get_by_role("link", name=name, exact=True).first.click()
        look(page)
    card = page.context.request.get(f"{page.url}.pdf").body()
    assert pages_of(card) == 1
    page.goto("/desk/gesprekken")
    look(page)


def test_a_report_and_its_round_are_for_everybody_to_read(
    at_desk: Page, carla: ClientVisitor
) -> None:
    here = Measured(carla.store.database)
    team = here.team("Team Noord", 12)
    round = here.open(here.top)
    here.answer(round, team, ["1111"] * 5)
    here.answer(round, team, ["2222"] * 5, Role.LEIDINGGEVENDE)
    here.close(round)
    with carla.store.database.begin() as db:
        db.execute(insert(access).values(adviser=carla.id, organisation=here.organisation))
    page = at_desk
    page.goto(f"/desk/rondes/{round}")
    look(page)
    with page.expect_download() as got:
        page.get_by_role("link", name="Excel").click()
    assert got.value.suggested_filename == "uitkomst-zorggroep-de-linde-ronde-1.xlsx"
    page.goto(f"/desk/rondes/{round}/groepen/{team}")
    with page.expect_navigation():
        page.get_by_role("link", name="Verslag voor het overleg").click()
    look(page)
    report = page.context.request.get(f"{page.url}.pdf").body()
    assert pages_of(report) == 1
