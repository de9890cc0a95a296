"""Signing in with a local account, and out. Guessing is slowed for an account and for an address."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach.desk.pages import page
from coach.desk.visit import COOKIE, Gate, Visit, browser, is_same_site, see_other
from coach.store.advisers import LONGEST, Adviser, Advisers
from coach.store.passwords import fits

BEFORE = "padwijzer_desk_before"
WINDOW = timedelta(minutes=15)
FREE_TRIES = 5
MOST_FROM_ADDRESS = 50
OWN_PATH = re.compile(r"/desk(/[\w./-]*)?")


class SignIn:
    def __init__(self, advisers: Advisers, gate: Gate, base_url: str, oidc: bool) -> None:
        self._advisers, self._gate = advisers, gate
        self._base_url, self._oidc = base_url, oidc

    def routes(self) -> list[Route]:
        return [
            Route("/desk/inloggen", self.form, methods=["GET"]),
            Route("/desk/inloggen", self.enter, methods=["POST"]),
            self._gate.route("/desk/uitloggen", self.leave, method="POST"),
        ]

    async def form(self, request: Request) -> Response:
        return self._form(request, 200, "")

    async def enter(self, request: Request) -> Response:
        form = await request.form(max_fields=10)
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        before = request.cookies.get(BEFORE, "")
        own = bool(before) and hmac.compare_digest(given.get("before", ""), before)
        if not own or not is_same_site(request, self._base_url):
            return self._form(request, 403, "csrf")
        return await run_in_threadpool(self._enter, request, given)

    def _enter(self, request: Request, given: dict[str, str]) -> Response:
        email, password = given.get("email", "").strip()[:254], given.get("wachtwoord", "")
        address = request.client.host if request.client else ""
        now = self._gate.now()
        wait = self._wait(email, address, now)
        if wait:
            return self._form(request, 429, "slow", email, wait)
        found = self._advisers.password_of(email)
        if not fits(password, found[1] if found else None) or not found:
            self._advisers.failed(f"account:{email}", now)
            self._advisers.failed(f"address:{address}", now)
            return self._form(request, 401, "wrong", email)
        self._advisers.succeeded(f"account:{email}")
        return welcome(self._advisers, self._gate, request, found[0], given.get("naar", ""))

    def _wait(self, email: str, address: str, now: datetime) -> int:
        """Seconds until the next attempt may be made: doubling after a few, so that a slip of the pen costs nothing."""
        number, last = self._advisers.failures(f"account:{email}", now - WINDOW)
        from_here, _ = self._advisers.failures(f"address:{address}", now - WINDOW)
        if from_here >= MOST_FROM_ADDRESS:
            return int(WINDOW.total_seconds())
        if number < FREE_TRIES or last is None:
            return 0
        until = last + timedelta(seconds=min(2 ** (number - FREE_TRIES + 2), WINDOW.seconds))
        return max(0, int((until - now).total_seconds()) + 1) if until > now else 0

    def leave(self, visit: Visit) -> Response:
        self._advisers.note(visit.adviser.id, "sign_out", "", visit.at)
        response = see_other("/desk/inloggen")
        self._advisers.end(visit.token)
        response.delete_cookie(COOKIE, path="/desk")
        return response

    def _form(
        self, request: Request, status: int, why: str, email: str = "", wait: int = 0
    ) -> Response:
        before = secrets.token_urlsafe(24)
        wanted = request.query_params.get("naar", "")
        shown = {"why": why, "email": email, "wait": wait, "before": before, "oidc": self._oidc}
        response = page("sign_in", status, naar=own_path(wanted), **shown)
        secure = self._gate.secure()
        response.set_cookie(
            BEFORE, before, path="/desk", httponly=True, samesite="strict", secure=secure
        )
        if wait:
            response.headers["retry-after"] = str(wait)
        return response


def welcome(
    advisers: Advisers, gate: Gate, request: Request, adviser: Adviser, wanted: str
) -> Response:
    """Begin a session of its own for who has shown who they are; an earlier one in this browser ends."""
    old = request.cookies.get(COOKIE)
    if old:
        advisers.end(old)
    token = advisers.begin(adviser.id, browser(request), gate.now())
    advisers.note(adviser.id, "sign_in", "", gate.now())
    response = see_other(own_path(wanted) or "/desk")
    response.set_cookie(
        COOKIE,
        token,
        path="/desk",
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=gate.secure(),
    )
    response.delete_cookie(BEFORE, path="/desk")
    return response


def own_path(wanted: str) -> str:
    """A page of the desk, or nothing: no other site is ever opened from here."""
    return wanted if OWN_PATH.fullmatch(wanted) and "//" not in wanted else ""
