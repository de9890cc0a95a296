"""A whole morning in a real browser: five clients, two handovers, a form, a team of seven by code, and a report on paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from axe import violations
from desk_visitor import served
from morning import Morning, make_manager
from morning_measure import SEVEN, Measure
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from starlette.applications import Starlette
from talking import Store

from bench.ports import free_port
from coach.store.desk_tables import client_talks, handovers, memberships

MOST_BYTES = 150_000
WIDTHS = (360, 768, 1280)
A4 = (595, 842)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
WEIGHT = """() => performance.getEntries()
  .filter(one => one.entryType === 'navigation'
    || one.entryType === 'resource' && !/\\.(svg|png)$/.test(one.name))
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""


class Careful:
    """Looks once at every page: nothing falls off at any width, axe finds nothing, and it is light."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, page: Page, name: str) -> None:
        if name in self.seen:
            return
        self.seen.add(name)
        page.wait_for_load_state()
        assert page.evaluate(WEIGHT) < MOST_BYTES, name
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        page.evaluate("scrollTo(0, document.body.scrollHeight)")  # nothing half under the field
        assert violations(page) == [], name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert not page.evaluate(TOO_WIDE), (name, width)


@pytest.fixture
def morning(
    application: Callable[..., Starlette],
    sqlite: Store,
    browser: Browser,
) -> Iterator[Morning]:
    port = free_port()
    make_manager(PADWIJZER_DATABASE_URL=sqlite.url)
    app = application(sqlite, PADWIJZER_BASE_URL=f"http://127.0.0.1:{port}")
    with served(app, port) as address:
        yield Morning(address, browser, Careful())


def sheets(pdf: bytes) -> str:
    """What is on paper; it is one or two sheets of A4."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) in (1, 2)
    for page in pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        assert size == pytest.approx(A4, abs=1)
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_five_clients_and_a_team_of_seven_on_one_morning(morning: Morning, sqlite: Store) -> None:
    morning.begin()
    morning.three_talks()
    waiting = morning.ask()
    morning.help(*waiting)
    morning.take_up()
    measure = Measure(morning, {"Team Noord": SEVEN})
    measure.organise()
    measure.invite()
    measure.close()
    measure.read()
    report = sheets(measure.printed())
    assert "Team Noord op het pad" in report and "Overleg van 45 minuten" in report

    assert [row.state for row in sqlite.rows(handovers)] == ["klaar"] * 2
    assert sqlite.count(client_talks) == 3
    assert sqlite.count(memberships) == 0, "after the round nobody knows who was in which team"
