"""The results of a closed round as a table: what the views of its groups say, and nothing else.

No counts of answers: the size of a view is the only number of people in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coach.domain.content import Content
from coach.domain.guard import Side, View
from coach.usecases.group_results import GroupResult, RoundResult
from coach.usecases.team_report import asked


@dataclass(frozen=True)
class Row:
    """One question of one group and side; or a group of which nothing can be shown, with no `size`."""

    group: str
    above: str
    side: Side
    size: int | None
    ring: str = ""
    process: str = ""
    question: str = ""
    name: str = ""
    level: int | None = None
    says: str = ""
    close: bool | None = None


def rows(found: RoundResult, content: Content) -> list[Row]:
    """Every group from the top down, first as a whole and then its two roles, where both can be seen."""
    return [
        row
        for node in found.tree.nodes.values()
        for row in _rows(found, found.of(node.id), content)
    ]


def _rows(found: RoundResult, result: GroupResult, content: Content) -> Iterator[Row]:
    parents = found.tree.above(result.node.id)
    above = parents[-1].name if parents else ""
    if result.view is None:
        yield Row(result.node.name, above, Side.ALL, None)
        return
    sides = [(Side.ALL, result.view)]
    if result.staff and result.managers:
        sides += [(Side.STAFF, result.staff), (Side.MANAGERS, result.managers)]
    for side, view in sides:
        yield from _seen(result.node.name, above, side, view, content)


def _seen(group: str, above: str, side: Side, view: View, content: Content) -> Iterator[Row]:
    items = content.questionnaires[content.current].items
    place = view.place
    where = (place.ring.value, place.process.value) if place else ("", "")
    shown = asked(place) if place else tuple(q for q in items if q.ring is None)
    for question in shown:
        if question in view.middles:
            middle, item = view.middles[question], items[question]
            yield Row(
                group,
                above,
                side,
                view.size,
                *where,
                question=question.id,
                name=item.name,
                level=middle.level,
                says=item.echo[middle.level],
                close=middle.close,
            )
