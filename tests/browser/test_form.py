"""The form in a real browser with the real service: by keys alone, without scripts, and read by axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect
from service import Service

from bot.channels.form.page import texts

LABELS = ("Ik ben medewerker", "Mijn team, of één team", "Ja, dat is goed")
RING = ("sturing", "weten", "willen")
SEND, FIRST = texts()["send"], texts()["send_first"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("data"))
    service.start()
    yield service
    service.stop()


def _begin(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/formulier")
    for label in LABELS:
        page.get_by_label(label).check()
    page.get_by_role("button", name=FIRST).click()
    expect(page.get_by_role("heading", name=texts()["ring_title"])).to_be_focused()


def _pick(page: Page, question: str, level: int) -> None:
    page.locator(f"input[name='niveau-{question}'][value='{level}']").check()


def _finish(page: Page, service: Service) -> None:
    _begin(page, service)
    for question in RING:
        _pick(page, question, 1)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", name=texts()["process_title"])).to_be_focused()
    _pick(page, "activatie.doelen_stellen", 2)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("region", name=texts()["result_title"])).to_be_focused()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(page: Page, service: Service, colours: Any) -> None:
    page.emulate_media(color_scheme=colours)
    page.goto(f"{service.address}/formulier")
    assert violations(page) == []
    page.get_by_role("button", name=FIRST).click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page) == [], "with an error summary"
    _finish(page, service)
    assert violations(page) == [], "with the result"
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_summary_has_the_focus_and_leads_to_the_fields(page: Page, service: Service) -> None:
    _begin(page, service)
    _pick(page, "sturing", 2)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(f"{texts()['error_title']}: {texts()['title']}")
    expect(page.locator("input[name='niveau-sturing'][value='2']")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[name='niveau-weten']").first).to_be_focused()


def test_by_keyboard_alone_to_the_result(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/formulier")
    page.get_by_label(LABELS[0]).focus()
    for _ in LABELS:
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=texts()["ring_title"])).to_be_focused()
    for _ in range(6):
        _space_and_on(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=texts()["process_title"])).to_be_focused()
    for _ in range(4):
        _space_and_on(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=texts()["result_title"])).to_be_focused()
    image = page.get_by_role("img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert len(image.get_attribute("alt") or "") > 20


def _space_and_on(page: Page) -> None:
    """Choose the first answer of the next question, and go past its help and its text field."""
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("Tab")


def test_without_scripts_it_works_too(browser: Browser, service: Service) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _begin(page, service)
    for question in RING:
        _pick(page, question, 1)
    page.get_by_role("button", name=SEND).click()
    _pick(page, "activatie.doelen_stellen", 1)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("region", name=texts()["result_title"])).to_be_visible()
    context.close()


def test_after_the_form_the_talk_goes_on(page: Page, service: Service) -> None:
    _finish(page, service)
    page.reload()
    expect(page.get_by_role("region", name=texts()["result_title"])).to_be_visible()
    page.get_by_role("button", name=texts()["further"]).click()
    log = page.get_by_role("log")
    expect(log.get_by_text(texts()["chat_line"]).last).to_be_visible(timeout=30_000)
    expect(log.get_by_role("img")).to_be_visible()
    expect(log.get_by_text("Ja, dat klopt").last).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Invullen als formulier").click()
    expect(page.get_by_role("button", name=texts()["further_again"])).to_be_visible()
