"""What the desk asks of the service for a talk with a client: bring a message into it, and show it as a form.

The desk's pages work in threads and have checked who may; the talks live on the loop.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping

from anyio import from_thread

from bot.channels.form import reading
from bot.channels.form.door import agreement
from bot.channels.form.filling import Filling, Outcome, interview_of
from bot.channels.form.page import Frame, texts
from bot.channels.guard import Refused, check_id, check_text
from bot.channels.pictures import Pictures
from bot.turns import form
from bot.turns.worker import Turns
from coach.store.ledger import Ledger
from coach.store.turn import Talk, Waiting
from coach.usecases.client_talks import for_client
from coach.usecases.form import FormTalk, Sheet

log = logging.getLogger("padwijzer.desk")


class ClientDoor:
    channel = form.DESK

    def __init__(self, turns: Turns, ledger: Ledger, talk: FormTalk, pictures: Pictures) -> None:
        self._turns, self._ledger = turns, ledger
        self._filling = Filling(turns, talk, pictures)

    def hold(self, message: Waiting) -> bool:
        """Hold the turn of a message that is in the inbox; False: it is kept, and goes before the next one."""
        return from_thread.run(self._hold, message)

    def say(self, talk: str, id_: str, text: str, payload: str | None) -> bool:
        """What an adviser types, or a button that is on offer."""
        try:
            message = check_id(f"said:{id_}")
            said = check_text(text)
        except Refused:
            return False
        return self.hold(self._ledger.accept_in(talk, self.channel, message, said, payload))

    def show(self, talk: str, base: str, title: str, proof: str) -> str:
        """The form of a talk as a page."""
        here = self._ledger.load(talk)
        return from_thread.run(
            self._html, here, self._filling.sheet(here.state), proof, base, title, None
        )

    def fill(
        self, talk: str, given: Mapping[str, str], base: str, title: str, proof: str
    ) -> tuple[int, str]:
        """Take a form in: 303 and the part of the page that comes next, or a status and the page again."""
        here = self._ledger.load(talk)
        before = interview_of(here.state)
        consent = bool(before and before.consent)
        sheet = for_client(reading.sheet(given), consent=consent)
        outcome = self._filling.take(here.state, sheet, later="later" in given)
        if outcome.taken is None:
            html = from_thread.run(self._html, here, outcome.sheet, proof, base, title, outcome)
            return outcome.status, html
        if outcome.is_new:
            self._keep(talk, given.get("id", ""), outcome.sheet)
        return 303, outcome.where

    def go_on(self, talk: str, id_: str) -> bool:
        """The place is right: say so in the talk, when that is what it waits for."""
        here = self._ledger.load(talk)
        agree = agreement(here)
        return not agree or self.say(talk, f"on:{id_}", here.offered[agree], agree)

    def erase(self, talk: str) -> None:
        from_thread.run(self._turns.erase, talk)

    def _keep(self, talk: str, id_: str, sheet: Sheet) -> bool:
        content = json.dumps(sheet.to_json(), ensure_ascii=False)
        digest = hashlib.sha256(content.encode()).hexdigest()[:32]
        message = check_id(f"{id_[:64]}:{digest}")
        line = texts()["chat_line"]
        return self.hold(self._ledger.accept_in(talk, form.DOOR, message, line, content))

    async def _hold(self, message: Waiting) -> bool:
        try:
            await self._turns.shown(await self._turns.handle(message))
        except Exception as error:  # it is in the inbox: nothing is lost
            log.error("turn.kept message=%s why=%s", message.id, type(error).__name__)
            return False
        return True

    async def _html(
        self, talk: Talk, sheet: Sheet, proof: str, base: str, title: str, outcome: Outcome | None
    ) -> str:
        frame = Frame(f"{base}/formulier", base, f"{base}/praten", "csrf", title)
        more = outcome.more if outcome else {}
        return await self._filling.html(talk, sheet, proof, frame, **more)
