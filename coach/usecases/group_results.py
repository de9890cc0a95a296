"""What a closed round says about each of its groups: its place, the two roles, and what went up to the group above.

Made of the frozen tree and the sealed blocks only; see `coach.domain.guard`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.domain.answers import Question
from coach.domain.group import GroupPlace, Middle
from coach.domain.guard import Block, Showing, Side, View, showing, view
from coach.domain.path import Ring
from coach.usecases.groups import Node, Tree


@dataclass(frozen=True)
class Frozen:
    """A group as it was when its round was closed, with how many of itself answered."""

    node: Node
    respondents: int


@dataclass(frozen=True)
class Difference:
    """A question on which staff and managers of a group differ."""

    question: Question
    staff: Middle
    managers: Middle


@dataclass(frozen=True)
class GroupResult:
    """All that a page may say of one group in one closed round."""

    node: Node
    members: int
    """Also of the groups below it."""
    respondents: int
    blocks: tuple[Block, ...]
    went_up: int
    """Answers from here that are too few to be shown here and count with the group above; at the top, with none."""

    @property
    def showing(self) -> Showing:
        return showing(bool(self.blocks), self.members, self.respondents)

    @cached_property
    def view(self) -> View | None:
        return view(self.blocks)

    @cached_property
    def staff(self) -> View | None:
        return view(self.blocks, Side.STAFF)

    @cached_property
    def managers(self) -> View | None:
        return view(self.blocks, Side.MANAGERS)

    @property
    def place(self) -> GroupPlace | None:
        return self.view.place if self.view else None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Where the two roles see things another way, the largest difference first."""
        if not (self.staff and self.managers):
            return ()
        # a process of another ring is filled in, and nobody said it
        same = _asked_ring(self.staff) is not None and (
            _asked_ring(self.staff) == _asked_ring(self.managers)
        )
        found = [
            Difference(question, here, self.managers.middles[question])
            for question, here in self.staff.middles.items()
            if question in self.managers.middles
            and (same or not question.ring)
            and here.level != self.managers.middles[question].level
        ]
        return tuple(sorted(found, key=lambda d: -abs(d.staff.level - d.managers.level)))


def _asked_ring(view: View) -> Ring | None:
    """The ring whose processes most were asked about."""
    return (view.place.completed or view.place.ring) if view.place else None


@dataclass(frozen=True)
class RoundResult:
    """A closed round as a whole."""

    groups: Sequence[Frozen]
    blocks: Sequence[Block]

    @cached_property
    def tree(self) -> Tree:
        return Tree.of(frozen.node for frozen in self.groups)

    @cached_property
    def _answered(self) -> Mapping[str, int]:
        return {frozen.node.id: frozen.respondents for frozen in self.groups}

    @cached_property
    def _blocks(self) -> Mapping[str, list[Block]]:
        found: defaultdict[str, list[Block]] = defaultdict(list)
        for block in self.blocks:
            found[block.group].append(block)
        return found

    @cached_property
    def went_up(self) -> Mapping[str, int]:
        """By group, how many answers went to the group above it."""
        found: dict[str, int] = {}
        for node in reversed(list(self.tree.nodes.values())):
            from_below = sum(found[child.id] for child in self.tree.children(node.id))
            sealed = sum(block.size for block in self._blocks.get(node.id, ()))
            found[node.id] = self._answered[node.id] + from_below - sealed
        return found

    @property
    def not_counted(self) -> int:
        return self.went_up[self.tree.top.id]

    def knows(self, group: str) -> bool:
        return group in self.tree.nodes

    def of(self, group: str) -> GroupResult:
        if group not in self._made:
            self._made[group] = self._of(group)
        return self._made[group]

    @cached_property
    def _made(self) -> dict[str, GroupResult]:
        return {}

    def _of(self, group: str) -> GroupResult:
        inside = [node.id for node in self.tree.below(group)]
        return GroupResult(
            self.tree.nodes[group],
            sum(self.tree.nodes[key].members for key in inside),
            sum(self._answered[key] for key in inside),
            tuple(block for key in inside for block in self._blocks.get(key, ())),
            self.went_up[group],
        )

    def with_place(self, groups: Iterable[Node]) -> tuple[GroupResult, ...]:
        """Those of these groups that have a place on the path."""
        found = (self.of(node.id) for node in groups)
        return tuple(result for result in found if result.place)
