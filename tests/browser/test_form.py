"""The same talk as a form, for those who prefer one."""

from __future__ import annotations

from fake_server import FakeServer
from fake_talk import bot
from playwright.sync_api import Locator, Page, expect
from screen import ANCHORS, button, entry, messages, said


def fields(page: Page) -> Locator:
    return page.get_by_role("region", name="Formulier")


def form(page: Page, server: FakeServer) -> None:
    page.goto(f"{server.address}/formulier")
    expect(page.get_by_role("radio", name="Leidinggevende")).to_be_visible()


def test_each_question_is_a_group_of_choices_and_goes_to_the_same_talk(
    page: Page, server: FakeServer
) -> None:
    server.reply_to("Leidinggevende", bot("Wie kiest wat jullie leren?", *ANCHORS))
    form(page, server)
    page.get_by_role("radio", name="Leidinggevende").check()
    server.progress = {"asked": 1, "about": 8}
    button(page, "Verder").click()
    expect(page.get_by_role("radiogroup", name="Wie kiest wat jullie leren?")).to_be_visible()
    heading = page.get_by_role("heading", name="Vraag 1 van ongeveer 8")
    expect(heading).to_be_focused()
    fields(page).get_by_text(ANCHORS[1]).click()
    button(page, "Verder").click()
    expect(fields(page).get_by_text(f"Je schreef: {ANCHORS[1]}")).to_be_visible()
    assert said(server)[1:] == [
        ("Leidinggevende", "/choose:Leidinggevende"),
        (ANCHORS[1], f"/choose:{ANCHORS[1]}"),
    ]


def test_own_words_are_an_answer_too(page: Page, server: FakeServer) -> None:
    form(page, server)
    page.get_by_role("textbox", name="Je antwoord").fill("Ik geef leiding en leer zelf ook")
    expect(page.get_by_role("radio", name="Ik schrijf het zelf")).to_be_checked()
    button(page, "Verder").click()
    expect(fields(page).get_by_text("Je schreef: Ik geef leiding en leer zelf ook")).to_be_visible()
    assert said(server)[1:] == [("Ik geef leiding en leer zelf ook", None)]


def test_without_an_answer_it_says_what_is_missing(page: Page, server: FakeServer) -> None:
    form(page, server)
    button(page, "Verder").click()
    expect(page.get_by_role("alert")).to_have_text("Kies een antwoord, of schrijf er zelf een.")
    expect(page.get_by_role("radio").first).to_be_focused()
    assert said(server)[1:] == []


def test_going_back_is_asked_of_the_coach(page: Page, server: FakeServer) -> None:
    server.progress = {"asked": 2, "about": 8}
    form(page, server)
    expect(button(page, "Vorige vraag")).to_have_count(0)
    page.get_by_role("radio", name="Medewerker").check()
    button(page, "Verder").click()
    button(page, "Vorige vraag").click()
    expect(fields(page).get_by_text("Je schreef: Vorige vraag")).to_be_visible()


def test_the_answers_so_far_can_be_read(page: Page, server: FakeServer) -> None:
    form(page, server)
    page.get_by_role("radio", name="Medewerker").check()
    button(page, "Verder").click()
    page.get_by_text("Je antwoorden tot nu toe").click()
    expect(page.get_by_role("listitem")).to_have_text(["Medewerker"])


def test_form_and_talk_are_two_views_of_one_thing(page: Page, server: FakeServer) -> None:
    form(page, server)
    page.get_by_role("radio", name="Medewerker").check()
    button(page, "Verder").click()
    expect(fields(page).get_by_text("Je schreef: Medewerker")).to_be_visible()
    button(page, "Menu").click()
    button(page, "Verder als gesprek").click()
    expect(entry(page)).to_be_focused()
    expect(messages(page, "user")).to_have_text(["JijMedewerker"])
    button(page, "Menu").click()
    button(page, "Invullen als formulier").click()
    expect(page.get_by_role("textbox", name="Je antwoord")).to_be_visible()
    expect(page.get_by_role("log")).to_have_count(0)


def test_a_refusal_is_told_in_the_form(page: Page, server: FakeServer) -> None:
    form(page, server)
    server.refuse_next = ("too_fast", "Dat gaat iets te snel. Wacht even.")
    page.get_by_role("radio", name="Medewerker").check()
    button(page, "Verder").click()
    expect(page.get_by_role("alert")).to_have_text("Dat gaat iets te snel. Wacht even.")
    expect(page.get_by_role("radio", name="Medewerker")).to_be_checked()
    button(page, "Verder").click()
    expect(fields(page).get_by_text("Je schreef: Medewerker")).to_be_visible()


def test_what_comes_by_itself_leaves_the_words_and_the_focus(
    page: Page, server: FakeServer
) -> None:
    form(page, server)
    words = page.get_by_role("textbox", name="Je antwoord")
    words.fill("Ik ben nog bezig")
    server.talk.add(bot("Een adviseur schreef je."))
    server.tell(server.talk.messages[-1:])
    expect(fields(page).get_by_text("Een adviseur schreef je.")).to_be_visible()
    expect(words).to_have_value("Ik ben nog bezig")
