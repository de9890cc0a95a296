"""The talk card of a client: as a page to read and print, and as PDF."""

from __future__ import annotations

from functools import partial

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from coach.desk.papers import PAPER_HEADERS, on_paper
from coach.desk.visit import Gate, Visit, see_other
from coach.domain.content import Content
from coach.report import card
from coach.report.labels import Labels
from coach.store.client_talks import ClientTalks
from coach.usecases.talk_card import card_of


class ClientCardPages:
    def __init__(self, kept: ClientTalks, content: Content, labels: Labels) -> None:
        self._kept, self._content, self._labels = kept, content, labels

    def routes(self, gate: Gate) -> list[Route]:
        here = "/desk/gesprekken/{talk}/kaart"
        return [gate.route(here, self.page), gate.route(f"{here}.pdf", self.pdf)]

    def page(self, visit: Visit) -> Response:
        return self._answer(visit, pdf=False)

    def pdf(self, visit: Visit) -> Response:
        return self._answer(visit, pdf=True)

    def _answer(self, visit: Visit, *, pdf: bool) -> Response:
        talk = self._kept.get(visit.ids["talk"])
        assert talk is not None  # the gate looked
        made = card_of(self._content, talk.state)
        base = f"/desk/gesprekken/{talk.talk}"
        if made is None:
            return see_other(f"{base}?kaart=later")
        given = card.Client(talk.title, talk.organisation_name, talk.adviser_name, visit.at.date())
        if pdf:
            name = f"gesprekskaart {talk.title}"
            return on_paper(
                visit, name, partial(card.pdf, made, given, self._content, self._labels)
            )
        links = {"back": base, "pdf": f"{base}/kaart.pdf"}
        html = card.html(made, given, self._content, self._labels, links)
        return HTMLResponse(html, headers=PAPER_HEADERS)
