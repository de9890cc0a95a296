"""The menu, the keyboard, small screens and paper."""

from __future__ import annotations

import pytest
from fake_server import FakeServer
from fake_talk import bot
from playwright.sync_api import Page, expect
from screen import (
    ANCHORS,
    button,
    entry,
    greeted,
    messages,
    said,
    write,
)


def test_restart_is_a_message(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    button(page, "Menu").click()
    button(page, "Opnieuw beginnen").click()
    expect(messages(page, "bot")).to_have_count(4)
    assert said(server)[1:] == [("Opnieuw beginnen", "/restart")]
    expect(button(page, "Opnieuw beginnen")).to_be_hidden()


def test_letters_and_colours_are_remembered(page: Page, server: FakeServer) -> None:
    page.emulate_media(color_scheme="light")
    greeted(page, server)
    button(page, "Menu").click()
    button(page, "Grotere letters").click()
    button(page, "Donkere kleuren").click()
    page.reload()
    button(page, "Menu").click()
    expect(button(page, "Grotere letters")).to_have_attribute("aria-pressed", "true")
    expect(button(page, "Lichte kleuren")).to_be_visible()
    expect(page.locator("html")).to_have_css("color-scheme", "dark")


@pytest.mark.parametrize("letters", ["usual", "large"])
def test_a_narrow_screen_never_scrolls_sideways(
    page: Page, server: FakeServer, letters: str
) -> None:
    word = "Arbeidsongeschiktheidsverzekeringsmaatschappij" * 3
    address = "https://voorbeeld.nl/" + "lang" * 40
    server.reply_to(
        "Hoi", bot(f"{word} {address}", *ANCHORS, word, image="/figuur/x.svg", alt="De plek")
    )
    server.progress = {"asked": 3, "about": 8}
    page.set_viewport_size({"width": 320, "height": 640})
    greeted(page, server)
    if letters == "large":
        button(page, "Menu").click()
        button(page, "Grotere letters").click()
        page.keyboard.press("Escape")
    write(page, "Hoi")
    expect(button(page, ANCHORS[0])).to_be_visible()
    widest = "Math.max(...[...document.querySelectorAll('body *')].map((node) => node.getBoundingClientRect().right))"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(widest) <= 320


def test_targets_are_large_enough(page: Page, server: FakeServer) -> None:
    server.reply_to("Hoi", bot("Kies maar.", *ANCHORS))
    page.set_viewport_size({"width": 320, "height": 640})
    greeted(page, server)
    write(page, "Hoi")
    expect(button(page, ANCHORS[0])).to_be_visible()
    button(page, "Menu").click()
    boxes = [node.bounding_box() for node in page.locator("button:visible, textarea").all()]
    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)


def test_a_whole_talk_by_keyboard_alone(page: Page, server: FakeServer) -> None:
    server.reply_to("Leidinggevende", bot("Wie kiest wat jullie leren?", *ANCHORS))
    greeted(page, server)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar je bericht")).to_be_focused()
    page.keyboard.press("Enter")
    expect(entry(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(button(page, "Leidinggevende")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, ANCHORS[2])).to_be_visible()
    expect(entry(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(messages(page, "user").last).to_contain_text(ANCHORS[2])
    expect(entry(page)).to_be_focused()
    page.keyboard.type("Maar niet iedereen durft dat.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Maar niet iedereen durft dat.")


def test_the_menu_opens_and_closes_by_keyboard(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    button(page, "Menu").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(button(page, "Opnieuw beginnen")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button(page, "Opnieuw beginnen")).to_be_hidden()
    expect(button(page, "Menu")).to_be_focused()


def test_going_to_the_menu_does_not_move_the_talk(page: Page, server: FakeServer) -> None:
    server.reply_to("Vertel", bot("Eerste regel.\n\n" + "Nog een regel.\n" * 80))
    page.emulate_media(reduced_motion="reduce")
    greeted(page, server)
    write(page, "Vertel")
    expect(page.get_by_text("Eerste regel.")).to_be_in_viewport()
    before = page.evaluate("scrollY")
    button(page, "Menu").click()
    entry(page).click()
    assert before > 0
    assert page.evaluate("scrollY") == before


def test_on_paper_there_is_a_talk_and_no_controls(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    button(page, "Medewerker").click()
    expect(messages(page, "bot")).to_have_count(3)
    page.emulate_media(media="print")
    expect(messages(page, "user").get_by_text("Jij", exact=True)).to_be_visible()
    expect(page.locator("button:visible, textarea:visible")).to_have_count(0)
