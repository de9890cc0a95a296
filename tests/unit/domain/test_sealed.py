"""Nobody's own answers can be worked out from what a group gets to see, however views are combined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coach.domain.answers import Construct, Level, Question, Role
from coach.domain.errors import CoachError
from coach.domain.group import LEAST, Counts, Middle, Voice, joined, middle
from coach.domain.guard import (
    Block,
    Group,
    Showing,
    Side,
    TangledGroups,
    seal,
    sealed_voices,
    showing,
    view,
)
from coach.domain.path import Ring

STURING = Question(Construct.STURING)
TEAMS = ("a", "b", "c")
TREE = (Group("whole", None, 0), *(Group(team, "whole", 9) for team in TEAMS))


def voices(team: str, levels: str, role: Role = Role.MEDEWERKER) -> list[Voice]:
    """One person a digit."""
    return [Voice(team, role, Ring.ACTIVATIE, {STURING: int(level)}) for level in levels]


MANAGER = Role.LEIDINGGEVENDE


class TestSealing:
    def test_five_of_a_team_are_shown(self) -> None:
        (block,) = seal(TREE, voices("a", "11222"))
        assert (block.group, block.size, block.middles[STURING]) == ("a", 5, Middle(2, True))

    def test_four_go_up_and_join_the_four_of_another_team(self) -> None:
        (block,) = seal(TREE, [*voices("a", "1111"), *voices("b", "2222")])
        assert (block.group, block.size) == ("whole", 8)

    def test_what_is_left_at_the_top_is_shown_nowhere(self) -> None:
        blocks = seal(TREE, [*voices("a", "11111"), *voices("b", "2222")])
        assert [block.group for block in blocks] == ["a"]

    def test_a_team_of_four_members_is_never_shown(self) -> None:
        tree = [Group("whole", None, 20), Group("a", "whole", 4)]
        assert [block.group for block in seal(tree, voices("a", "11111"))] == ["whole"]

    def test_one_manager_among_four_others_counts_with_the_team(self) -> None:
        (block,) = seal(TREE, [*voices("a", "1111"), *voices("a", "2", MANAGER)])
        assert (block.side, block.size) == (Side.ALL, 5)

    def test_managers_of_several_teams_are_shown_together(self) -> None:
        teams = [Group("whole", None, 5), *(Group(str(n), "whole", 6) for n in range(5))]
        people = [v for n in range(5) for v in voices(str(n), "11111")]
        people += [v for n in range(5) for v in voices(str(n), "3", MANAGER)]
        blocks = seal(teams, people)
        managers, staff = view(blocks, Side.MANAGERS), view(blocks, Side.STAFF)
        assert managers and staff
        assert (managers.size, staff.size) == (5, 25)
        assert managers.middles[STURING].level - staff.middles[STURING].level == 2

    def test_a_question_that_few_of_a_block_answered_is_not_in_it(self) -> None:
        durven = Question(Construct.DURVEN)
        some = [Voice("a", MANAGER, Ring.ACTIVATIE, {STURING: 1, durven: 2})] * 4
        (block,) = seal(TREE, [*some, *voices("a", "1", MANAGER)])
        assert STURING in block.middles and durven not in block.middles

    def test_an_unknown_group_is_refused(self) -> None:
        with pytest.raises(TangledGroups, match="'z'"):
            seal(TREE, voices("z", "1"))

    def test_groups_in_a_circle_are_refused(self) -> None:
        with pytest.raises(TangledGroups):
            seal([Group("a", "b", 5), Group("b", "a", 5)], voices("a", "11111"))

    def test_no_block_of_four_can_be_made(self) -> None:
        with pytest.raises(CoachError, match="too small"):
            Block("a", Side.ALL, LEAST - 1, {})


@pytest.mark.parametrize(
    ("members", "respondents", "expected"),
    [(9, 3, Showing.HINT), (9, 4, Showing.HINT), (9, 2, Showing.NOTHING), (2, 9, Showing.NOTHING)],
)
def test_three_or_four_get_a_hint(members: int, respondents: int, expected: Showing) -> None:
    assert showing(False, members, respondents) is expected


def test_whoever_has_blocks_gets_scores() -> None:
    assert showing(True, 9, 9) is Showing.SCORES


# --- attacks ---------------------------------------------------------------------------------------------------

Seen = list[tuple[tuple[int, ...], Middle]]
"""Views on one question: which blocks they are made of, and what they showed."""


def everything_seen(blocks: list[Block], tree: Iterable[Group]) -> Seen:
    """Every view that the desk allows on a round: each group with what is below it, and each role of it."""
    parents = {group.id: group.parent for group in tree}

    def inside(block: Block, top: str) -> bool:
        here: str | None = block.group
        while here is not None and here != top:
            here = parents[here]
        return here == top

    seen: Seen = []
    for top, side in product(parents, Side):
        numbers = tuple(
            n
            for n, block in enumerate(blocks)
            if inside(block, top) and side in (Side.ALL, block.side)
        )
        shown = view([blocks[n] for n in numbers], side)
        if shown and STURING in shown.middles:
            seen.append((numbers, shown.middles[STURING]))
    return seen


def worked_out(blocks: list[Block], seen: Seen, own: Level | None = None) -> bool:
    """Whether somebody who knows all views, and `own` answer in the first block, knows another's answer for certain.

    Tries every way in which the answers could have been given. People in one block are alike to who only sees
    views, so a level is certain only if all that remains possible is that the whole block gave it.
    """
    options = [_by_middle(block.size) for block in blocks]
    possible: list[set[Counts]] = [set() for _ in blocks]
    for world in product(*options):  # all that differ in something that is shown
        if all(_shown(numbers, blocks, world) == shown for numbers, shown in seen):
            for n, here in enumerate(world):
                possible[n].update(options[n][here])
    if own:
        possible[0] = {left for counts in possible[0] if (left := _without(counts, own))}
    return any(_certain(worlds) for worlds in possible if worlds)


@cache
def _by_middle(size: int) -> dict[Middle | None, list[Counts]]:
    found: defaultdict[Middle | None, list[Counts]] = defaultdict(list)
    for counts in _splits(size):
        found[middle(counts)].append(counts)
    return dict(found)


def _splits(size: int) -> list[Counts]:
    return [(a, b, size - a - b) for a in range(size + 1) for b in range(size + 1 - a)]


def _shown(
    numbers: tuple[int, ...], blocks: list[Block], world: tuple[Middle | None, ...]
) -> Middle:
    """What the desk would show of these blocks if these had been their middles."""
    parts = [(blocks[n].size, {STURING: here}) for n in numbers if (here := world[n])]
    return joined(parts)[STURING]


def _without(counts: Counts, own: Level) -> Counts | None:
    left = [number - (level == own) for level, number in enumerate(counts, start=1)]
    return None if min(left) < 0 else (left[0], left[1], left[2])


def _certain(worlds: set[Counts]) -> bool:
    given_levels = {tuple(number > 0 for number in counts) for counts in worlds}
    return len(given_levels) == 1 and sum(next(iter(given_levels))) == 1


ROLES = (*[Role.MEDEWERKER] * 3, MANAGER)
people = st.lists(
    st.sampled_from(list(product(TEAMS, ROLES, (1, 1, 1, 2, 3)))), min_size=LEAST, max_size=22
)
"""More of one level than of others: unanimous teams are where it goes wrong."""


def as_voices(drawn: list[tuple[str, Role, Level]]) -> list[Voice]:
    return [Voice(team, role, Ring.ACTIVATIE, {STURING: level}) for team, role, level in drawn]


@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(people, min_size=1, max_size=3))
def test_no_combination_of_views_over_rounds_cuts_out_fewer_than_five(
    history: list[list[tuple[str, Role, Level]]],
) -> None:
    """People that the same views count cannot be told apart by adding and subtracting those views."""
    counted_in: defaultdict[tuple[int, int], set[tuple[int, str, Side]]] = defaultdict(set)
    parents = {group.id: group.parent for group in TREE}
    for number, drawn in enumerate(history):
        everyone = as_voices(drawn)
        seats = {id(voice): (number, seat) for seat, voice in enumerate(everyone)}
        for group, side, inside in sealed_voices(TREE, everyone):
            for voice, shown_as in product(inside, {side, Side.ALL}):
                here: str | None = group
                while here is not None:
                    counted_in[seats[id(voice)]].add((number, here, shown_as))
                    here = parents[here]
    alike: defaultdict[frozenset[tuple[int, str, Side]], int] = defaultdict(int)
    for views in counted_in.values():
        alike[frozenset(views)] += 1
    assert all(number >= LEAST for number in alike.values())


def _inside_first(drawn: list[tuple[str, Role, Level]]) -> tuple[Voice, ...]:
    _, _, inside = sealed_voices(TREE, as_voices(drawn))[0]
    return inside


@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(people, st.sampled_from((None, 1, 2, 3)))
def test_no_answer_is_certain_not_even_for_somebody_of_the_team(
    drawn: list[tuple[str, Role, Level]], own: Level | None
) -> None:
    blocks = seal(TREE, as_voices(drawn))
    assume(blocks and len(blocks) <= 3)
    if own:
        assume(any(v.levels[STURING] == own for v in _inside_first(drawn)))
    assert not worked_out(blocks, everything_seen(blocks, TREE), own)
