"""What a group gets to see of a closed round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit
from coach.domain.answers import Question, process_questions, ring_questions
from coach.domain.content import Content, Item
from coach.domain.group import Middle
from coach.report.figure import Dot, draw
from coach.report.labels import Labels
from coach.store.organisations import Organisations
from coach.store.rounds import Rounds
from coach.usecases.group_results import GroupResult, RoundResult
from coach.usecases.groups import Round

MOST_EARLIER = 8


@dataclass(frozen=True)
class Said:
    """One construct: what the middle of the group says, and of the whole."""

    item: Item
    here: Middle
    whole: Middle | None


class ResultPages:
    def __init__(
        self, rounds: Rounds, organisations: Organisations, content: Content, labels: Labels
    ) -> None:
        self._rounds, self._organisations = rounds, organisations
        self._content, self._labels = content, labels

    def routes(self, gate: Gate) -> list[Route]:
        return [gate.route("/desk/rondes/{round}/groepen/{group}", self.result)]

    def result(self, visit: Visit) -> Response:
        round, key = self._rounds.get(visit.ids["round"]), visit.ids["group"]
        found = self._rounds.results([round.id]).get(round.id)
        if found is None or not found.knows(key):
            return visit.page("refused", 404, why="missing")
        result = found.of(key)
        place = result.place
        return visit.page(
            "result",
            organisation=self._organisations.get(round.organisation),
            round=round,
            result=result,
            above=found.tree.above(key),
            is_top=key == found.tree.top.id,
            whole=found.of(found.tree.top.id),
            place=self._content.places[place.position] if place else None,
            traits=self._content.traits,
            items=self._items,
            said=self._said(found, result),
            earlier=self._earlier(round, key),
            labels=self._labels,
            **self._figure(found, result),
        )

    @property
    def _items(self) -> Mapping[Question, Item]:
        return self._content.questionnaires[self._content.current].items

    def _figure(self, found: RoundResult, result: GroupResult) -> dict[str, Any]:
        """The figure with a dot for each group right below that has a place."""
        below = found.with_place(found.tree.children(result.node.id))
        dots = [
            Dot(n, one.node.name, one.place.position)
            for n, one in enumerate(below, start=1)
            if one.place
        ]
        here = result.place.position if result.place else None
        svg = draw(here, self._labels, dots=dots) if here or dots else ""
        return {"figure": svg, "dots": list(zip(dots, below, strict=True))}

    def _said(self, found: RoundResult, result: GroupResult) -> list[Said]:
        if result.view is None:
            return []
        whole = found.of(found.tree.top.id).view
        known = whole.middles if whole and result.node.id != found.tree.top.id else {}
        asked: Sequence[Question] = ring_questions()
        if result.place:
            asked = (*asked, *process_questions(result.place.completed or result.place.ring))
        shown = result.view.middles
        return [Said(self._items[q], shown[q], known.get(q)) for q in asked if q in shown]

    def _earlier(self, round: Round, key: str) -> list[tuple[Round, GroupResult]]:
        """The closed rounds of this group up to this one, the newest first."""
        mine = set(self._rounds.seen_in(key))
        rounds = [
            other
            for other in self._rounds.of(round.organisation)
            if other.id in mine and other.opened_at <= round.opened_at
        ][:MOST_EARLIER]
        results = self._rounds.results((other.id for other in rounds), below=key)
        return [(other, results[other.id].of(key)) for other in rounds]
