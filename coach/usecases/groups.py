"""The tree of an organisation and its rounds: what may change when, so that no round says more than it should.

While a round is open its groups stay where they are. A group is not measured twice at once, and not again
soon after: two rounds of the same people within days would show what one newcomer or leaver said.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol

from coach.domain.errors import CoachError
from coach.domain.invitation import BITS, drawn

REST = timedelta(days=28)
"""Between the end of a round that showed something and the next one with any of the same groups."""
LONGEST = timedelta(days=180)
MOST_NAME = 120
MOST_MEMBERS = 100_000
MOST_DEEP = 6
MOST_GROUPS = 2_000


class NotAllowed(CoachError):
    """A change that cannot be made now; `why` is the code of its Dutch sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Node:
    """A department or team; the top has no parent and stands for the organisation."""

    id: str
    parent: str | None
    name: str
    members: int


@dataclass(frozen=True)
class Round:
    id: str
    organisation: str
    top: str
    n: int
    opened_at: datetime
    ends_on: date
    closed_at: datetime | None
    showed: frozenset[str] = frozenset()
    """The groups that were in it, when it is closed and something of it may be seen."""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True)
class Tree:
    """The groups of one organisation, each after the one above it."""

    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> Tree:
        children = _by_parent(sorted(nodes, key=lambda node: (node.name.casefold(), node.id)))
        found: dict[str, Node] = {}
        waiting = list(reversed(children.get(None, [])))
        while waiting:
            node = waiting.pop()
            found[node.id] = node
            waiting += reversed(children.get(node.id, []))
        return cls(found)

    @property
    def top(self) -> Node:
        return next(node for node in self.nodes.values() if node.parent is None)

    def above(self, key: str) -> tuple[Node, ...]:
        """The groups that hold this one, the top first."""
        found: list[Node] = []
        parent = self.nodes[key].parent
        while parent is not None:
            found.append(self.nodes[parent])
            parent = self.nodes[parent].parent
        return tuple(reversed(found))

    @cached_property
    def _children(self) -> Mapping[str | None, list[Node]]:
        return _by_parent(self.nodes.values())

    def below(self, key: str) -> tuple[Node, ...]:
        """A group and all that is under it, in the order of the tree."""
        found, waiting = [], [self.nodes[key]]
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting += reversed(self.children(node.id))
        return tuple(found)

    def children(self, key: str) -> tuple[Node, ...]:
        return tuple(self._children.get(key, ()))

    def members(self, key: str) -> int:
        """People in a group and in all below it."""
        return sum(node.members for node in self.below(key))


class Change(Protocol):
    """One organisation held still for one transaction."""

    @property
    def tree(self) -> Tree: ...

    @property
    def rounds(self) -> Sequence[Round]: ...

    def add(self, node: Node, at: datetime) -> None: ...

    def write(self, node: Node) -> None: ...

    def remove(self, key: str) -> None: ...

    def open_round(self, round: Round) -> None: ...

    def end_on(self, round: str, day: date) -> None: ...

    def invite(self, code: str, round: str, group: str, at: datetime) -> None: ...

    def revoke(self, round: str, group: str) -> None: ...


class Store(Protocol):
    def changing(self, organisation: str) -> AbstractContextManager[Change]: ...


