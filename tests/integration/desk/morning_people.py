"""Who an adviser meets on a morning, without the desk: people in the widget, and people who answer over REST."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect
from talking import value_of

from coach.domain.interview import Phase

PATIENCE = 30_000
MOST_TURNS = 40


class OverRest:
    """Somebody who talks over REST and uses the buttons."""

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self._client = httpx.Client(base_url=address, timeout=60)
        self._messages: list[dict[str, Any]] = []

    def say(self, text: str) -> str:
        """Gives what is read then; an answer that came in between is read with the next."""
        said = {"sender": self.name, "message": text, "message_id": uuid.uuid4().hex}
        answer = self._client.post("/webhooks/rest/webhook", json=said)
        assert answer.status_code == 200, answer.text
        self._messages = answer.json()
        return "\n".join(m["text"] for m in self._messages if m.get("text"))

    def press(self, value: str) -> str:
        return self.say(self.buttons[value])

    @property
    def buttons(self) -> dict[str, str]:
        """What the newest row of buttons stands for, and how each reads."""
        rows = [m["buttons"] for m in self._messages if m.get("buttons")]
        return {value_of(b["payload"]): b["title"] for b in rows[-1]} if rows else {}

    @property
    def phase(self) -> str:
        states = [m["custom"]["state"] for m in self._messages if m.get("custom")]
        return str(states[-1]["phase"])

    def join(self, code: str, role: str, levels: Iterator[str]) -> None:
        """Answer on invitation until there is a place."""
        self.say(f"ik heb een code {code}")
        for _ in range(MOST_TURNS):
            if self.phase == Phase.REVIEW:
                self.press("ja")
                return
            if self.phase in (Phase.QUESTION, Phase.PROBE):
                self.press(f"niveau_{next(levels)}")
            else:
                self.press(role if self.phase == Phase.ROLE else "ja")
        raise AssertionError(f"{self.name} did not get to a place")


class InWidget:
    """Somebody who talks on the page of Padwijzer, in a browser of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def open(self, address: str) -> None:
        self.page.goto(address)
        expect(self._choices().first).to_be_visible(timeout=PATIENCE)

    def say(self, text: str) -> None:
        entry = self.page.get_by_role("textbox", name="Je bericht")
        entry.fill(text)
        entry.press("Enter")

    def press(self, title: str) -> None:
        """Use a button of the newest message, and wait for the answer."""
        before = self.log.locator(".message").count()
        self._choices().filter(has_text=title).first.click()
        expect(self.log.locator(".message").nth(before + 1)).to_be_visible(timeout=PATIENCE)

    def reads(self, text: str) -> None:
        expect(self.log.get_by_text(text).last).to_be_visible(timeout=PATIENCE)

    def join(self, role: str, levels: Iterator[int]) -> None:
        """The page was opened by the link of an invitation: answer until there is a place."""
        self.press(role)
        self.press("Ja, dat is goed")
        for _ in range(MOST_TURNS):
            expect(self._choices().first).to_be_visible(timeout=PATIENCE)
            if self._choices().filter(has_text="Ja, dat klopt").count():
                return
            self.press(self._choices().nth(next(levels)).inner_text())
        raise AssertionError("the talk did not get to a place")

    def _choices(self) -> Locator:
        return self.page.locator(".choices button:visible")
