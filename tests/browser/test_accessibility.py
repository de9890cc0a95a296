"""axe finds nothing in any state, light or dark; a screen reader hears what there is; the keyboard does everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe import violations
from fake_server import FakeServer
from fake_talk import bot
from playwright.sync_api import Page, expect
from screen import ANCHORS, OPEN, button, entry, greeted, messages, opened, write

State = Callable[[Page, FakeServer], None]


def closed(page: Page, server: FakeServer) -> None:
    page.goto(f"{server.address}/demo")
    expect(button(page, OPEN)).to_be_visible()


def menu(page: Page, server: FakeServer) -> None:
    opened(page, server)
    button(page, "Menu").click()
    expect(button(page, "Opnieuw beginnen")).to_be_visible()


def mid_talk(page: Page, server: FakeServer) -> None:
    server.progress = {"asked": 3, "about": 8}
    text = "**Goed**, drie dingen:\n- kijken\n- [lezen](https://voorbeeld.nl)\n- bellen met [Sanne](tel:+31101234567)"
    server.reply_to("Vertel", bot(text), bot("Wie kiest wat jullie leren?", *ANCHORS))
    opened(page, server)
    write(page, "Vertel")
    expect(button(page, ANCHORS[0])).to_be_visible()


def page_mid_talk(page: Page, server: FakeServer) -> None:
    server.progress = {"asked": 3, "about": 8}
    server.reply_to("Vertel", bot("Wie kiest wat jullie leren?", *ANCHORS))
    greeted(page, server)
    write(page, "Vertel")
    expect(button(page, ANCHORS[0])).to_be_visible()


def picture(page: Page, server: FakeServer) -> None:
    calendar = {"name": "stap.ics", "url": "/bestand/stap.ics"}
    image = {"image": "/figuur/plek.svg", "alt": "De stip staat in de tweede ring."}
    server.reply_to("Waar?", bot("Hier sta je.", **image), bot("Je stap.", file=calendar))
    opened(page, server)
    write(page, "Waar?")
    expect(page.get_by_role("img", name="De stip staat in de tweede ring.")).to_be_visible()


def trouble(page: Page, server: FakeServer) -> None:
    opened(page, server)
    server.refuse_next = ("too_fast", "Dat gaat iets te snel. Wacht even.")
    button(page, "Medewerker").click()
    expect(button(page, "Opnieuw proberen")).to_be_visible()
    server.is_away = True
    server.cut()
    write(page, "Ben je er nog?")
    expect(button(page, "Nu proberen")).to_be_visible()


def wiping(page: Page, server: FakeServer) -> None:
    opened(page, server)
    button(page, "Menu").click()
    button(page, "Wis mijn gegevens").click()
    expect(page.get_by_role("dialog", name="Wil je al je gegevens wissen?")).to_be_visible()


STATES: list[State] = [
    closed, opened, menu, mid_talk, page_mid_talk, picture, trouble, wiping
]  # fmt: skip


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing(page: Page, server: FakeServer, state: State, colours: Any) -> None:
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    state(page, server)
    assert violations(page) == []


def test_a_screen_reader_hears_the_talk_in_its_parts(page: Page, server: FakeServer) -> None:
    mid_talk(page, server)
    expect(page.get_by_role("dialog")).to_match_aria_snapshot(
        """
        - dialog "Gesprek met Padwijzer":
          - heading "Padwijzer" [level=2]
          - button "Menu" [expanded=false]
    """
    )
    expect(page.get_by_role("dialog")).to_match_aria_snapshot("""
        - dialog "Gesprek met Padwijzer":
          - button "Sluiten"
          - progressbar "Vraag 3"
          - log "Gesprek met Padwijzer":
            - paragraph: Jij
            - paragraph: Vertel
            - paragraph: Padwijzer
            - paragraph: /Wie kiest/
            - group "Kies een antwoord, of schrijf het zelf.":
              - button /Dat kies ik/
              - button /Mijn team denkt mee/
              - button /Mensen kiezen zelf/
          - status
          - textbox "Je bericht"
          - button "Versturen"
    """)


def test_the_answer_is_announced_and_the_history_is_not(page: Page, server: FakeServer) -> None:
    opened(page, server)
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    server.is_slow = True
    write(page, "Even denken")
    expect(page.get_by_role("status").filter(has_text="Padwijzer schrijft")).to_be_visible()


def test_a_talk_in_the_corner_by_keyboard_alone(page: Page, server: FakeServer) -> None:
    server.reply_to("Leeradviseur", bot("Wie kiest wat jullie leren?", *ANCHORS))
    page.goto(f"{server.address}/demo")
    button(page, OPEN).focus()
    page.keyboard.press("Space")
    expect(button(page, "Leeradviseur")).to_be_visible()
    expect(entry(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(button(page, "Leeradviseur")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, ANCHORS[2])).to_be_visible()
    expect(entry(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(messages(page, "user").last).to_contain_text(ANCHORS[1])
    page.keyboard.type("En nog iets.")
    page.keyboard.press("Enter")
    expect(messages(page, "bot").last).to_contain_text("Je schreef: En nog iets.")
    page.keyboard.press("Escape")
    expect(button(page, OPEN)).to_be_focused()


def test_with_less_motion_nothing_moves(page: Page, server: FakeServer) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, server)
    server.is_slow = True
    write(page, "Even denken")
    expect(page.locator(".dots")).to_be_visible()
    running = "document.querySelector('padwijzer-chat').shadowRoot.getAnimations().length"
    assert page.evaluate(running) == 0
