"""The first page of the desk, and the organisations an adviser works for."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit, see_other
from coach.store.advisers import Advisers, DeskRole
from coach.store.organisations import Organisations

MOST_NAME = 120


class Home:
    def __init__(self, advisers: Advisers, organisations: Organisations) -> None:
        self._advisers, self._organisations = advisers, organisations

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route("/desk", self.start),
            gate.route("/desk/organisaties", self.add, method="POST"),
            gate.route("/desk/logboek", self.audit, role=DeskRole.MANAGER),
        ]

    def start(self, visit: Visit) -> Response:
        return self._start(visit)

    def _start(self, visit: Visit, status: int = 200, wrong: str = "") -> Response:
        mine = self._organisations.of(visit.adviser)
        return visit.page("home", status, organisations=mine, wrong=wrong)

    def add(self, visit: Visit) -> Response:
        name = visit.form.get("naam", "")
        if not 0 < len(name) <= MOST_NAME:
            return self._start(visit, 422, "name")
        key = self._organisations.add(name, visit.adviser.id, visit.at)
        self._advisers.note(visit.adviser.id, "organisation_added", key, visit.at, key)
        return see_other(f"/desk/organisaties/{key}")

    def audit(self, visit: Visit) -> Response:
        return visit.page("audit", entries=self._advisers.noted())
