"""What the tests look for on the screen."""

from __future__ import annotations

from fake_server import FakeServer
from playwright.sync_api import Locator, Page, expect

ANCHORS = (
    "Dat kies ik of de directie, en het team hoort het daarna.",
    "Mijn team denkt mee, maar ik neem het besluit.",
    "Mensen kiezen zelf wat ze leren, en ik help als dat nodig is.",
)
PATIENCE = 20_000  # longer than the widget ever waits before it tries again
OPEN = "Praat met Padwijzer"


def entry(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Je bericht")


def messages(page: Page, kind: str) -> Locator:
    return page.get_by_role("log").locator(f".message.{kind}")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def greeted(page: Page, server: FakeServer) -> None:
    page.goto(server.address)
    expect(button(page, "Leidinggevende")).to_be_visible()


def write(page: Page, text: str) -> None:
    entry(page).fill(text)
    entry(page).press("Enter")


def said(server: FakeServer) -> list[tuple[str, str | None]]:
    return [(message["text"], message.get("payload")) for message in server.received]


def opened(page: Page, server: FakeServer) -> None:
    """The widget in the corner of the demo page."""
    page.goto(f"{server.address}/demo")
    button(page, OPEN).click()
    expect(button(page, "Leidinggevende")).to_be_visible()
