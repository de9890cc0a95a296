"""Learning together with another organisation at the same place."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit, see_other
from coach.store.advisers import Advisers
from coach.store.pairings import Pairings

MOST_CONTACT = 254


class LearningPages:
    def __init__(self, pairings: Pairings, advisers: Advisers) -> None:
        self._pairings, self._advisers = pairings, advisers

    def routes(self, gate: Gate) -> list[Route]:
        here = "/desk/organisaties/{organisation}/samen"
        return [
            gate.route(here, self.want, method="POST"),
            gate.route(f"{here}/stop", self.stop, method="POST"),
            gate.route(f"{here}/vraag", self.ask, method="POST"),
            gate.route(f"{here}/antwoord", self.answer, method="POST"),
        ]

    def want(self, visit: Visit) -> Response:
        contact = " ".join(visit.form.get("contact", "").split())
        if not 0 < len(contact) <= MOST_CONTACT:
            return self._back(visit, "?fout=contact")
        self._pairings.want(visit.ids["organisation"], contact)
        return self._done(visit, "learns_together")

    def stop(self, visit: Visit) -> Response:
        self._pairings.stop(visit.ids["organisation"])
        return self._done(visit, "learns_alone")

    def ask(self, visit: Visit) -> Response:
        if not self._pairings.ask(visit.ids["organisation"], visit.at):
            return self._back(visit, "?fout=niemand")
        return self._done(visit, "pairing_asked")

    def answer(self, visit: Visit) -> Response:
        key, yes = visit.ids["organisation"], visit.form.get("antwoord") == "ja"
        if not self._pairings.answer(key, visit.form.get("vrager", ""), yes=yes, at=visit.at):
            return self._back(visit, "?fout=voorbij")
        return self._done(visit, "pairing_agreed" if yes else "pairing_declined")

    def _done(self, visit: Visit, what: str) -> Response:
        key = visit.ids["organisation"]
        self._advisers.note(visit.adviser.id, what, key, visit.at, key)
        return self._back(visit)

    @staticmethod
    def _back(visit: Visit, query: str = "") -> Response:
        return see_other(f"/desk/organisaties/{visit.ids['organisation']}{query}#samen")
