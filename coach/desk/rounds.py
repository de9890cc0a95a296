"""A round of a group: how far it is, its invitations, and its end."""

from __future__ import annotations

from collections.abc import Callable

import segno
from starlette.responses import Response
from starlette.routing import Route

from coach.desk.groups import day_in
from coach.desk.visit import Gate, Visit, see_other
from coach.domain.group import LEAST
from coach.domain.invitation import shown
from coach.report.labels import Labels
from coach.store.advisers import Advisers
from coach.store.groups import GroupStore
from coach.store.organisations import Organisations
from coach.store.rounds import Rounds
from coach.usecases.groups import Groups, NotAllowed, Round


class RoundPages:
    def __init__(
        self,
        groups: GroupStore,
        rounds: Rounds,
        organisations: Organisations,
        advisers: Advisers,
        labels: Labels,
        base_url: str,
    ) -> None:
        self._store, self._rounds, self._organisations = groups, rounds, organisations
        self._groups, self._advisers = Groups(groups), advisers
        self._labels, self._base_url = labels, base_url

    def routes(self, gate: Gate) -> list[Route]:
        here = "/desk/rondes/{round}"
        invitation = f"{here}/uitnodiging/{{group}}"
        return [
            gate.route(here, self.round),
            gate.route(f"{here}/einddatum", self.end_on, method="POST"),
            gate.route(f"{here}/sluiten", self.close, method="POST"),
            gate.route(invitation, self.invitation),
            gate.route(invitation, self.invite, method="POST"),
            gate.route(f"{invitation}/intrekken", self.revoke, method="POST"),
        ]

    def round(self, visit: Visit) -> Response:
        return self._round(visit)

    def _round(self, visit: Visit, status: int = 200, wrong: str = "") -> Response:
        round = self._rounds.get(visit.ids["round"])
        organisation = self._organisations.get(round.organisation)
        shared = {"organisation": organisation, "round": round, "labels": self._labels}
        if not round.is_open:
            result = self._rounds.results([round.id])[round.id]
            return visit.page("round_closed", status, result=result, **shared)
        tree = self._store.tree(round.organisation)
        return visit.page(
            "round",
            status,
            tree=tree,
            inside=tree.below(round.top),
            progress=self._rounds.progress(round.id),
            codes=self._rounds.invitations(round.id),
            least=LEAST,
            wrong=wrong,
            today=visit.at.date(),
            **shared,
        )

    def invitation(self, visit: Visit) -> Response:
        round, key = self._rounds.get(visit.ids["round"]), visit.ids["group"]
        if not round.is_open:
            return see_other(f"/desk/rondes/{round.id}")
        tree = self._store.tree(round.organisation)
        if key not in {node.id for node in tree.below(round.top)}:
            return visit.page("refused", 404, why="missing")
        code, revoked = self._rounds.invitations(round.id).get(key, ("", True))
        link = f"{self._base_url}/?uitnodiging={shown(code)}"
        return visit.page(
            "invitation",
            organisation=self._organisations.get(round.organisation),
            round=round,
            node=tree.nodes[key],
            code=shown(code) if code else "",
            revoked=revoked,
            link=link,
            form_link=f"{self._base_url}/formulier?uitnodiging={shown(code)}",
            qr=segno.make(link, error="m").svg_inline(omitsize=True, border=3, light="#fff"),
        )

    # --- changing ---

    def invite(self, visit: Visit) -> Response:
        key = visit.ids["group"]
        return self._do(
            visit,
            "invitation_made",
            lambda round: self._groups.invite(round.organisation, round.id, key, visit.at),
            f"/uitnodiging/{key}",
        )

    def revoke(self, visit: Visit) -> Response:
        key = visit.ids["group"]
        return self._do(
            visit,
            "invitation_revoked",
            lambda round: self._groups.revoke(round.organisation, round.id, key),
            f"/uitnodiging/{key}",
        )

    def end_on(self, visit: Visit) -> Response:
        day = day_in(visit.form.get("tot", ""))
        return self._do(
            visit,
            "round_moved",
            lambda round: self._groups.end_on(round.organisation, round.id, day, visit.at),
        )

    def close(self, visit: Visit) -> Response:
        round = self._rounds.get(visit.ids["round"])
        if round.is_open and visit.form.get("zeker") != "ja":
            return self._round(visit, 422, "sure")
        if self._rounds.close(round.id, visit.at):
            self._note(visit, "round_closed", round)
        return see_other(f"/desk/rondes/{round.id}")

    def _do(
        self, visit: Visit, what: str, change: Callable[[Round], None], further: str = ""
    ) -> Response:
        round = self._rounds.get(visit.ids["round"])
        try:
            change(round)
        except NotAllowed as refused:
            return self._round(visit, 422, refused.why)
        self._note(visit, what, round)
        return see_other(f"/desk/rondes/{round.id}{further}")

    def _note(self, visit: Visit, what: str, round: Round) -> None:
        self._advisers.note(visit.adviser.id, what, round.id, visit.at, round.organisation)
