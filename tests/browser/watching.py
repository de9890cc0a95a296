"""Eyes on a page of a browser: what it asks of others, what it wants to say in a dialog, where it goes, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Dialog, Page

POLICY = "addEventListener('securitypolicyviolation', e => console.error('Content Security ' + e.blockedURI))"


@dataclass
class Watched:
    page: Page
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)
    home: str = ""

    def only(self, home: str) -> None:
        """From now on nothing may be asked of any other place, and the page stays where it is."""
        self.home = home
        self.went.clear()

    def nothing_happened(self) -> None:
        self.page.evaluate("() => new Promise(done => setTimeout(done, 300))")
        # a websocket and the talk itself are of this place as well
        places = (self.home, self.home.replace("http:", "ws:"))
        foreign = [url for url in self.asked if not url.startswith((*places, "data:image/"))]
        assert (self.dialogs, foreign, self.went) == ([], [], [])


@contextmanager
def watched_page(page: Page) -> Iterator[Watched]:
    seen = Watched(page)

    def hear(dialog: Dialog) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    page.add_init_script(POLICY)
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("dialog", hear)
    page.on("framenavigated", lambda frame: seen.went.append(frame.url))
    yield seen
