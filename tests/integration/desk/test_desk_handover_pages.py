"""The pages of handovers in a real browser: nothing that is typed is lost, and everybody can use them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe import violations
from desk_visitor import MORNING, House
from playwright.sync_api import Page, expect
from sqlalchemy import insert
from talking import Store

from coach.store.desk_tables import handover_lines, handovers
from coach.store.handovers import DOOR, Handovers
from coach.store.tables import inbox, talks

AtDesk = Callable[[str], Page]
SHOTS = os.environ.get("PADWIJZER_SHOTS")
"""A folder for pictures of the pages, to look at."""
SUMMARY = (
    "Ik wil graag met iemand van het leerloket praten.\nMijn rol: medewerker\nHet gaat over: team\n"
    "Wat ik het laatst vertelde: bij ons is er nooit tijd voor een cursus"
)


def wait(store: Store, key: str, reason: str = "gevraagd", organisation: str | None = None) -> None:
    times = {"created_at": MORNING, "updated_at": MORNING}
    talk = {"id": key, "channel": "rest", "sender_hash": key, "state": {}, "offered": {}}
    row = {"id": key, "talk": key, "state": "nieuw", "reason": reason, "summary": SUMMARY}
    with store.database.begin() as db:
        db.execute(insert(talks).values(**talk, **times))
        new = insert(handovers).values(**row, asked_at=MORNING, organisation=organisation)
        db.execute(new)


def say(store: Store, key: str, text: str, by: str = "user") -> None:
    with store.database.begin() as db:
        row = {"handover": key, "message_id": text, "by": by, "text": text, "at": MORNING}
        db.execute(insert(handover_lines).values(**row))


def put_in_inbox(store: Store) -> list[str]:
    return [row.text for row in store.rows(inbox) if row.channel == DOOR]


def shot(page: Page, name: str) -> None:
    if SHOTS:
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=Path(SHOTS) / f"{name}-dark.png", full_page=True)
        page.emulate_media(color_scheme="light")


def expect_pleasant(page: Page, name: str) -> None:
    assert violations(page) == []
    assert len(page.content().encode()) < 150_000
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    shot(page, name)


def test_from_the_first_page_to_an_answer(
    at_desk: AtDesk, small_desk: House, sqlite: Store
) -> None:
    page = at_desk("anna")
    wait(sqlite, "aaaa1111")
    wait(sqlite, "bbbb2222", "nood", small_desk.of["anna"])
    page.reload()
    expect_pleasant(page, "begin")
    with page.expect_navigation():
        page.get_by_role("link", name="Bekijk de overdrachten").click()
    expect(page.get_by_role("heading", name="Gesprek BBBB")).to_be_visible()
    expect_pleasant(page, "lijst")
    with page.expect_navigation():
        page.get_by_role("link", name="Gesprek BBBB").click()
    expect_pleasant(page, "nieuw")
    with page.expect_navigation():
        page.get_by_role("button", name="Ik neem dit gesprek").click()
    say(sqlite, "bbbb2222", "Kun je mij bellen?")
    page.get_by_label("Antwoord aan de gebruiker").fill("Ja, ik bel je.")
    expect_pleasant(page, "bezig")
    page.get_by_role("button", name="Verstuur").dblclick()
    expect(page.get_by_text("Onderweg")).to_be_visible()
    assert put_in_inbox(sqlite) == ["Ja, ik bel je."]
    expect_pleasant(page, "verstuurd")


def test_what_is_half_typed_stays_when_the_page_renews_itself(
    at_desk: AtDesk, small_desk: House, sqlite: Store
) -> None:
    page = at_desk("anna")
    wait(sqlite, "aaaa1111")
    Handovers(sqlite.database).take("aaaa1111", small_desk.people["anna"].id, None, MORNING)
    page.goto(re.sub(r"/desk.*", "/desk/overdrachten/aaaa1111", page.url))
    box = page.get_by_label("Antwoord aan de gebruiker")
    box.fill("Ik denk dat")
    say(sqlite, "aaaa1111", "Ben je daar?")
    expect(page.get_by_text("Ben je daar?")).to_be_visible()
    expect(box).to_have_value("Ik denk dat")
    expect(box).to_be_focused()


def test_an_empty_list_and_a_talk_that_is_done(
    at_desk: AtDesk, small_desk: House, sqlite: Store
) -> None:
    page = at_desk("anna")
    with page.expect_navigation():
        page.get_by_role("link", name="Overdrachten").click()
    expect(page.get_by_text("Er wacht nu niemand.")).to_be_visible()
    expect_pleasant(page, "leeg")
    wait(sqlite, "aaaa1111")
    expect(page.get_by_role("heading", name="Gesprek AAAA")).to_be_visible()
    with sqlite.database.begin() as db:
        db.execute(handovers.update().values(state="klaar", done_at=MORNING))
    for name in (re.compile("Klaar"), "Gesprek AAAA"):
        with page.expect_navigation():
            page.get_by_role("link", name=name).click()
    expect(page.get_by_text("De gebruiker praat weer met Padwijzer.")).to_be_visible()
    expect_pleasant(page, "klaar")


@pytest.mark.parametrize("text", ["<script>document.title='weg'</script>", "a" * 3_000])
def test_whatever_a_user_writes_is_shown_as_words(
    at_desk: AtDesk, sqlite: Store, text: str
) -> None:
    page = at_desk("anna")
    wait(sqlite, "aaaa1111")
    say(sqlite, "aaaa1111", text)
    page.goto(re.sub(r"/desk.*", "/desk/overdrachten/aaaa1111", page.url))
    expect(page.get_by_text(text)).to_be_visible()
    expect(page).to_have_title("Gesprek AAAA - Padwijzer leerloket")
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
