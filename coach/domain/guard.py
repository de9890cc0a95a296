"""What may be seen of a group, so that nobody's own answers can be worked out.

A round of a group is shown only after it is closed. Closing seals the answers in blocks: sets of at least five
people that share nobody, each at one group. All that is ever shown is made of whole blocks, so no difference of
two views, over groups, roles or time, is smaller than a block. Of a block only medians are kept, and whether
answers lie close together, never counts: unanimous answers would give everybody away. What is said of several
blocks follows from what is said of each. (It was the median of all their people at first; a search over all
possible answers found that a member of one team could then work out what a colleague had said.)

- Fewer than five of a group go up to the group above, with the others of that group that are left over.
- What is left over at the top is not counted in this round, and its owners are told so.
- Managers are kept apart where at least five of them can be shown; so the two roles can be compared.
- A block is made once. Who answers later, moves or is erased changes no block.

This is stricter than withholding a sibling, and loses less: the sibling stays visible.
The idea of publishing whole small groups only is microaggregation: J. Domingo-Ferrer and J. M. Mateo-Sanz,
"Practical data-oriented microaggregation", IEEE TKDE 14(1), 2002, p. 189-201.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coach.domain.answers import Question, Role
from coach.domain.errors import CoachError
from coach.domain.group import (
    HINT,
    LEAST,
    GroupPlace,
    Middle,
    Voice,
    joined,
    middles,
    place,
    tally,
)


class TangledGroups(CoachError):
    """Groups that have no parent among them, lie in a circle, or that a voice does not know."""


class Side(StrEnum):
    """Whose answers a block holds."""

    ALL = "all"
    STAFF = "staff"
    MANAGERS = "managers"


class Showing(StrEnum):
    """What a group gets to see."""

    SCORES = "scores"
    HINT = "hint"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Group:
    """A team, department or organisation in a round."""

    id: str
    parent: str | None
    members: int
    """People who are in this group itself, not in one below it."""


@dataclass(frozen=True)
class Block:
    """At least five people of one group and one round whose answers are only ever shown together."""

    group: str
    side: Side
    size: int
    middles: Mapping[Question, Middle]
    """Only of questions that enough of its own people answered: a smaller part would stand out in a larger whole."""

    def __post_init__(self) -> None:
        if self.size < LEAST:
            raise CoachError(f"a block of {self.size} people is too small to be shown")


@dataclass(frozen=True)
class View:
    """All that may be shown of a set of blocks."""

    size: int
    middles: Mapping[Question, Middle]
    place: GroupPlace | None


Sealed = tuple[str, Side, tuple[Voice, ...]]


def seal(groups: Sequence[Group], voices: Iterable[Voice]) -> list[Block]:
    """The blocks of a round that closes, the lowest groups first."""
    return [
        Block(group, side, len(inside), middles(tally(inside)))
        for group, side, inside in sealed_voices(groups, voices)
    ]


def sealed_voices(groups: Sequence[Group], voices: Iterable[Voice]) -> list[Sealed]:
    """Who ends up in which block; whom none holds is not counted in this round."""
    waiting: defaultdict[str, list[Voice]] = defaultdict(list)
    known = {group.id for group in groups}
    for voice in voices:
        if voice.group not in known:
            raise TangledGroups(f"nobody knows the group {voice.group!r} of a voice")
        waiting[voice.group].append(voice)
    apart = sum(_is_manager(voice) for those in waiting.values() for voice in those) >= LEAST
    members = _all_members(groups)
    found: list[Sealed] = []
    for group in _lowest_first(groups):
        blocks, left = _seal_one(waiting.pop(group.id, []), members[group.id], apart)
        found += [(group.id, side, tuple(inside)) for side, inside in blocks]
        if group.parent is not None:
            waiting[group.parent] += left
    return found


def view(blocks: Iterable[Block], side: Side = Side.ALL) -> View | None:
    """What may be shown of these blocks, for all people or for one of the two roles; None when there is nothing."""
    chosen = [block for block in blocks if side in (Side.ALL, block.side)]
    if not chosen:
        return None
    found = joined([(block.size, block.middles) for block in chosen])
    return View(sum(block.size for block in chosen), found, place(found))


def showing(has_blocks: bool, members: int, respondents: int) -> Showing:
    """What a group gets to see when its round is closed."""
    if has_blocks:
        return Showing.SCORES
    return Showing.HINT if min(members, respondents) >= HINT else Showing.NOTHING


def _seal_one(
    here: list[Voice], members: int, apart: bool
) -> tuple[list[tuple[Side, list[Voice]]], list[Voice]]:
    """The blocks of one group, and who goes up to the group above."""
    if members < LEAST or len(here) < LEAST:
        return [], here
    managers = [voice for voice in here if _is_manager(voice)]
    staff = [voice for voice in here if not _is_manager(voice)]
    if len(managers) >= LEAST and len(staff) >= LEAST:
        return [(Side.STAFF, staff), (Side.MANAGERS, managers)], []
    if not managers:
        return [(Side.STAFF, staff)], []
    if not staff:
        return [(Side.MANAGERS, managers)], []
    if apart and len(staff) >= LEAST:
        return [(Side.STAFF, staff)], managers
    return [(Side.ALL, here)], []


def _is_manager(voice: Voice) -> bool:
    return voice.role is Role.LEIDINGGEVENDE


def _all_members(groups: Sequence[Group]) -> dict[str, int]:
    """By group, how many people are in it and in the groups below it."""
    found: defaultdict[str, int] = defaultdict(int)
    for group in _lowest_first(groups):
        found[group.id] += group.members
        if group.parent is not None:
            found[group.parent] += found[group.id]
    return dict(found)


def _lowest_first(groups: Sequence[Group]) -> list[Group]:
    """Every group before the one above it."""
    by_id = {group.id: group for group in groups}
    return sorted(groups, key=lambda group: (-_depth(group, by_id), group.id))


def _depth(group: Group, by_id: Mapping[str, Group]) -> int:
    depth = 0
    while group.parent is not None:
        depth += 1
        if group.parent not in by_id or depth > len(by_id):
            raise TangledGroups(f"the group {group.id!r} hangs under no group of this round")
        group = by_id[group.parent]
    return depth
