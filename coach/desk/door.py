"""The door of the desk: the page to sign in on, and the session of who has shown who they are."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from coach.desk.browsers import named
from coach.desk.cookies import Cookie
from coach.desk.pages import page
from coach.desk.visit import SESSION, Gate, browser, own_path, see_other
from coach.store.advisers import Adviser, Advisers

BEFORE = "padwijzer_desk_before"
ON_THE_STEP = Cookie(BEFORE, "strict")
"""Of who has not shown who they are yet: it proves that their form is from our page."""
AT_ONCE = 4
"""A check of a password takes 64 MB, and an answer of a provider may take long: no flood of them takes the service down."""
NETWORK = 64
"""Bits of an IPv6 address that are one customer's: all the rest is theirs to choose."""


class Door:
    def __init__(self, advisers: Advisers, gate: Gate, oidc: bool) -> None:
        self.advisers, self._gate, self._oidc = advisers, gate, oidc
        self._few = anyio.CapacityLimiter(AT_ONCE)

    @property
    def now(self) -> Callable[[], datetime]:
        return self._gate.now

    @property
    def secure(self) -> bool:
        return self._gate.secure()

    async def in_thread(self, step: Callable[..., Response], *given: Any) -> Response:
        """What takes long or much memory, few at a time."""
        return await anyio.to_thread.run_sync(partial(step, *given), limiter=self._few)

    def form(
        self,
        request: Request,
        status: int,
        why: str,
        email: str = "",
        wait: int = 0,
        wanted: str = "",
    ) -> Response:
        """The page to sign in on, with what went wrong."""
        before = secrets.token_urlsafe(24)
        shown = {"why": why, "email": email, "wait": wait, "before": before, "oidc": self._oidc}
        wanted = own_path(wanted or request.query_params.get("naar", ""))
        response = page("sign_in", status, naar=wanted, **shown)
        ON_THE_STEP.give(response, before, self.secure)
        if wait:
            response.headers["retry-after"] = str(wait)
        return response

    def welcome(self, request: Request, adviser: Adviser, wanted: str) -> Response:
        """Begin a session of its own for who has shown who they are; an earlier one in this browser ends."""
        old = SESSION.read(request, self.secure)
        if old:
            self.advisers.end(old)
        response = see_other(own_path(wanted) or "/desk")
        self.begin(browser(request), adviser, response)
        self.advisers.note(adviser.id, "sign_in", "", self.now())
        ON_THE_STEP.take_back(response, self.secure)
        return response

    def begin(self, of_browser: str, adviser: Adviser, response: Response) -> None:
        """A new session, in the cookie of this response."""
        token = self.advisers.begin(adviser.id, of_browser, self.now(), named(of_browser))
        SESSION.give(response, token, self.secure)


def address_of(request: Request) -> str:
    """Where a request comes from, as far as one person has one; behind a proxy see PADWIJZER_PROXIES."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return (
        str(ipaddress.ip_network((host, NETWORK), strict=False)) if address.version == 6 else host
    )
