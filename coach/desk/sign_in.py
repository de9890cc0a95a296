"""Signing in with a local account, and out. Guessing is slowed for an account and for an address."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach.desk.door import ON_THE_STEP, Door, address_of
from coach.desk.forms import BadForm, read_form, texts
from coach.desk.visit import SESSION, Gate, Visit, is_same_site, see_other
from coach.store.advisers import Adviser
from coach.store.attempts import Attempt, Attempts
from coach.store.passwords import fits

log = logging.getLogger("padwijzer.desk")

WINDOW = timedelta(minutes=15)
FREE_TRIES = 5
MOST_FROM_ADDRESS = 50
MOST_FIELDS, MOST_BYTES = 10, 10_000


class SignIn:
    def __init__(self, door: Door, gate: Gate, attempts: Attempts, base_url: str) -> None:
        self._door, self._gate, self._attempts = door, gate, attempts
        self._base_url = base_url

    def routes(self) -> list[Route]:
        return [
            Route("/desk/inloggen", self.form, methods=["GET"]),
            Route("/desk/inloggen", self.enter, methods=["POST"]),
            self._gate.route("/desk/uitloggen", self.leave, method="POST", always=True),
        ]

    async def form(self, request: Request) -> Response:
        return self._door.form(request, 200, "")

    async def enter(self, request: Request) -> Response:
        try:
            given = texts(await read_form(request, MOST_FIELDS, MOST_BYTES))
        except BadForm:
            return self._door.form(request, 413, "form")
        before = ON_THE_STEP.read(request, self._door.secure).encode()
        own = bool(before) and hmac.compare_digest(given.get("before", "").encode(), before)
        if not own or not is_same_site(request, self._base_url):
            return self._door.form(request, 403, "csrf", wanted=given.get("naar", ""))
        return await self._door.in_thread(self._enter, request, given)

    def _enter(self, request: Request, given: dict[str, str]) -> Response:
        email, password = given.get("email", "").strip()[:254], given.get("wachtwoord", "")
        wanted, now = given.get("naar", ""), self._gate.now()
        account = self._attempts.begin(f"account:{email}", now, now - WINDOW)
        place = self._attempts.begin(f"address:{address_of(request)}", now, now - WINDOW)
        wait = _wait(account, place, now)
        if wait:  # it is not tried, so it does not make the wait longer either
            self._attempts.withdraw(account)
            self._attempts.withdraw(place)
            log.warning("desk.sign_in_failed why=slow")
            return self._door.form(request, 429, "slow", email, wait, wanted)
        found = self._door.advisers.password_of(email, now)
        if not fits(password, found[1] if found else None) or not found:
            self._note_guessing(account, found, now)
            log.warning("desk.sign_in_failed why=wrong")
            return self._door.form(request, 401, "wrong", email, wanted=wanted)
        self._attempts.forgive(f"account:{email}")
        self._attempts.withdraw(place)
        return self._door.welcome(request, found[0], wanted)

    def _note_guessing(
        self, account: Attempt, found: tuple[Adviser, str] | None, now: datetime
    ) -> None:
        """Once for every row of wrong passwords, so that the manager sees that somebody guesses."""
        if found and account.earlier + 1 == FREE_TRIES:
            self._door.advisers.note(None, "sign_in_guessed", found[0].id, now)

    def leave(self, visit: Visit) -> Response:
        self._door.advisers.note(visit.adviser.id, "sign_out", "", visit.at)
        response = see_other("/desk/inloggen")
        self._door.advisers.end(visit.token)
        SESSION.take_back(response, self._door.secure)
        return response


def _wait(account: Attempt, place: Attempt, now: datetime) -> int:
    """Seconds until the next attempt may be made: doubling after a few, so that a slip of the pen costs nothing."""
    if place.earlier >= MOST_FROM_ADDRESS:
        return int(WINDOW.total_seconds())
    if account.earlier < FREE_TRIES or account.last is None:
        return 0
    pause = min(2 ** min(account.earlier - FREE_TRIES + 2, 10), WINDOW.seconds)
    until = account.last + timedelta(seconds=pause)
    return int((until - now).total_seconds()) + 1 if until > now else 0
