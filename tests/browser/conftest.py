"""What the page tests share; without Chromium they fail."""

from __future__ import annotations

from collections.abc import Iterator

import chromium
import pytest
from fake_server import FakeServer
from playwright.sync_api import Browser, Page


# not for the session: an open Playwright keeps an event loop, and then no other test can run its own
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with chromium.opened_page(browser) as page:
        yield page


@pytest.fixture
def server() -> Iterator[FakeServer]:
    server = FakeServer()
    server.start()
    yield server
    server.stop()
