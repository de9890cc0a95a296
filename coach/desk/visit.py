"""A visit to a page of the desk: who it is, what was filled in, and whether it is allowed.

Every page is made by `Gate.route`; nothing of the desk is reached past it.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from coach.desk.cookies import Cookie
from coach.desk.forms import BadForm, read_form, texts
from coach.desk.pages import page
from coach.store.advisers import LONGEST, Adviser, Advisers, DeskRole, Session
from coach.store.organisations import OWNED, Organisations

log = logging.getLogger("padwijzer.desk")

COOKIE = "padwijzer_desk"
SESSION = Cookie(COOKIE, "lax", int(LONGEST.total_seconds()))
MINE = "/desk/mijn"
"""Where who came with a start password goes first."""
OWN_PATH = re.compile(r"/desk(/[\w./-]*)?", re.ASCII)
SEE_OTHER = 303
AS_TYPED = ("huidig", "nieuw", "herhaald")
"""Fields with passwords: a space at their end belongs to them."""


@dataclass(frozen=True)
class Visit:
    """What an endpoint gets: it is signed in, may see what the address names, and its form is really its own."""

    adviser: Adviser
    csrf: str
    ids: Mapping[str, str]
    """The parts of the address, by name; the adviser may see what they stand for."""
    form: Mapping[str, str]
    query: Mapping[str, str]
    at: datetime
    path: str
    token: str
    """What the cookie of this session holds."""
    browser: str = ""
    """How the browser names itself."""
    must_choose: bool = False
    """The password was one to start with, and another has to be chosen first."""
    files: Mapping[str, Any] = field(default_factory=dict)
    waiting: Callable[[Adviser], int] = lambda _: 0
    """How many people wait for an adviser."""

    def page(self, template: str, status: int = 200, **given: Any) -> Response:
        """A page with what the frame around it needs."""
        waiting = self.waiting(self.adviser)
        frame = {"me": self.adviser, "csrf": self.csrf, "path": self.path, "waiting": waiting}
        return page(template, status, **frame, **given)


Endpoint = Callable[[Visit], Response]


def see_other(path: str) -> Response:
    """After a form was handled: the page to show, so that going back or reloading does nothing twice."""
    return RedirectResponse(path, SEE_OTHER, headers={"cache-control": "no-store"})


class Gate:
    def __init__(
        self,
        advisers: Advisers,
        organisations: Organisations,
        now: Callable[[], datetime],
        base_url: str,
        waiting: Callable[[Adviser], int] = lambda _: 0,
    ) -> None:
        self._advisers, self._organisations = advisers, organisations
        self._waiting = waiting
        self.now, self._base_url = now, base_url

    def route(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        method: str = "GET",
        role: DeskRole | None = None,
        always: bool = False,
    ) -> Route:
        """A page for advisers, under this path; `{organisation}` and such in it are checked before it is called.

        `always`: also for who still has to choose a password.
        """

        async def answer(request: Request) -> Response:
            session = await run_in_threadpool(self.session, request)
            if session is None:
                return _to_sign_in(request)
            if session.must_choose and not always:
                return see_other(MINE)
            try:
                form = await read_form(request) if method == "POST" else FormData()
            except BadForm:
                return self._refuse(session, 413, "form")
            if method == "POST" and not self._is_own(request, form, session):
                return self._refuse(session, 403, "csrf")
            return await run_in_threadpool(self._call, endpoint, request, form, session, role)

        return Route(path, answer, methods=[method])

    def session(self, request: Request) -> Session | None:
        """The session that a request belongs to."""
        token = SESSION.read(request, self.secure())
        return self._advisers.session(token, browser(request), self.now()) if token else None

    def _call(
        self,
        endpoint: Endpoint,
        request: Request,
        form: FormData,
        session: Session,
        role: DeskRole | None,
    ) -> Response:
        ids = {name: str(value) for name, value in request.path_params.items()}
        if role is DeskRole.MANAGER and not session.adviser.is_manager:
            return self._refuse(session, 403, "role")
        if any("\x00" in key for key in ids.values()):  # no database takes it
            return self._refuse(session, 404, "missing")
        if not all(self._may_see(session.adviser, name, key) for name, key in ids.items()):
            return self._refuse(session, 404, "missing")
        visit = Visit(
            session.adviser,
            session.csrf,
            ids,
            {name: v if name in AS_TYPED else v.strip() for name, v in texts(form).items()},
            {name: value.replace("\x00", "") for name, value in request.query_params.items()},
            self.now(),
            request.url.path,
            SESSION.read(request, self.secure()),
            browser(request),
            session.must_choose,
            {name: value for name, value in form.items() if not isinstance(value, str)},
            self._waiting,
        )
        return endpoint(visit)

    def _refuse(self, session: Session, status: int, why: str) -> Response:
        """Somebody who is signed in asked for what is not theirs, or sent what no page of ours sends."""
        log.warning("desk.refused status=%s why=%s", status, why)
        return page("refused", status, why=why, **self._frame(session))

    def _frame(self, session: Session) -> dict[str, Any]:
        waiting = self._waiting(session.adviser)
        return {"me": session.adviser, "csrf": session.csrf, "path": "", "waiting": waiting}

    def _may_see(self, adviser: Adviser, name: str, key: str) -> bool:
        return name not in OWNED or self._organisations.may_see(adviser, name, key)

    def _is_own(self, request: Request, form: FormData, session: Session) -> bool:
        given = form.get("csrf")
        same = isinstance(given, str) and hmac.compare_digest(given.encode(), session.csrf.encode())
        return same and is_same_site(request, self._base_url)

    def secure(self) -> bool:
        """Whether cookies travel over https only."""
        return self._base_url.startswith("https://")


def is_same_site(request: Request, base_url: str) -> bool:
    """Whether a browser says that a form was sent from our own pages; older browsers say nothing."""
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    site = urlsplit(origin).netloc
    return bool(site) and site in (request.headers.get("host", ""), urlsplit(base_url).netloc)


def browser(request: Request) -> str:
    """How the browser names itself: a cookie that was carried to another one is of no use there."""
    return request.headers.get("user-agent", "")


def missing(visit: Visit) -> Response:
    """What is not there and what is somebody else's look the same."""
    return visit.page("refused", 404, why="missing")


def own_path(wanted: str) -> str:
    """A page of the desk, or nothing: no other site is ever opened from here."""
    return wanted if OWN_PATH.fullmatch(wanted) and "//" not in wanted else ""


def _to_sign_in(request: Request) -> Response:
    wanted = own_path(request.url.path) if request.method == "GET" else ""
    return see_other(
        f"/desk/inloggen?naar={wanted}" if wanted not in ("", "/desk") else "/desk/inloggen"
    )
