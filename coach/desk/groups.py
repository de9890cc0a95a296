"""An organisation with its departments and teams, and what can be changed in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit, see_other
from coach.report.labels import Labels
from coach.store.advisers import Advisers
from coach.store.groups import GroupStore
from coach.store.organisations import Organisations
from coach.store.pairings import Pairings
from coach.store.rounds import Rounds
from coach.usecases.group_results import GroupResult
from coach.usecases.groups import LONGEST, Groups, NotAllowed, Round, Tree

USUAL = timedelta(days=21)
MOST_RECENT = 12
"""So many closed rounds are looked at for the newest place of each group."""


@dataclass(frozen=True)
class Latest:
    """The newest closed round that a group was in, and what it showed."""

    round: Round
    result: GroupResult


class GroupPages:
    def __init__(
        self,
        groups: GroupStore,
        rounds: Rounds,
        organisations: Organisations,
        pairings: Pairings,
        advisers: Advisers,
        labels: Labels,
    ) -> None:
        self._store, self._rounds, self._organisations = groups, rounds, organisations
        self._groups, self._pairings, self._advisers = Groups(groups), pairings, advisers
        self._labels = labels

    def routes(self, gate: Gate) -> list[Route]:
        group = "/desk/groepen/{group}"
        return [
            gate.route("/desk/organisaties/{organisation}", self.organisation),
            gate.route("/desk/organisaties/{organisation}/groepen", self.add, method="POST"),
            gate.route(group, self.group),
            gate.route(group, self.change, method="POST"),
            gate.route(f"{group}/verplaatsen", self.move, method="POST"),
            gate.route(f"{group}/weghalen", self.remove, method="POST"),
            gate.route(f"{group}/ronde", self.open_round, method="POST"),
        ]

    # --- looking ---

    def organisation(self, visit: Visit) -> Response:
        return self._organisation(visit, visit.ids["organisation"])

    def _organisation(self, visit: Visit, key: str, status: int = 200, wrong: str = "") -> Response:
        tree, rounds = self._store.tree(key), self._rounds.of(key)
        organisation = self._organisations.get(key)
        running = [round for round in rounds if round.is_open]
        return visit.page(
            "organisation",
            status,
            organisation=organisation,
            tree=tree,
            latest=self._latest(key, rounds),
            running={round.id: self._rounds.progress(round.id) for round in running},
            rounds=rounds,
            inside={round.id: {n.id for n in tree.below(round.top)} for round in running},
            learning=self._pairings.learning(key),
            labels=self._labels,
            wrong=wrong,
            filled=visit.form,
            under=visit.form.get("onder") or visit.query.get("onder", ""),
            **_days(visit),
        )

    def _latest(self, organisation: str, rounds: list[Round]) -> dict[str, Latest]:
        """By group, the newest closed round that it was in; very old ones are left out."""
        newest = self._rounds.newest(organisation)
        recent = [r for r in rounds if r.id in newest.values()][:MOST_RECENT]
        by_id, results = {r.id: r for r in recent}, self._rounds.results(r.id for r in recent)
        return {
            group: Latest(by_id[key], results[key].of(group))
            for group, key in newest.items()
            if key in results
        }

    def group(self, visit: Visit) -> Response:
        return self._group(visit)

    def _group(self, visit: Visit, status: int = 200, wrong: str = "") -> Response:
        key = visit.ids["group"]
        organisation = self._store.organisation_of(key)
        tree, rounds = self._store.tree(organisation), self._rounds.of(organisation)
        return visit.page(
            "group",
            status,
            organisation=self._organisations.get(organisation),
            tree=tree,
            node=tree.nodes[key],
            seen=self._seen(rounds, key),
            running=_running(tree, rounds, key),
            elsewhere=_elsewhere(tree, key),
            labels=self._labels,
            wrong=wrong,
            filled=visit.form,
            **_days(visit),
        )

    def _seen(self, rounds: list[Round], key: str) -> list[Latest]:
        """The closed rounds this group was in, the newest first."""
        mine = set(self._rounds.seen_in(key))
        closed = [round for round in rounds if round.id in mine][:MOST_RECENT]
        results = self._rounds.results((round.id for round in closed), below=key)
        return [Latest(round, results[round.id].of(key)) for round in closed]

    # --- changing ---

    def add(self, visit: Visit) -> Response:
        key, form = visit.ids["organisation"], visit.form
        try:
            fresh = self._groups.add(
                key,
                form.get("onder", ""),
                form.get("naam", ""),
                form.get("leden", ""),
                visit.at,
            )
        except NotAllowed as refused:
            return self._organisation(visit, key, 422, refused.why)
        self._note(visit, "group_added", fresh, key)
        # the next one often stands under the same
        return see_other(f"/desk/organisaties/{key}?onder={form['onder']}#{fresh}")

    def change(self, visit: Visit) -> Response:
        form = visit.form
        return self._do(
            visit,
            "group_changed",
            lambda of, key: self._groups.change(
                of, key, form.get("naam", ""), form.get("leden", "")
            ),
        )

    def move(self, visit: Visit) -> Response:
        below = visit.form.get("onder", "")
        return self._do(visit, "group_moved", lambda of, key: self._groups.move(of, key, below))

    def remove(self, visit: Visit) -> Response:
        return self._do(
            visit,
            "group_removed",
            lambda of, key: f"/desk/groepen/{self._groups.remove(of, key, visit.at)}",
        )

    def open_round(self, visit: Visit) -> Response:
        until = day_in(visit.form.get("tot", ""))
        return self._do(
            visit,
            "round_opened",
            lambda of, key: f"/desk/rondes/{self._groups.open_round(of, key, until, visit.at)}",
        )

    def _do(self, visit: Visit, what: str, change: Callable[[str, str], str | None]) -> Response:
        """Make a change to the group of this page, and go on; or show the page with what is wrong."""
        key = visit.ids["group"]
        organisation = self._store.organisation_of(key)
        try:
            further = change(organisation, key)
        except NotAllowed as refused:
            return self._group(visit, 422, refused.why)
        self._note(visit, what, key, organisation)
        return see_other(further or f"/desk/groepen/{key}")

    def _note(self, visit: Visit, what: str, about: str, organisation: str) -> None:
        self._advisers.note(visit.adviser.id, what, about, visit.at, organisation)


def day_in(text: str) -> date | None:
    """The day that a date field holds."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(visit: Visit) -> dict[str, date]:
    today = visit.at.date()
    return {
        "first_day": today + timedelta(days=1),
        "usual_day": today + USUAL,
        "last_day": today + LONGEST,
    }


def _running(tree: Tree, rounds: list[Round], key: str) -> list[Round]:
    """The open rounds that a group is in, or that groups below it are in."""
    above = {node.id for node in tree.above(key)}
    near = above | {node.id for node in tree.below(key)}
    return [round for round in rounds if round.is_open and round.top in near]


def _elsewhere(tree: Tree, key: str) -> list[tuple[str, str]]:
    """Where a group can be moved to: ids and names, each behind those above it."""
    inside = {node.id for node in tree.below(key)}
    parent = tree.nodes[key].parent
    return [
        (node.id, " › ".join([*(n.name for n in tree.above(node.id)), node.name]))
        for node in tree.nodes.values()
        if node.id not in inside and node.id != parent
    ]
