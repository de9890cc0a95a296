"""The talk in Chromium: beginning, going on, several tabs, a reload."""

from __future__ import annotations

from fake_server import FakeServer
from fake_talk import bot, user
from playwright.sync_api import Page, expect
from screen import (
    button,
    entry,
    greeted,
    messages,
    said,
    write,
)


def test_the_first_load_greets_without_an_empty_bubble(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    assert said(server) == [("", "/greet")]
    expect(messages(page, "bot")).to_have_count(2)
    expect(messages(page, "user")).to_have_count(0)
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_a_button_sends_its_title_and_payload_and_becomes_a_bubble(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    button(page, "Leidinggevende").click()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Leidinggevende")
    assert said(server)[1:] == [("Leidinggevende", "/choose:Leidinggevende")]
    expect(messages(page, "user")).to_have_text("JijLeidinggevende")
    expect(page.get_by_role("group", name="Kies een antwoord")).to_have_count(0)
    expect(entry(page)).to_be_focused()


def test_every_message_of_a_turn_keeps_its_own_buttons_until_something_is_said(
    page: Page, server: FakeServer
) -> None:
    side = bot("Anderen leren vooral van elkaar.", "Vertel meer", turn=4)
    server.reply_to("Hoe doen anderen dat?", side, bot("Wie kiest?", "Wij", "De baas", turn=4))
    greeted(page, server)
    write(page, "Hoe doen anderen dat?")
    expect(button(page, "De baas")).to_be_visible()
    here = page.get_by_role("log").locator(".message, button")
    told = [text.strip() for text in here.all_inner_texts()[-5:]]
    assert [text.splitlines()[-1] for text in told] == [
        *("Anderen leren vooral van elkaar.", "Vertel meer", "Wie kiest?", "Wij", "De baas")
    ]
    page.reload()
    button(page, "Vertel meer").click()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Vertel meer")
    assert said(server)[-1] == ("Vertel meer", "4:/choose:Vertel meer")
    expect(button(page, "De baas")).to_have_count(0)


def test_buttons_of_a_later_turn_take_the_place_of_those_before(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    for turn, names in ((7, ("Ja, gedaan", "Nog niet")), (8, ("Morgen", "Volgende week"))):
        server.tell(server.talk.add(bot("Hoe ging het?", *names, turn=turn)))
        expect(button(page, names[0])).to_be_visible()
    expect(button(page, "Ja, gedaan")).to_have_count(0)
    expect(button(page, "Leidinggevende")).to_have_count(0)


def test_the_second_half_of_a_double_click_answers_nothing(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    button(page, "Medewerker").dispatch_event("click", {"detail": 2})
    button(page, "Leeradviseur").click()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Leeradviseur")
    assert said(server)[1:] == [("Leeradviseur", "/choose:Leeradviseur")]


def test_a_typed_message_goes_by_enter_and_a_new_line_by_shift_enter(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    entry(page).click()
    page.keyboard.type("Wij leren")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("van elkaar.")
    page.keyboard.press("Enter")
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Wij leren")
    assert said(server)[1:] == [("Wij leren\nvan elkaar.", None)]
    expect(messages(page, "user")).to_have_count(1)
    expect(entry(page)).to_have_value("")
    expect(entry(page)).to_be_focused()


def test_an_empty_message_is_not_sent(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    write(page, "   ")
    write(page, "Hallo")
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Hallo")
    assert [text for text, _ in said(server)[1:]] == ["Hallo"]


def test_a_reload_keeps_the_history_and_only_the_last_buttons(
    page: Page, server: FakeServer
) -> None:
    server.reply_to("Leidinggevende", bot("Over wie gaat het?", "Mijn team", "De organisatie"))
    greeted(page, server)
    button(page, "Leidinggevende").click()
    expect(button(page, "Mijn team")).to_be_visible()
    page.reload()
    expect(button(page, "Mijn team")).to_be_visible()
    expect(button(page, "Leidinggevende")).to_have_count(0)
    expect(messages(page, "user")).to_have_text(["JijLeidinggevende"])
    expect(messages(page, "bot")).to_have_count(3)
    assert [payload for _, payload in said(server)].count("/greet") == 1


def test_a_talk_that_was_erased_elsewhere_shows_as_the_server_tells_it(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    write(page, "Wis alles")
    expect(messages(page, "bot")).to_have_count(3)
    server.talk.messages.clear()
    write(page, "Hallo")
    expect(messages(page, "bot")).to_have_count(1)
    expect(messages(page, "user")).to_have_text(["JijHallo"])


def test_an_answer_that_repeats_what_was_told_adds_only_the_new(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    page.get_by_role("log").evaluate("log => log.firstElementChild.dataset.kept = 'yes'")
    write(page, "Hallo")
    expect(messages(page, "bot")).to_have_count(3)
    server.talk.add(bot("En nog iets."))
    server.tell(server.talk.messages)
    expect(messages(page, "bot").last).to_contain_text("En nog iets.")
    expect(messages(page, "bot")).to_have_count(4)
    expect(messages(page, "user")).to_have_text(["JijHallo"])
    expect(messages(page, "bot").first).to_have_attribute("data-kept", "yes")


def test_what_was_said_in_another_tab_shows_in_its_place(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    server.talk.add(user("Uit een ander tabblad"), bot("Dat zag ik."))
    write(page, "Hallo")
    expect(messages(page, "user")).to_have_text(["JijUit een ander tabblad", "JijHallo"])


def test_two_tabs_show_one_talk(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    other = page.context.new_page()
    other.goto(server.address)
    expect(button(other, "Medewerker")).to_be_visible()
    button(page, "Medewerker").click()
    expect(messages(other, "user")).to_have_text(["JijMedewerker"])
    expect(messages(other, "bot").last).to_contain_text("Je schreef: Medewerker")
    expect(button(other, "Leeradviseur")).to_have_count(0)
    assert [payload for _, payload in said(server)].count("/greet") == 1


def test_another_browser_sees_nothing_of_this_talk(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    write(page, "Alleen voor mij")
    expect(messages(page, "bot")).to_have_count(3)
    context = page.context.browser.new_context() if page.context.browser else None
    assert context
    other = context.new_page()
    greeted(other, server)
    expect(messages(other, "bot")).to_have_count(2)
    expect(other.get_by_text("Alleen voor mij")).to_have_count(0)
    context.close()


def test_wiping_asks_once_and_leaves_nothing_in_any_tab(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    write(page, "Een geheim")
    expect(messages(page, "bot")).to_have_count(3)
    other = page.context.new_page()
    other.goto(server.address)
    expect(messages(other, "user")).to_have_count(1)
    button(page, "Menu").click()
    button(page, "Wis mijn gegevens").click()
    question = page.get_by_role("dialog", name="Wil je al je gegevens wissen?")
    expect(question).to_be_visible()
    expect(button(page, "Nee, ga terug")).to_be_focused()
    assert server.talk.messages[3]["text"] == "Een geheim"
    button(page, "Ja, wis alles").click()
    for tab in (page, other):
        expect(messages(tab, "user")).to_have_count(0)
        expect(messages(tab, "note")).to_contain_text("Je gegevens zijn gewist.")
        expect(button(tab, "Medewerker")).to_be_visible()
    assert [message["text"] for message in server.talk.messages if message["from"] == "user"] == [
        ""
    ]


def test_who_does_not_want_to_wipe_goes_on(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    button(page, "Menu").click()
    button(page, "Wis mijn gegevens").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(messages(page, "bot")).to_have_count(2)
    expect(button(page, "Medewerker")).to_be_visible()
