"""Signing in with the account of one's own organisation: away to its provider, and back."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from coach.desk.cookies import Cookie
from coach.desk.door import Door
from coach.desk.provider import Attempt, NotProven, Provider, Unreachable
from coach.desk.visit import own_path

log = logging.getLogger("padwijzer.desk")

BACK = "/desk/oidc/terug"
COOKIE = "padwijzer_desk_oidc"
PATIENCE = 600
"""Seconds that somebody may take to sign in at the provider."""
MOST_SUBJECT = 400
ATTEMPT = Cookie(COOKIE, "lax", PATIENCE, "/desk/oidc")  # lax: the way back begins at another site


class OidcSignIn:
    def __init__(self, door: Door, provider: Provider) -> None:
        self._door, self._provider = door, provider

    def routes(self) -> list[Route]:
        return [
            Route("/desk/oidc", self._slowly(self.away), methods=["GET"]),
            Route(BACK, self._slowly(self.back), methods=["GET"]),
        ]

    def _slowly(
        self, step: Callable[[Request], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """The provider may be slow: its answers are awaited in a thread, and by few at once."""

        async def answer(request: Request) -> Response:
            return await self._door.in_thread(step, request)

        return answer

    def away(self, request: Request) -> Response:
        """To the provider; what we shall recognise its answer by stays in this browser."""
        attempt = Attempt.new()
        try:
            address = self._provider.address(attempt)
        except Unreachable as error:
            return self._refuse(request, 502, "oidc_away", str(error))
        response = RedirectResponse(address, 303, headers={"cache-control": "no-store"})
        kept = (attempt.state, attempt.nonce, attempt.verifier, _wanted(request))
        ATTEMPT.give(response, " ".join(kept).strip(), self._door.secure)
        return response

    def back(self, request: Request) -> Response:
        """Back from the provider, with a code or with an error."""
        response = self._back(request)
        ATTEMPT.take_back(response, self._door.secure)  # a code and a nonce are good for once
        return response

    def _back(self, request: Request) -> Response:
        given = request.query_params
        if "error" in given:  # some providers leave the state out then; it opens nothing anyway
            return self._refuse(request, 401, "oidc_stopped", "the provider refused")
        kept = [*ATTEMPT.read(request, self._door.secure).split(" "), "", "", "", ""]
        attempt, wanted = Attempt(*kept[:3]), kept[3]
        if not attempt.state or not hmac.compare_digest(
            given.get("state", "").encode(), attempt.state.encode()
        ):
            return self._refuse(request, 403, "csrf", "another state")
        try:
            if "iss" in given and not self._provider.is_issuer(given["iss"]):
                raise NotProven("the answer is of another provider")
            person = self._provider.person(given.get("code", ""), attempt)
            if len(person.subject) > MOST_SUBJECT or "\x00" in person.subject:
                raise NotProven("an odd subject")
        except Unreachable as error:
            return self._refuse(request, 502, "oidc_away", str(error))
        except NotProven as error:
            return self._refuse(request, 401, "oidc", str(error))
        adviser = self._door.advisers.of_subject(person.subject, person.email)
        if adviser:
            return self._door.welcome(request, adviser, wanted)
        why = "oidc_unknown" if person.email else "oidc_unverified"
        domain = (person.email or "").rpartition("@")[2]
        self._door.advisers.note(None, why, domain, self._door.now())
        return self._refuse(request, 403, why, why)

    def _refuse(self, request: Request, status: int, why: str, log_why: str) -> Response:
        told = " ".join(ascii(log_why).split())  # a provider's words make no second line
        log.warning("desk.oidc_refused status=%s why=%s", status, told)
        return self._door.form(request, status, why)


def _wanted(request: Request) -> str:
    return own_path(request.query_params.get("naar", ""))
