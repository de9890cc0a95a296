"""Sentences that the bot did not understand: what they mean, proposed by an adviser and taken along by a developer."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.figures import question_names
from coach.desk.papers import download
from coach.desk.visit import Gate, Visit, missing, see_other
from coach.domain.content import Content
from coach.store.advisers import Advisers
from coach.store.unclear import NEW, PROPOSED, Unclear
from coach.usecases.proposals import rasa_nlu

HOME = "/desk/zinnen"
STATES = (NEW, PROPOSED)
MOST = 15
MOST_DIGITS = 4


class SentencePages:
    def __init__(
        self, unclear: Unclear, advisers: Advisers, content: Content, kept_days: int
    ) -> None:
        self._unclear, self._advisers, self._content = unclear, advisers, content
        self._kept_days = kept_days
        self._meanings = {
            intent: name for group in content.meanings.values() for intent, name in group.items()
        }

    def routes(self, gate: Gate) -> list[Route]:
        one = f"{HOME}/{{sentence}}"
        return [
            gate.route(HOME, self.listed),
            gate.route(f"{HOME}.yml", self.file),
            gate.route(f"{one}/betekenis", self.propose, method="POST"),
            gate.route(f"{one}/terug", self.put_back, method="POST"),
            gate.route(f"{one}/weg", self.throw_away, method="POST"),
        ]

    def listed(self, visit: Visit) -> Response:
        given = visit.query.get("staat", "")
        return self._listed(visit, given if given in STATES else NEW)

    def _listed(self, visit: Visit, state: str, status: int = 200, wrong: str = "") -> Response:
        page = _page(visit.query.get("pagina", ""))
        rows = self._unclear.listed(state, MOST + 1, (page - 1) * MOST)
        shown: dict[str, Any] = {"rows": rows[:MOST], "more": len(rows) > MOST, "page": page}
        return visit.page(
            "sentences",
            status,
            **shown,
            state=state,
            counts=self._unclear.counts(),
            groups=self._content.meanings,
            meanings=self._meanings,
            questions=question_names(self._content),
            kept_days=self._kept_days,
            done=visit.query.get("gedaan", ""),
            wrong=wrong,
        )

    def propose(self, visit: Visit) -> Response:
        key, meaning = visit.ids["sentence"], visit.form.get("betekenis", "")
        if meaning not in self._meanings:
            return self._listed(visit, NEW, 422, key)
        if not self._unclear.propose(key, meaning, visit.adviser.id):
            return missing(visit)
        return self._done(visit, "sentence_proposed", NEW, "voorgesteld")

    def put_back(self, visit: Visit) -> Response:
        if not self._unclear.put_back(visit.ids["sentence"], visit.adviser.id):
            return missing(visit)
        return self._done(visit, "sentence_put_back", PROPOSED, "terug")

    def throw_away(self, visit: Visit) -> Response:
        if not self._unclear.throw_away(visit.ids["sentence"], visit.adviser.id):
            return missing(visit)
        came_from = PROPOSED if visit.form.get("staat") == PROPOSED else NEW
        return self._done(visit, "sentence_thrown_away", came_from, "weg")

    def file(self, visit: Visit) -> Response:
        """Every proposal, as Rasa reads training data."""
        self._advisers.note(visit.adviser.id, "sentences_exported", "", visit.at)
        text = rasa_nlu(self._unclear.proposals())
        return download(text, "application/yaml", "padwijzer zinnen", "yml")

    def _done(self, visit: Visit, what: str, state: str, done: str) -> Response:
        self._advisers.note(visit.adviser.id, what, visit.ids["sentence"], visit.at)
        return see_other(f"{HOME}?staat={state}&gedaan={done}")


def _page(given: str) -> int:
    known = given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS
    return max(int(given), 1) if known else 1
