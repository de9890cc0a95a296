"""Sixty and more texts with markup on the pages of the desk, in a real browser: words, no dialog, no request, nothing active."""

from __future__ import annotations

import re
from collections.abc import Callable

from desk_visitor import House
from hostile_corpus import markup
from playwright.sync_api import Page, expect
from talking import Store
from test_desk_handover_pages import say, wait
from watching import watched_page

from coach.desk.pages import HEADERS

AtDesk = Callable[[str], Page]


def test_on_the_page_of_a_handover_all_of_it_is_words(at_desk: AtDesk, sqlite: Store) -> None:
    page = at_desk("anna")
    wait(sqlite, "aaaa1111")
    say(sqlite, "aaaa1111", "een gewone zin")
    address = re.sub(r"/desk.*", "/desk/overdrachten/aaaa1111", page.url)
    page.goto(address)
    expect(page.get_by_text("een gewone zin")).to_be_visible()
    tags = page.evaluate(KINDS)
    for words in markup():
        say(sqlite, "aaaa1111", words)
    with watched_page(page) as seen:
        answer = page.goto(address)
        seen.only(re.sub(r"/desk.*", "", address))
        assert (
            answer
            and answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
        )
        told = "".join(page.locator("main").inner_text().split())
        assert [w for w in markup() if "".join(w.split()) not in told] == []
        assert page.evaluate(KINDS) == tags, "the words made no kind of element"
        expect(page).to_have_title("Gesprek AAAA - Padwijzer leerloket")
        seen.nothing_happened()


KINDS = "[...new Set([...document.querySelectorAll('*')].map(e => e.tagName + [...e.attributes].map(a => a.name).filter(n => n.startsWith('on'))))].sort().join()"


def test_a_name_of_a_group_is_words_everywhere(at_desk: AtDesk, small_desk: House) -> None:
    """Also what a colleague at the desk typed: a title, read on another page by another adviser."""
    submitted = small_desk.signed_in("manager")
    names = [words for words in markup() if words.strip() and len(words) <= 60][:40]
    for words in names:
        assert submitted.submit("/desk/organisaties", naam=words).status_code in (303, 422)
    page = at_desk("manager")
    with watched_page(page) as seen:
        page.reload()
        seen.only(re.sub(r"/desk.*", "", page.url))
        told = "".join(page.locator("main").inner_text().split())
        assert sum("".join(words.split()) in told for words in names) >= len(names) - 2
        assert (
            page.locator(
                "main script, main iframe, main img, main [onerror], main [onload]"
            ).count()
            == 0
        )
        seen.nothing_happened()
