"""A real Chromium, and pages of it that complain about a broken script or policy; `make test` installs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened_page(browser: Browser, **more: Any) -> Iterator[Page]:
    """A page in a window of its own; nothing on it may break or be refused by its policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL", **more)
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
