"""What the widget shows: text, links, pictures, files, progress, limits."""

from __future__ import annotations

import re

from fake_server import FakeServer
from fake_talk import bot
from playwright.sync_api import Page, expect
from screen import (
    button,
    entry,
    greeted,
    messages,
    said,
    write,
)


def test_markup_is_shown_as_text(page: Page, server: FakeServer) -> None:
    attack = '<img src=x onerror="document.title=1"><b>vet</b> javascript:alert(1)'
    server.reply_to(attack, bot(attack, attack, image="https://elders.example/x.svg"))
    greeted(page, server)
    write(page, attack)
    expect(messages(page, "bot").last).to_contain_text(attack)
    expect(messages(page, "user")).to_contain_text(attack)
    expect(button(page, attack)).to_be_visible()
    assert page.get_by_role("log").locator("img, b, a, script").count() == 0


def test_lists_lines_and_links_are_shown_as_such(page: Page, server: FakeServer) -> None:
    text = "Drie dingen:\n- kijken\n- doen\n\nLees (https://voorbeeld.nl/a_(b)?c=1&d=2). En https://voorbeeld.nl/."
    server.reply_to("Wat nu?", bot(text))
    greeted(page, server)
    write(page, "Wat nu?")
    answer = messages(page, "bot").last
    expect(answer.get_by_role("listitem")).to_have_text(["kijken", "doen"])
    links = answer.get_by_role("link")
    expect(links.first).to_have_attribute("href", "https://voorbeeld.nl/a_(b)?c=1&d=2")
    expect(links.last).to_have_attribute("href", "https://voorbeeld.nl/")
    expect(links.last).to_have_attribute("rel", "noopener noreferrer")
    expect(links.last).to_have_accessible_name(re.compile("opent in een nieuw tabblad"))


def test_a_picture_has_its_alternative_and_a_larger_one(page: Page, server: FakeServer) -> None:
    server.reply_to("Waar?", bot(image="/figuur/plek.svg", alt="De stip staat in de tweede ring."))
    greeted(page, server)
    write(page, "Waar?")
    picture = page.get_by_role("img", name="De stip staat in de tweede ring.")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.clientWidth") <= 480
    expect(page.get_by_role("link", name=re.compile("^Groter"))).to_have_attribute(
        "href", f"{server.address}/figuur/plek.svg"
    )


def test_progress_shows_only_when_it_is_known(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    server.progress = {"asked": 3, "about": 8}
    write(page, "Verder")
    bar = page.get_by_role("progressbar", name="Vraag 3")
    expect(bar).to_have_js_property("value", 3)
    expect(bar).to_have_js_property("max", 8)
    server.progress = None
    write(page, "Klaar")
    expect(page.get_by_role("progressbar")).to_be_hidden()


def test_the_limit_is_told_before_it_is_reached(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    counter = page.locator("#counter")
    expect(counter).to_be_hidden()
    entry(page).fill("a" * 3900)
    expect(counter).to_have_text("Je kunt nog 100 tekens schrijven.")
    entry(page).fill("🙂" * 4000)
    expect(counter).to_have_text("Je kunt nog 0 tekens schrijven.")
    entry(page).fill("a" * 4001)
    entry(page).press("Enter")
    expect(counter).to_contain_text("1 teken te lang")
    expect(entry(page)).to_have_attribute("aria-invalid", "true")
    entry(page).fill("Korter")
    entry(page).press("Enter")
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Korter")
    assert said(server)[1:] == [("Korter", None)]


def test_the_start_of_the_first_new_message_is_in_sight(page: Page, server: FakeServer) -> None:
    server.reply_to(
        "Vertel", bot("Eerste regel.\n\n" + "Nog een regel.\n" * 40), bot("Tweede bericht.")
    )
    page.emulate_media(reduced_motion="reduce")
    greeted(page, server)
    write(page, "Vertel")
    expect(page.get_by_text("Eerste regel.")).to_be_in_viewport()
    expect(page.get_by_text("Tweede bericht.")).not_to_be_in_viewport()


def test_a_little_markdown_is_shown_and_no_more(page: Page, server: FakeServer) -> None:
    text = (
        "**Vet** en *schuin*.\n\n1. een\n2. twee\n\n[Lees](https://voorbeeld.nl) of [bel](tel:+31101234567)."
        "\n\n[fout](javascript:alert(1)) [kaal](http://voorbeeld.nl) ![x](https://elders.example/x.png)"
    )
    server.reply_to("Wat nu?", bot(text))
    greeted(page, server)
    write(page, "Wat nu?")
    answer = messages(page, "bot").last
    expect(answer.locator("strong")).to_have_text("Vet")
    expect(answer.locator("em")).to_have_text("schuin")
    expect(answer.get_by_role("listitem")).to_have_text(["een", "twee"])
    addresses = [link.get_attribute("href") for link in answer.get_by_role("link").all()]
    assert addresses == ["https://voorbeeld.nl", "tel:+31101234567"]
    assert answer.locator("img").count() == 0
    expect(answer).to_contain_text("fout kaal")


def test_a_file_can_be_downloaded_from_this_server_only(page: Page, server: FakeServer) -> None:
    calendar = {"name": "stap.ics", "url": "/bestand/stap.ics"}
    elsewhere = {"name": "x.exe", "url": "https://elders.example/x.exe"}
    server.reply_to(
        "Stuur maar", bot("Hier is je stap.", file=calendar), bot("Nee", file=elsewhere)
    )
    greeted(page, server)
    write(page, "Stuur maar")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download stap.ics").click()
    assert download.value.suggested_filename == "stap.ics"
    expect(page.get_by_role("link", name=re.compile("x.exe"))).to_have_count(0)