class Groups:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, organisation: str, parent: str, name: str, members: str, at: datetime) -> str:
        """A new group under another; gives its id."""
        node = Node(secrets.token_hex(8), parent, _name(name), _members(members))
        with self._store.changing(organisation) as change:
            _known(change.tree, parent)
            if len(change.tree.nodes) >= MOST_GROUPS:
                raise NotAllowed("full")
            if len(change.tree.above(parent)) + 1 >= MOST_DEEP:
                raise NotAllowed("deep")
            change.add(node, at)
        return node.id

    def change(self, organisation: str, key: str, name: str, members: str) -> None:
        """Another name, or another number of people."""
        with self._store.changing(organisation) as change:
            node = _known(change.tree, key)
            fresh = Node(key, node.parent, _name(name), _members(members))
            if fresh.members != node.members:
                _still(change, key)
            change.write(fresh)

    def move(self, organisation: str, key: str, parent: str) -> None:
        """Under another group, with all below it."""
        with self._store.changing(organisation) as change:
            tree, node = change.tree, _known(change.tree, key)
            _known(tree, parent)
            inside = tree.below(key)
            if node.parent is None or parent in {below.id for below in inside}:
                raise NotAllowed("circle")
            deep = max(len(tree.above(below.id)) for below in inside) - len(tree.above(key))
            if len(tree.above(parent)) + 1 + deep >= MOST_DEEP:
                raise NotAllowed("deep")
            _still(change, key)
            _still(change, parent)
            change.write(Node(key, parent, node.name, node.members))

    def remove(self, organisation: str, key: str, at: datetime) -> str:
        """An empty group; what earlier rounds showed of it stays in the whole. Gives the group above.

        Not soon after a round: under another name the same people could then be measured again.
        """
        with self._store.changing(organisation) as change:
            node = _known(change.tree, key)
            if node.parent is None or change.tree.children(key):
                raise NotAllowed("not_empty")
            _still(change, key)
            if any(round.top == key for round in change.rounds):
                raise NotAllowed("measured")
            if any(key in round.showed and _is_recent(round, at) for round in change.rounds):
                raise NotAllowed("too_soon")
            change.remove(key)
        return node.parent

    def open_round(self, organisation: str, top: str, ends_on: date | None, at: datetime) -> str:
        """A round for a group and all below it, with a code for each; gives its id."""
        today = at.date()
        if ends_on is None or not today < ends_on <= today + LONGEST:
            raise NotAllowed("date")
        with self._store.changing(organisation) as change:
            _known(change.tree, top)
            _rested(change, top, at)
            n = 1 + max((r.n for r in change.rounds if r.top == top), default=0)
            fresh = Round(secrets.token_hex(8), organisation, top, n, at, ends_on, None)
            change.open_round(fresh)
            for node in change.tree.below(top):
                change.invite(drawn(secrets.randbits(BITS)), fresh.id, node.id, at)
        return fresh.id

    def end_on(self, organisation: str, round: str, day: date | None, at: datetime) -> None:
        """Another last day for an open round."""
        if day is None or not at.date() <= day <= at.date() + LONGEST:
            raise NotAllowed("date")
        with self._store.changing(organisation) as change:
            _opened(change, round)
            change.end_on(round, day)

    def invite(self, organisation: str, round: str, group: str, at: datetime) -> None:
        """The code of a group in an open round: a new one, which lets an earlier one work no more."""
        with self._store.changing(organisation) as change:
            opened = _opened(change, round)
            if group not in {node.id for node in change.tree.below(opened.top)}:
                raise NotAllowed("outside")
            change.invite(drawn(secrets.randbits(BITS)), round, group, at)

    def revoke(self, organisation: str, round: str, group: str) -> None:
        """Nobody can join by this code any more; who did stays in."""
        with self._store.changing(organisation) as change:
            _opened(change, round)
            change.revoke(round, group)


def as_top(node: Node, top: str) -> Node:
    """The same group; the one that is the top of a part of the tree hangs under nothing."""
    return Node(node.id, None, node.name, node.members) if node.id == top else node


def _by_parent(nodes: Iterable[Node]) -> dict[str | None, list[Node]]:
    found: dict[str | None, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.parent, []).append(node)
    return found


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= MOST_NAME:
        raise NotAllowed("name")
    return name


def _members(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
    if not 0 <= number <= MOST_MEMBERS:
        raise NotAllowed("members")
    return number


def _known(tree: Tree, key: str) -> Node:
    if key not in tree.nodes:
        raise NotAllowed("missing")
    return tree.nodes[key]


def _opened(change: Change, key: str) -> Round:
    found = next((r for r in change.rounds if r.id == key and r.is_open), None)
    if found is None:
        raise NotAllowed("closed")
    return found


def _still(change: Change, key: str) -> None:
    """No round is open in which this group lies."""
    held = {key, *(node.id for node in change.tree.above(key))}
    inside = {node.id for node in change.tree.below(key)}
    if any(r.is_open and (r.top in held or r.top in inside) for r in change.rounds):
        raise NotAllowed("round_open")


def _rested(change: Change, top: str, at: datetime) -> None:
    """No other round with any of these groups is open, or showed something a short while ago."""
    inside = {node.id for node in change.tree.below(top)}
    held = {node.id for node in change.tree.above(top)} | inside
    for other in change.rounds:
        if other.closed_at is None and other.top in held:
            raise NotAllowed("round_open")
        if _is_recent(other, at) and other.showed & inside:
            raise NotAllowed("too_soon")


def _is_recent(round: Round, at: datetime) -> bool:
    return round.closed_at is not None and at < round.closed_at + REST
