"""Sixty and more texts with markup in a real browser, in the widget and on paper: words, no dialog, no request, nothing active."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_server import FakeServer
from fake_talk import bot, user
from hostile_corpus import markup
from playwright.sync_api import Page, expect
from screen import greeted, messages
from sheets import promised
from test_papers import opened
from watching import Watched, watched_page

from coach.domain.content import Content
from coach.domain.path import POSITIONS
from coach.report import page as paper
from coach.report.labels import Labels

ACTIVE = "script, img, iframe, svg, style, base, meta, form, object, embed, math, input, [onerror], [onload], [onfocus]"
WORDS = markup()


@pytest.fixture
def watched(page: Page) -> Iterator[Watched]:
    with watched_page(page) as seen:
        yield seen


def test_in_the_widget_all_of_it_is_words(page: Page, server: FakeServer, watched: Watched) -> None:
    greeted(page, server)
    watched.only(server.address)
    said = [bot(text, f"{n}: {text}"[:80]) for n, text in enumerate(WORDS)]
    own = [user(text) for text in WORDS]
    before_user = messages(page, "user").count()
    server.tell(server.talk.add(*said, *own))
    expect(messages(page, "user")).to_have_count(before_user + len(WORDS))
    log = page.get_by_role("log")
    assert log.locator(ACTIVE).count() == 0
    assert log.locator("a:not([href^='https://']):not([href^='tel:'])").count() == 0
    shown = messages(page, "user").all_inner_texts()[before_user:]
    told = ["".join(text.split()).removeprefix("Jij") for text in shown]
    assert ["".join(text.split()) for text in WORDS] == told
    assert messages(page, "bot").count() >= len(WORDS)
    watched.nothing_happened()


def test_on_paper_all_of_it_is_words(page: Page, content: Content, watched: Watched) -> None:
    together = " | ".join(WORDS)
    sheet = promised(content, POSITIONS[5], what=together, who=together, helps=together)
    bare = promised(content, POSITIONS[5], what="iets", who="ik", helps="iets")
    counts = []
    for drawn in (bare, sheet):
        opened(page, paper.plan_html(drawn, Labels.of(content.figure), "27 november 2026", {}))
        counts.append(page.evaluate("document.querySelectorAll('*').length"))
    assert counts[0] == counts[1], "the words made no element"
    told = "".join(page.locator("body").inner_text().split())
    assert all("".join(text.split()) in told for text in WORDS)
    watched.only("http://papieren.test")
    watched.nothing_happened()
