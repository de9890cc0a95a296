"""The printed papers of a talk: axe finds nothing, the keyboard reaches everything, and the policy of the page holds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from axe import violations
from playwright.sync_api import Page, expect
from sheets import ROLES, coached, promised

from bot.channels.papers import PRIVATE
from coach.domain.content import Content
from coach.domain.path import POSITIONS
from coach.report import page as paper
from coach.report import record
from coach.report.labels import Labels
from coach.usecases.privacy import Kept, Terms

ADDRESS = "http://papieren.test/plan/x.html"
MADE = datetime(2026, 11, 27, 9, 30)


def plan(content: Content) -> str:
    sheet = promised(content, POSITIONS[5], ROLES[1], helps="een uur tijd")
    links = {"pdf": "x.pdf", "ics": "x.ics"}
    return paper.plan_html(sheet, Labels.of(content.figure), "27 november 2026", links)


def data(content: Content) -> str:
    said = {
        "n": 0,
        "construct": "sturing",
        "ring": None,
        "level": 1,
        "words": "de baas <b>kiest</b>",
        "kept": False,
    }
    times = {"created_at": MADE, "updated_at": MADE + timedelta(days=1)}
    coaching = coached(content, POSITIONS[5], ROLES[1])
    talk = {"id": "a" * 32, "channel": "rest", "lines": 2, "forget_at": None, **times}
    tables = {
        "talks": ({**talk, "state": {"slots": {"coaching": coaching.to_json()}}},),
        "assessments": (
            {
                "id": 1, "round": 1, "version": content.current, "role": "medewerker",
                "subject": "team", "ring": "activatie", "process": "leren", "updated_at": MADE,
            },
        ),
        "answers": ({"assessment": 1, **said},),
        "plans": (
            {
                "round": 1, "outcome": "gelukt", "start": None, "rating": None,
                "what": "Ik bel de collega", "who": "ik", "when_words": "vrijdag",
                "on_date": None, "sure": 8, "helps": "", "come_back": None, "updated_at": MADE,
            },
        ),
        "inbox": ({"line": 1, "text": "hallo"},),
        "outbox": ({"line": 2, "message": {"text": "Dag\n- een lijst"}},),
        "addresses": ({"data": {"room": "x" * 64}},),
        "events": ({"seq": 1, "data": {"event": "user", "text": "hallo" * 60}},),
    }  # fmt: skip
    return record.html(Kept(tables), content, Terms(), "x.json", "x.html")


def refused(_: Content) -> str:
    return paper.render("refused.html.j2", sentence="Deze link werkt niet meer.")


def opened(page: Page, html: str) -> None:
    served = {"body": html, "headers": PRIVATE, "content_type": "text/html; charset=utf-8"}
    page.route("http://papieren.test/**", lambda route: route.fulfill(**served))
    page.goto(ADDRESS)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("draw", [plan, data, refused])
def test_axe_finds_nothing_and_nothing_falls_off(
    page: Page, content: Content, draw: object, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    opened(page, draw(content))  # type: ignore[operator]
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_style_of_the_page_is_let_through_by_its_policy(page: Page, content: Content) -> None:
    opened(page, plan(content))
    colour = page.locator(".promise").evaluate("node => getComputedStyle(node).borderTopColor")
    assert colour == "rgb(11, 90, 84)"
    expect(page.get_by_role("img", name="Het pad naar een sterke leercultuur")).to_be_visible()


@pytest.mark.parametrize("draw", [plan, data])
def test_the_keyboard_reaches_every_link_in_order(
    page: Page, content: Content, draw: object
) -> None:
    opened(page, draw(content))  # type: ignore[operator]
    wanted = page.locator("a, summary, [tabindex='0']").count()
    assert wanted
    reached = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "[...document.querySelectorAll('a, summary, [tabindex=\"0\"]')].indexOf(document.activeElement)"
            )
        )
    assert reached == list(range(wanted))


def test_words_of_people_are_shown_as_words(page: Page, content: Content) -> None:
    opened(page, data(content))
    expect(page.get_by_text("de baas <b>kiest</b>")).to_be_visible()
