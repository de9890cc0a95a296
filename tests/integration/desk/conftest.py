"""What the tests of the desk share: the desk on both databases, and a real browser on a real port."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import chromium
import pytest
from desk_visitor import BROWSER, Clock, House, app_of, served
from playwright.sync_api import Browser, Page
from talking import Store

from coach.desk.visit import COOKIE


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(stores: Store, clock: Clock) -> House:
    """On SQLite and on PostgreSQL."""
    return House(stores.database, clock, app_of(stores.database, clock))


@pytest.fixture
def small_desk(sqlite: Store, clock: Clock) -> House:
    """On SQLite alone, where the kind of database makes no difference."""
    return House(sqlite.database, clock, app_of(sqlite.database, clock))


# not for the session: an open Playwright keeps an event loop, and then no other test can run its own
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


@pytest.fixture
def address(small_desk: House) -> Iterator[str]:
    """Where the desk is served for a real browser."""
    with served(small_desk.app) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with chromium.opened_page(browser, user_agent=BROWSER) as page:
        yield page


@pytest.fixture
def at_desk(page: Page, small_desk: House, address: str) -> Callable[[str], Page]:
    """The first page of somebody who is signed in: `at_desk("anna")`."""

    def sign_in(name: str) -> Page:
        token = small_desk.token(name)
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": f"{address}/desk"}])
        page.goto(f"{address}/desk")
        return page

    return sign_in
