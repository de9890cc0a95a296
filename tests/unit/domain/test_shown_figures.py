"""What of the desk's figures is shown: nothing of fewer than five, and nothing from which that follows."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.shown_figures import (
    FEWEST,
    MOST_MINUTES,
    by_channel,
    by_role,
    covered,
    funnel,
    rounded,
    waits,
)


def test_a_funnel_shows_parts_of_all_talks() -> None:
    begun, role, *_, last = funnel({"begonnen": 20, "rol": 10, "beloofd": 4})
    assert (begun.number, begun.share) == (20, 1.0)
    assert (role.number, role.share) == (10, 0.5)
    assert (last.number, last.share) == (None, 0.0)


def test_client_talks_have_a_funnel_of_their_own() -> None:
    numbers = {"begonnen": 20, "klant:begonnen": 6, "klant:rol": 5}
    assert [bar.number for bar in funnel(numbers, "klant:")[:3]] == [6, 5, None]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6))
def test_what_is_hidden_does_not_follow_from_the_total(numbers: list[int]) -> None:
    cells = covered(numbers)
    for number, cell in zip(numbers, cells, strict=True):
        assert cell is None or cell == number >= FEWEST
    hidden = sum(numbers) - sum(cell for cell in cells if cell is not None)
    assert hidden == 0 or hidden >= FEWEST or all(cell is None for cell in cells)


def test_roles_and_channels_are_compared_when_they_are_large_enough() -> None:
    numbers = {"rol:medewerker:rol": 12, "rol:leidinggevende:rol": 7, "rol:leeradviseur:rol": 2}
    assert [row.cells[0] for row in by_role(numbers)] == [12, None, None]
    channels = by_channel({"kanaal:web:begonnen": 9, "kanaal:slack:begonnen": 6})
    assert [(row.name, row.cells[0]) for row in channels] == [("slack", 6), ("web", 9)]


def test_waits_are_told_from_five_answers() -> None:
    few = waits(Counter({"overdracht": 6, "overdracht:gevraagd": 6, "wacht:5": 4}))
    assert (few.asked, few.answered, few.median, few.late) == (6, None, None, None)
    waited = {f"wacht:{minutes}": 1 for minutes in range(1, 21)}
    enough = waits(Counter({"overdracht": 20, **waited}))
    assert (enough.answered, enough.median, enough.late) == (20, 10, 19)


@pytest.mark.parametrize(
    ("minutes", "counted"),
    [(-3, 0), (0.4, 0), (59.6, 60), (61, 60), (70, 75), (1e9, MOST_MINUTES)],
)
def test_long_waits_are_counted_by_the_quarter(minutes: float, counted: int) -> None:
    assert rounded(minutes) == counted
