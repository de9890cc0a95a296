"""For the manager of the desk: who may enter, with which role, and for which organisations."""

from __future__ import annotations

import secrets

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit, missing, see_other
from coach.store.accounts import START_DAYS, Account, Accounts, LastManager, is_address
from coach.store.advisers import Advisers, DeskRole, EmailTaken
from coach.store.passwords import hashed

HOME = "/desk/beheer"
MOST_NAME = 100
MOST_SHOWN = 50
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read as another: a start password is told over the phone too."""


class Manage:
    def __init__(self, advisers: Advisers, accounts: Accounts, has_oidc: bool) -> None:
        self._advisers, self._accounts, self._has_oidc = advisers, accounts, has_oidc

    def routes(self, gate: Gate) -> list[Route]:
        one, manager = f"{HOME}/{{adviser}}", DeskRole.MANAGER
        posts = {
            HOME: self.add,
            f"{one}/rol": self.set_role,
            f"{one}/wachtwoord": self.start_over,
            f"{one}/stoppen": self.dismiss,
            f"{one}/terug": self.revive,
            f"{one}/organisaties": self.let_in,
        }
        return [
            gate.route(HOME, self.look, role=manager),
            gate.route(one, self.one, role=manager),
            *(gate.route(path, do, method="POST", role=manager) for path, do in posts.items()),
        ]

    # --- all accounts ---

    def look(self, visit: Visit) -> Response:
        return self._all(visit)

    def add(self, visit: Visit) -> Response:
        given = {name: visit.form.get(name, "") for name in ("naam", "email", "rol", "toegang")}
        wrong = "name" if not 0 < len(given["naam"]) <= MOST_NAME else ""
        wrong = wrong or ("" if is_address(given["email"]) else "email")
        if wrong:
            return self._all(visit, 422, wrong, given)
        by_oidc = self._has_oidc and given["toegang"] == "werkaccount"
        password = _start_password()
        try:
            key = self._advisers.add(
                given["email"],
                given["naam"],
                DeskRole.MANAGER if given["rol"] == DeskRole.MANAGER else DeskRole.ADVISER,
                None if by_oidc else hashed(password),
                visit.at,
                None if by_oidc else visit.at + START_DAYS,
            )
        except EmailTaken:
            return self._all(visit, 422, "taken", given)
        self._note(visit, "adviser_added", key)
        return self._to(key) if by_oidc else self._told(visit, key, password)

    def _all(
        self, visit: Visit, status: int = 200, wrong: str = "", given: dict[str, str] | None = None
    ) -> Response:
        return visit.page(
            "manage",
            status,
            accounts=self._accounts.all(),
            wrong=wrong,
            given=given or {"naam": "", "email": "", "rol": "", "toegang": ""},
            oidc=self._has_oidc,
        )

    # --- one account ---

    def one(self, visit: Visit) -> Response:
        account = self._account(visit)
        return self._one(visit, account) if account else missing(visit)

    def set_role(self, visit: Visit) -> Response:
        account = self._account(visit)
        if account is None:
            return missing(visit)
        role = DeskRole.MANAGER if visit.form.get("rol") == DeskRole.MANAGER else DeskRole.ADVISER
        try:
            self._accounts.set_role(account.id, role)
        except LastManager:
            return self._one(visit, account, 409, "last")
        self._note(visit, f"role_{role}", account.id)
        return self._to(account.id, "rol")

    def start_over(self, visit: Visit) -> Response:
        """A start password for who lost theirs, or who comes back."""
        account = self._account(visit)
        if account is None:
            return missing(visit)
        password = _start_password()
        self._accounts.start_over(account.id, hashed(password), visit.at)
        self._note(visit, "password_reset", account.id)
        return self._told(visit, account.id, password)

    def revive(self, visit: Visit) -> Response:
        account = self._account(visit)
        if account is None or not self._has_oidc:
            return missing(visit)
        self._accounts.revive(account.id)
        self._note(visit, "adviser_revived", account.id)
        return self._to(account.id, "terug")

    def dismiss(self, visit: Visit) -> Response:
        account = self._account(visit)
        if account is None:
            return missing(visit)
        if account.id == visit.adviser.id:
            return self._one(visit, account, 409, "self")
        try:
            self._accounts.dismiss(account.id)
        except LastManager:
            return self._one(visit, account, 409, "last")
        self._note(visit, "adviser_dismissed", account.id)
        return self._to(account.id, "gestopt")

    def let_in(self, visit: Visit) -> Response:
        """Begin or end to work for an organisation."""
        account, organisation = self._account(visit), visit.form.get("organisatie", "")
        if account is None or not self._accounts.is_organisation(organisation):
            return missing(visit)
        if visit.form.get("doe") == "weg":
            self._accounts.keep_out(account.id, organisation)
            what = "access_ended"
        else:
            self._accounts.let_in(account.id, organisation)
            what = "access_given"
        self._advisers.note(visit.adviser.id, what, account.id, visit.at, organisation)
        return self._to(account.id, "organisaties")

    def _one(self, visit: Visit, account: Account, status: int = 200, wrong: str = "") -> Response:
        search = visit.query.get("zoek", "").strip()[:MOST_NAME]
        return visit.page(
            "manage_one",
            status,
            account=account,
            clients=self._accounts.clients(account.id, search, MOST_SHOWN),
            most=MOST_SHOWN,
            search=search,
            wrong=wrong,
            done=visit.query.get("gedaan", ""),
            oidc=self._has_oidc,
        )

    def _account(self, visit: Visit) -> Account | None:
        return self._accounts.get(visit.ids["adviser"])

    def _told(self, visit: Visit, key: str, password: str) -> Response:
        """The one page that is not fetched anew after its form: this password is shown once and kept nowhere."""
        return visit.page("manage_password", account=self._accounts.get(key), password=password)

    def _note(self, visit: Visit, what: str, key: str) -> None:
        self._advisers.note(visit.adviser.id, what, key, visit.at)

    @staticmethod
    def _to(key: str, done: str = "account") -> Response:
        return see_other(f"{HOME}/{key}?gedaan={done}")


def _start_password() -> str:
    """Four groups of four: some eighty bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
