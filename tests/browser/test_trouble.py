"""What can go wrong between the widget and the server, and how the talk goes on."""

from __future__ import annotations

import pytest
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
    greeted(page, server)
    server.stop()
    write(page, "Ben je daar?")
    expect(page.get_by_text("Geen verbinding. Ik probeer het opnieuw.")).to_be_visible()
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    server.start()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Ben je daar?")
    expect(page.get_by_text("Geen verbinding.")).to_have_count(0)
    expect(messages(page, "user")).to_have_text(["JijBen je daar?"])
    assert said(server)[1:] == [("Ben je daar?", None)]


def test_a_lost_answer_is_asked_for_again_under_the_same_id(page: Page, server: FakeServer) -> None:
    greeted(page, server)
    server.lose_next_answer = True
    write(page, "Hoor je mij?")
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    server.is_away = False
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
    greeted(page, server)
    setattr(server, f"lose_next_{lost}", True)
    write(page, "Uit de tunnel")
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    server.is_away = False
    page.reload()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Uit de tunnel")
    expect(messages(page, "user")).to_have_text(["JijUit de tunnel"])
    assert len({message["id"] for message in server.received[1:]}) == 1


def test_messages_written_without_connection_keep_their_order(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    server.stop()
    write(page, "Een")
    write(page, "Twee")
    expect(page.get_by_text("nog niet verzonden")).to_have_count(2)
    server.start()
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Twee")
    order = page.get_by_role("log").locator(".message p:last-child").all_inner_texts()
    assert order[2:] == ["Een", "Je schreef: Een", "Twee", "Je schreef: Twee"]


def test_a_refusal_is_told_and_the_message_can_be_sent_again(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    server.refuse_next = ("too_fast", "Dat gaat iets te snel. Wacht even.")
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
    server.is_away = True
    server.cut()
    write(page, "Wij leren van elkaar.")
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    server.talks.clear()
    server.is_away = False
    expect(messages(page, "note")).to_contain_text("Ik ken je vorige gesprek niet meer.")
    expect(button(page, "Medewerker")).to_be_visible()
    expect(entry(page)).to_have_value("Wij leren van elkaar.")
    expect(messages(page, "user")).to_have_count(0)
    assert said(server) == [("", "/greet"), ("", "/greet")]


def test_without_network_the_talk_waits_and_goes_on_where_it_was(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    page.context.set_offline(True)
    server.is_away = True
    server.cut()
    expect(page.get_by_role("status").filter(has_text="Geen verbinding")).to_be_visible()
    write(page, "In de lift")
    expect(messages(page, "user")).to_contain_text("nog niet verzonden")
    server.is_away = False
    page.context.set_offline(False)
    expect(messages(page, "bot").last).to_contain_text("Je schreef: In de lift")
    expect(page.get_by_role("status").filter(has_text="De verbinding is er weer.")).to_be_visible()
    expect(messages(page, "user")).to_have_text(["JijIn de lift"])
    assert len({message["id"] for message in server.received[1:]}) == 1


def test_what_was_said_meanwhile_is_fetched_when_the_line_is_back(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    server.is_away = True
    server.cut()
    expect(page.get_by_text("Geen verbinding.")).to_be_visible()
    server.talk.add(bot("Een adviseur schreef je."))
    server.is_away = False
    expect(messages(page, "bot").last).to_contain_text("Een adviseur schreef je.")
    expect(messages(page, "bot")).to_have_count(3)


def test_a_session_that_ended_begins_anew_and_shows_nothing_of_the_old_talk(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    write(page, "Van vroeger")
    expect(messages(page, "bot")).to_have_count(3)
    server.talks.clear()
    server.cut()
    expect(messages(page, "bot")).to_have_count(2)
    expect(button(page, "Medewerker")).to_be_visible()
    expect(messages(page, "user")).to_have_count(0)


def test_a_server_that_is_away_at_the_start_is_waited_for(page: Page, server: FakeServer) -> None:
    server.is_away = True
    page.goto(server.address)
    expect(page.get_by_text("Geen verbinding. Ik probeer het opnieuw.")).to_be_visible()
    server.is_away = False
    button(page, "Nu proberen").click()
    expect(button(page, "Leidinggevende")).to_be_visible()


def test_a_message_that_the_line_cannot_carry_is_refused_at_once(
    page: Page, server: FakeServer
) -> None:
    greeted(page, server)
    write(page, "x" + "\x01" * 3998 + "x")
    expect(messages(page, "note")).to_contain_text("Dat bericht is te lang. Stuur het in delen.")
    write(page, "Korter")
    expect(messages(page, "bot").last).to_contain_text("Je schreef: Korter")
    assert said(server)[1:] == [("Korter", None)]
