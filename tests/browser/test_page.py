"""The real page in Chromium, against a fake server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fake_server import FakeServer, bot, user
from playwright.sync_api import Locator, Page, expect

ANCHORS = (
    "Dat kies ik of de directie, en het team hoort het daarna.",
    "Mijn team denkt mee, maar ik neem het besluit.",
    "Mensen kiezen zelf wat ze leren, en ik help als dat nodig is.",
)
LONG_RETRY = 9_000  # more than the longest pause between two attempts, on the page's own clock


@pytest.fixture
def server() -> Iterator[FakeServer]:
    server = FakeServer()
    server.start()
    yield server
    server.stop()


def entry(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Je bericht")


def messages(page: Page, kind: str) -> Locator:
    return page.get_by_role("log").locator(f".message.{kind}")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def greeted(page: Page, server: FakeServer) -> None:
    page.goto(server.address)
    expect(button(page, "Leidinggevende")).to_be_visible()


def greeted_and_time_stopped(page: Page, server: FakeServer) -> None:
    """The page tries again only when the test says so."""
    page.clock.install(time=0)
    greeted(page, server)
    page.clock.pause_at(3600)


def write(page: Page, text: str) -> None:
    entry(page).fill(text)
    entry(page).press("Enter")


def said(server: FakeServer) -> list[tuple[str, str | None]]:
    return [(message["text"], message["payload"]) for message in server.received]


# Beginning and going on


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
    server.repeats = 2
    page.get_by_role("log").evaluate("log => log.firstElementChild.dataset.kept = 'yes'")
    write(page, "Hallo")
    expect(messages(page, "bot")).to_have_count(3)
    expect(messages(page, "user")).to_have_text(["JijHallo"])
    expect(messages(page, "bot").first).to_have_attribute("data-kept", "yes")


def test_what_was_said_in_another_tab_shows_in_its_place(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    server.talk.add(user("Uit een ander tabblad"), bot("Dat zag ik."))
    write(page, "Hallo")
    expect(messages(page, "user")).to_have_text(["JijUit een ander tabblad", "JijHallo"])


# Waiting and trouble


def test_a_slow_answer_shows_the_writing_sign_and_is_fetched(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    server.is_slow = True
    write(page, "Even denken")
    sign = page.get_by_role("status").filter(has_text="Padwijzer schrijft")
    expect(sign).to_be_visible()
    server.finish()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Even denken")
    expect(sign).to_have_count(0)
    expect(messages(page, "user")).to_have_count(1)


def test_a_message_waits_for_the_server_and_is_handled_once(page: Page, server: FakeServer) -> None:
    greeted_and_time_stopped(page, server)
    server.stop()
    write(page, "Ben je daar?")
    expect(page.get_by_text("Geen verbinding. Ik probeer het opnieuw.")).to_be_visible()
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    server.start()
    page.clock.run_for(LONG_RETRY)
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Ben je daar?")
    expect(page.get_by_text("Geen verbinding.")).to_have_count(0)
    expect(messages(page, "user")).to_have_text(["JijBen je daar?"])
    assert said(server)[1:] == [("Ben je daar?", None)]


def test_a_lost_answer_is_asked_for_again_under_the_same_id(page: Page, server: FakeServer) -> None:
    greeted_and_time_stopped(page, server)
    server.lose_next_answer = True
    write(page, "Hoor je mij?")
    button(page, "Nu proberen").click()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Hoor je mij?")
    assert len({message["id"] for message in server.received[1:]}) == 1
    assert len(server.received[1:]) == 2
    expect(messages(page, "user")).to_have_count(1)
    expect(entry(page)).to_be_focused()


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_reload_with_an_unsent_message_sends_it_once(
    page: Page, server: FakeServer, lost: str
) -> None:
    greeted_and_time_stopped(page, server)
    setattr(server, f"lose_next_{lost}", True)
    write(page, "Uit de tunnel")
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    page.reload()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Uit de tunnel")
    expect(messages(page, "user")).to_have_text(["JijUit de tunnel"])
    assert len({message["id"] for message in server.received[1:]}) == 1


def test_messages_written_without_connection_keep_their_order(
    page: Page, server: FakeServer
) -> None:
    greeted_and_time_stopped(page, server)
    server.stop()
    write(page, "Een")
    write(page, "Twee")
    expect(page.get_by_text("nog niet verzonden")).to_have_count(2)
    server.start()
    page.clock.run_for(LONG_RETRY)
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Twee")
    order = page.get_by_role("log").locator(".message p:last-child").all_inner_texts()
    assert order[2:] == ["Een", "Je schreef: Een", "Twee", "Je schreef: Twee"]


def test_a_refusal_is_told_and_the_message_can_be_sent_again(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    server.refuse_next = (429, "Dat gaat iets te snel. Wacht even.")
    button(page, "Medewerker").click()
    expect(messages(page, "note")).to_contain_text("Dat gaat iets te snel. Wacht even.")
    expect(messages(page, "user")).to_contain_text("niet verzonden")
    expect(button(page, "Leeradviseur")).to_be_visible()
    button(page, "Opnieuw proberen").click()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Medewerker")
    expect(messages(page, "user")).to_have_text(["JijMedewerker"])


def test_a_lost_session_begins_anew_and_gives_the_words_back(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    server.refuse_next = (401, "Ik ken dit gesprek niet meer.")
    server.talks.clear()
    write(page, "Wij leren van elkaar.")
    expect(messages(page, "note")).to_contain_text("Ik ken dit gesprek niet meer.")
    expect(button(page, "Medewerker")).to_be_visible()
    expect(entry(page)).to_have_value("Wij leren van elkaar.")
    expect(messages(page, "user")).to_have_count(0)


# What is shown


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
        "href", "/figuur/plek.svg"
    )


def test_progress_shows_only_when_it_is_known(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    server.progress = {"asked": 3, "about": 8}
    write(page, "Verder")
    bar = page.get_by_role("progressbar", name="Vraag 3 van ongeveer 8")
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


# The menu, the keyboard and small screens


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
