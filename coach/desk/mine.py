"""One's own account: the password, and where one is signed in."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.door import Door
from coach.desk.visit import MINE, Gate, Visit, see_other
from coach.store.accounts import Accounts
from coach.store.attempts import Attempts
from coach.store.passwords import FEWEST, MOST, WeakPassword, fits, hashed

WINDOW = timedelta(minutes=15)
MOST_TRIES = 10


class Mine:
    def __init__(self, door: Door, accounts: Accounts, attempts: Attempts) -> None:
        self._door, self._accounts, self._attempts = door, accounts, attempts

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route(MINE, self.look, always=True),
            gate.route(f"{MINE}/wachtwoord", self.change, method="POST", always=True),
            gate.route(f"{MINE}/sessies", self.end, method="POST", always=True),
        ]

    def look(self, visit: Visit) -> Response:
        return self._page(visit)

    def change(self, visit: Visit) -> Response:
        """Another password; every other session of this account ends, and this one gets another cookie."""
        given = {name: visit.form.get(name, "") for name in ("huidig", "nieuw", "herhaald")}
        wrong = self._wrong(visit, given)
        if wrong:
            return self._page(visit, 429 if wrong == "slow" else 422, wrong)
        try:
            password = hashed(given["nieuw"], visit.adviser.email, visit.adviser.name)
        except WeakPassword:
            return self._page(visit, 422, "weak")
        self._accounts.choose_password(visit.adviser.id, password)
        self._door.advisers.note(visit.adviser.id, "password_changed", "", visit.at)
        response = see_other(f"{MINE}?gedaan=wachtwoord")
        self._door.begin(visit.browser, visit.adviser, response)
        return response

    def _wrong(self, visit: Visit, given: dict[str, str]) -> str:
        """What is wrong with the form; who sits at somebody else's desk cannot guess on for ever."""
        who = f"change:{visit.adviser.id}"
        attempt = self._attempts.begin(who, visit.at, visit.at - WINDOW)
        if attempt.earlier >= MOST_TRIES:
            self._attempts.withdraw(attempt)
            return "slow"
        kept = self._door.advisers.password_of(visit.adviser.email, visit.at)
        if not fits(given["huidig"], kept[1] if kept else None):
            return "current"
        self._attempts.forgive(who)
        if given["nieuw"] != given["herhaald"]:
            return "twice"
        return "same" if given["nieuw"] == given["huidig"] else ""

    def end(self, visit: Visit) -> Response:
        self._accounts.end_session(visit.adviser.id, visit.form.get("sessie", ""))
        self._door.advisers.note(visit.adviser.id, "session_ended", "", visit.at)
        return see_other(f"{MINE}?gedaan=sessie")

    def _page(self, visit: Visit, status: int = 200, wrong: str = "") -> Response:
        account = self._accounts.get(visit.adviser.id)
        sessions = self._accounts.sessions(visit.adviser.id, visit.token, visit.at)
        return visit.page(
            "mine",
            status,
            account=account,
            sessions=sessions,
            wrong=wrong,
            done=visit.query.get("gedaan", ""),
            must_choose=visit.must_choose,
            fewest=FEWEST,
            most=MOST,
        )
