"""A whole talk in the real page with the real service: from hello to a promised step."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
PATIENCE = 30_000
MOST_TURNS = 45


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("data")
    env = {**os.environ, "PADWIJZER_DATA": str(data), "PADWIJZER_PORT": str(port)}
    env["PADWIJZER_BURST"] = "1000"  # a test clicks faster than people
    command = [sys.executable, "-W", "ignore", "-m", "bot"]
    with (data / "log").open("w") as log:
        service = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, service, data / "log")
        yield address
    finally:
        service.terminate()
        service.wait(30)


def _wait(address: str, service: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert service.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the service did not start: {log.read_text()}")


def _answer(page: Page, choice: str | None = None) -> None:
    """Click a choice (the first when none is named) and wait until the bot has answered."""
    before = page.get_by_role("log").locator(".message").count()
    buttons = page.locator(".choices button:visible")
    (buttons.filter(has_text=choice) if choice else buttons).first.click()
    expect(page.get_by_role("log").locator(".message").nth(before + 1)).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.locator(".choices button:visible").first).to_be_visible(timeout=PATIENCE)


def test_someone_clicks_from_hello_to_a_promised_step(page: Page, address: str) -> None:
    page.goto(address)
    log = page.get_by_role("log")
    expect(page.get_by_role("button", name="Ik ben medewerker")).to_be_visible(timeout=PATIENCE)
    _answer(page, "Ik ben medewerker")
    _answer(page, "Mijn team")
    _answer(page, "Ja, dat is goed")
    expect(page.get_by_text("Vraag 1, van hooguit").first).to_be_visible()
    for _ in range(MOST_TURNS):
        if page.get_by_role("button", name="Ja, dat klopt").is_visible():
            break
        _answer(page)
    picture = log.get_by_role("img").last
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert re.search("activatie|cultivatie|realisatie", picture.get_attribute("alt") or "", re.I)

    page.get_by_role("button", name="Ja, dat klopt").click()
    entry = page.get_by_role("textbox", name="Je bericht")
    expect(entry).to_be_enabled()
    expect(page.locator(".choices button:visible")).to_have_count(0)
    entry.fill("Er gebeurt nog weinig, iedereen leert voor zich.")
    entry.press("Enter")
    expect(page.get_by_role("button", name="Iets anders")).to_be_visible(timeout=PATIENCE)
    for choice in (None, "Niets, het kan zo", "Ja, zo doe ik het", "Ikzelf", "Over een week", "8"):
        _answer(page, choice)
    expect(log.get_by_text("Hoe zeker: 8 van de 10")).to_be_visible()
    page.get_by_role("button", name="Een week erna").click()
    expect(
        log.get_by_text("Je stap is bewaard").or_(log.get_by_text("Ik heb je stap bewaard"))
    ).to_be_visible(timeout=PATIENCE)

    page.reload()
    expect(log.get_by_text("Hoe zeker: 8 van de 10")).to_be_visible(timeout=PATIENCE)
