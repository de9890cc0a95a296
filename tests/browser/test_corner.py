"""The widget in the corner of another page: opening, closing, focus, other sites, and what is fetched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_server import FakeServer
from playwright.sync_api import Page, expect
from screen import OPEN, button, entry, messages, opened, write


@pytest.fixture
def elsewhere(server: FakeServer) -> Iterator[FakeServer]:
    """Another site, which the server allows."""
    site = FakeServer()
    server.stop()
    server.origins.append(site.address)
    server.start()
    site.start()
    yield site
    site.stop()


def test_the_closed_launcher_fetches_one_file_and_no_talk(page: Page, server: FakeServer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(server.address)))
    page.goto(f"{server.address}/demo")
    expect(button(page, OPEN)).to_be_visible()
    assert [path for path in asked if path.endswith(".js")] == ["/widget/padwijzer.js"]
    assert not server.talks


def test_opening_moves_the_focus_in_and_escape_brings_it_back(
    page: Page, server: FakeServer
) -> None:
    page.goto(f"{server.address}/demo")
    launcher = button(page, OPEN)
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Gesprek met Padwijzer")).to_be_visible()
    expect(entry(page)).to_be_focused()
    expect(button(page, "Medewerker")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(entry(page)).to_be_focused()
    expect(messages(page, "bot")).to_have_count(2)


def test_escape_closes_the_menu_first_and_the_question_before_all(
    page: Page, server: FakeServer
) -> None:
    opened(page, server)
    button(page, "Menu").click()
    button(page, "Wis mijn gegevens").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Gesprek met Padwijzer")).to_be_visible()
    button(page, "Menu").click()
    page.keyboard.press("Escape")
    expect(button(page, "Menu")).to_be_focused()
    expect(page.get_by_role("dialog", name="Gesprek met Padwijzer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, OPEN)).to_be_focused()


def test_the_close_button_does_the_same(page: Page, server: FakeServer) -> None:
    opened(page, server)
    button(page, "Sluiten").click()
    expect(button(page, OPEN)).to_be_focused()


def test_an_open_talk_is_open_on_the_next_page_and_leaves_the_focus_there(
    page: Page, server: FakeServer
) -> None:
    opened(page, server)
    write(page, "Hallo")
    expect(messages(page, "bot")).to_have_count(3)
    page.goto(f"{server.address}/demo?volgende")
    expect(messages(page, "bot")).to_have_count(3)
    expect(messages(page, "user")).to_have_text(["JijHallo"])
    assert page.evaluate("document.activeElement === document.body")
    button(page, "Sluiten").click()
    page.reload()
    expect(button(page, OPEN)).to_be_visible()


def test_where_it_covers_the_page_the_page_behind_cannot_be_reached(
    page: Page, server: FakeServer
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    opened(page, server)
    dialog = page.get_by_role("dialog", name="Gesprek met Padwijzer")
    box = dialog.bounding_box()
    assert box and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 320, 640)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main, header, footer') === null")


def test_another_allowed_site_can_hold_the_widget(
    page: Page, server: FakeServer, elsewhere: FakeServer
) -> None:
    page.goto(f"{elsewhere.address}/elders?server={server.address}")
    expect(button(page, OPEN)).to_be_visible()
    button(page, OPEN).click()
    button(page, "Medewerker").click()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Medewerker")
    assert server.received and not elsewhere.received


def test_nothing_is_fetched_from_anywhere_else(page: Page, server: FakeServer) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
    opened(page, server)
    button(page, "Medewerker").click()
    expect(messages(page, "bot")).to_have_count(3)
    page.goto(server.address)
    expect(messages(page, "bot")).to_have_count(3)
    assert len(asked) > 6
    assert [address for address in asked if not address.startswith(server.address)] == []


def test_a_page_with_two_script_tags_has_one_launcher(page: Page, server: FakeServer) -> None:
    page.goto(f"{server.address}/demo")
    page.add_script_tag(url=f"{server.address}/widget/padwijzer.js")
    expect(button(page, OPEN)).to_have_count(1)


def test_colours_can_be_set_by_the_host_page(page: Page, server: FakeServer) -> None:
    page.goto(f"{server.address}/demo")
    page.evaluate(
        "document.querySelector('padwijzer-chat').style.setProperty('--padwijzer-fill', 'rgb(90, 20, 90)')"
    )
    expect(button(page, OPEN)).to_have_css("background-color", "rgb(90, 20, 90)")


def test_when_the_talk_cannot_be_fetched_it_is_said_and_can_be_tried_again(
    page: Page, server: FakeServer
) -> None:
    page.goto(f"{server.address}/demo")
    page.route("**/padwijzer-chat.js", lambda route: route.abort())
    button(page, OPEN).click()
    expect(
        page.get_by_role("status").filter(has_text="Padwijzer kan nu niet open.")
    ).to_be_visible()
    button(page, OPEN).click()
    expect(button(page, "Medewerker")).to_be_visible()


def test_the_host_page_is_not_on_the_paper(page: Page, server: FakeServer) -> None:
    opened(page, server)
    page.evaluate("window.print = () => document.documentElement.dataset.printed = 'yes'")
    button(page, "Menu").click()
    button(page, "Afdrukken").click()
    expect(page.locator("html")).to_have_attribute("data-printed", "yes")
    page.emulate_media(media="print")
    expect(page.get_by_text("Hallo, ik ben Padwijzer.")).to_be_visible()
    expect(page.get_by_text("Goedemorgen")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_text("Goedemorgen")).to_be_visible()
    expect(page.get_by_text("Hallo, ik ben Padwijzer.")).to_be_hidden()
