"""What leaves the desk of a closed round: the report for a team meeting, and its results as a file."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from coach.desk.papers import PAPER_HEADERS, download, on_paper
from coach.desk.visit import Gate, Visit, see_other
from coach.domain.content import Content
from coach.report import tables, team
from coach.report.labels import Labels
from coach.store.advisers import Advisers
from coach.store.organisations import Organisations
from coach.store.rounds import Rounds
from coach.usecases.group_results import GroupResult
from coach.usecases.groups import Round
from coach.usecases.round_table import rows
from coach.usecases.team_report import report_of


class ReportPages:
    def __init__(
        self,
        rounds: Rounds,
        organisations: Organisations,
        advisers: Advisers,
        content: Content,
        labels: Labels,
    ) -> None:
        self._rounds, self._organisations, self._advisers = rounds, organisations, advisers
        self._content, self._labels = content, labels

    def routes(self, gate: Gate) -> list[Route]:
        here = "/desk/rondes/{round}/groepen/{group}/verslag"
        return [
            gate.route(here, self.page),
            gate.route(f"{here}.pdf", self.pdf),
            gate.route("/desk/rondes/{round}/uitkomst.{kind}", self.results),
        ]

    # --- the report for a meeting ---

    def page(self, visit: Visit) -> Response:
        return self._report(visit, pdf=False)

    def pdf(self, visit: Visit) -> Response:
        return self._report(visit, pdf=True)

    def _report(self, visit: Visit, *, pdf: bool) -> Response:
        round, key = self._rounds.get(visit.ids["round"]), visit.ids["group"]
        found = self._rounds.results([round.id]).get(round.id)
        if found is None or not found.knows(key):
            return visit.page("refused", 404, why="missing")
        result, base = found.of(key), f"/desk/rondes/{round.id}/groepen/{key}"
        made = report_of(self._content, result)
        if made is None:
            return see_other(base)
        about = self._about(visit, round, result)
        if pdf:
            name = f"verslag {result.node.name}"
            return on_paper(
                visit, name, partial(team.pdf, made, about, self._content, self._labels)
            )
        links = {"back": base, "pdf": f"{base}/verslag.pdf"}
        html = team.html(made, about, self._content, self._labels, links)
        return HTMLResponse(html, headers=PAPER_HEADERS)

    def _about(self, visit: Visit, round: Round, result: GroupResult) -> team.Team:
        assert round.closed_at is not None and result.view is not None
        size, name = result.view.size, self._name(round)
        closed, made = round.closed_at.date(), visit.at.date()
        return team.Team(result.node.name, name, round.n, closed, size, made)

    # --- the results as a file ---

    def results(self, visit: Visit) -> Response:
        round, kind = self._rounds.get(visit.ids["round"]), visit.ids["kind"]
        found = self._rounds.results([round.id]).get(round.id)
        if found is None or round.closed_at is None or kind not in tables.FORMATS:
            return visit.page("refused", 404, why="missing")
        name, closed = self._name(round), round.closed_at.date().isoformat()
        about = tables.About(name, round.n, closed, _words())
        write, media = tables.FORMATS[kind]
        body = write(rows(found, self._content), about, self._labels)
        self._advisers.note(
            visit.adviser.id, "results_exported", round.id, visit.at, round.organisation
        )
        return download(body, media, f"uitkomst {name} ronde {round.n}", kind)

    def _name(self, round: Round) -> str:
        organisation = self._organisations.get(round.organisation)
        return organisation.name if organisation else ""


@cache
def _words() -> dict[str, Any]:
    file = Path(tables.__file__).with_name("tables.yml")
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
