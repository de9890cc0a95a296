"""Whole talks in the real widget with the real service: from hello to a promised step."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fake_server import FakeServer
from playwright.sync_api import Locator, Page, expect
from screen import OPEN, button
from service import Service

PATIENCE = 30_000
MOST_TURNS = 45
BEGIN = ("Ik ben medewerker", "Mijn team", "Ja, dat is goed")
PROMISE = (None, "Niets, het kan zo", "Ja, zo doe ik het", "Ikzelf", "Over een week", "8")
NOW = "Er gebeurt nog weinig, iedereen leert voor zich."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    site = FakeServer()
    site.start()
    service = Service(tmp_path_factory.mktemp("data"), PADWIJZER_ORIGINS=site.address)
    service.site = site.address
    service.start()
    yield service
    service.stop()
    site.stop()


def _choices(page: Page, choice: str | None = None) -> Locator:
    buttons = page.locator(".choices button:visible")
    return (buttons.filter(has_text=choice) if choice else buttons).first


def _answered(page: Page, before: int) -> None:
    messages = page.get_by_role("log").locator(".message")
    expect(messages.nth(before + 1)).to_be_visible(timeout=PATIENCE)
    expect(_choices(page)).to_be_visible(timeout=PATIENCE)


def _answer(page: Page, choice: str | None = None) -> None:
    """Click a choice (the first when none is named) and wait until the bot has answered."""
    before = page.get_by_role("log").locator(".message").count()
    _choices(page, choice).click()
    _answered(page, before)


def _press(page: Page, choice: str | None = None) -> None:
    """The same with keys alone: back from the field to the choice, and Enter."""
    before = page.get_by_role("log").locator(".message").count()
    wanted = _choices(page, choice)
    expect(wanted).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("textbox", name="Je bericht")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if wanted.evaluate("node => node.getRootNode().activeElement === node"):
            break
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")
    _answered(page, before)


def test_someone_clicks_from_hello_to_a_promised_step(page: Page, service: Service) -> None:
    page.goto(service.address)
    log = page.get_by_role("log")
    expect(button(page, "Ik ben medewerker")).to_be_visible(timeout=PATIENCE)
    for choice in BEGIN:
        _answer(page, choice)
    expect(page.get_by_text("Vraag 1, van hooguit").first).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    for _ in range(MOST_TURNS):
        if button(page, "Ja, dat klopt").is_visible():
            break
        _answer(page)
    picture = log.get_by_role("img").last
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert re.search("activatie|cultivatie|realisatie", picture.get_attribute("alt") or "", re.I)

    button(page, "Ja, dat klopt").click()
    entry = page.get_by_role("textbox", name="Je bericht")
    expect(page.locator(".choices button:visible")).to_have_count(0)
    expect(page.get_by_text("Padwijzer schrijft")).to_have_count(0)
    entry.fill(NOW)
    entry.press("Enter")
    expect(_choices(page, "Iets anders")).to_be_visible(timeout=PATIENCE)
    for promise in PROMISE:
        _answer(page, promise)
    expect(log.get_by_text("Hoe zeker: 8 van de 10")).to_be_visible()
    _choices(page, "Een week erna").click()
    saved = log.get_by_text("Je stap is bewaard").or_(log.get_by_text("Ik heb je stap bewaard"))
    expect(saved).to_be_visible(timeout=PATIENCE)

    page.reload()
    expect(log.get_by_text("Hoe zeker: 8 van de 10")).to_be_visible(timeout=PATIENCE)


def test_someone_gets_to_a_plan_by_keyboard_alone_and_over_a_restart(
    page: Page, service: Service
) -> None:
    page.goto(f"{service.address}/demo")
    button(page, OPEN).focus()
    page.keyboard.press("Enter")
    for choice in BEGIN:
        _press(page, choice)
    service.kill()
    expect(page.get_by_text("Geen verbinding.")).to_be_visible(timeout=PATIENCE)
    service.start()
    expect(page.get_by_text("Geen verbinding.")).to_have_count(0, timeout=PATIENCE)
    for _ in range(MOST_TURNS):
        if button(page, "Ja, dat klopt").is_visible():
            break
        _press(page)
    wanted = button(page, "Ja, dat klopt")
    while not wanted.evaluate("node => node.getRootNode().activeElement === node"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".choices button:visible")).to_have_count(0)
    expect(page.get_by_text("Padwijzer schrijft")).to_have_count(0)
    page.keyboard.type(NOW)
    page.keyboard.press("Enter")
    expect(_choices(page, "Iets anders")).to_be_visible(timeout=PATIENCE)
    for promise in PROMISE:
        _press(page, promise)
    expect(page.get_by_role("log").get_by_text("Hoe zeker: 8 van de 10")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, OPEN)).to_be_focused()


def test_an_allowed_site_shows_the_widget_and_another_is_refused(
    page: Page, service: Service
) -> None:
    page.goto(f"{service.site}/elders?server={service.address}")
    button(page, OPEN).click()
    expect(button(page, "Ik ben medewerker")).to_be_visible(timeout=PATIENCE)
    _answer(page, "Ik ben medewerker")
    stranger = FakeServer()
    stranger.start()
    page.goto(f"{stranger.address}/elders?server={service.address}")
    button(page, OPEN).click()
    expect(page.get_by_text("Op deze website werkt Padwijzer niet.").first).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_role("log").locator(".message.bot")).to_have_count(0)
    stranger.stop()
