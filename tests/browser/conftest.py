"""A real Chromium for the page tests; `make test` installs it, and without it they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from fake_server import FakeServer
from playwright.sync_api import Browser, Page, expect, sync_playwright
from screen import PATIENCE

expect.set_options(timeout=PATIENCE)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# not for the session: an open Playwright keeps an event loop, and then no other test can run its own
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL")
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda line: broken.append(line.text) if "Content Security" in line.text else None,
    )
    yield page
    context.close()
    assert broken == []


@pytest.fixture
def server() -> Iterator[FakeServer]:
    server = FakeServer()
    server.start()
    yield server
    server.stop()
