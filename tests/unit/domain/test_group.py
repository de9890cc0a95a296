"""The place of a group: the lower median per question, then the rule for one person."""

from __future__ import annotations

import pytest

from coach.domain.answers import Construct, Question, Role, process_questions, ring_questions
from coach.domain.group import Middle, Voice, counted, joined, middle, middles, place, tally
from coach.domain.path import Process, Ring

STAFF = Role.MEDEWERKER


def voice(ring_levels: str, ring: Ring, process_levels: str = "") -> Voice:
    """Levels as digits in the questionnaire's order; a dot was not answered."""
    asked = zip(ring_questions(), ring_levels, strict=False)
    processes = zip(process_questions(ring), process_levels, strict=False)
    levels = {q: int(level) for q, level in (*asked, *processes) if level != "."}
    return Voice("team", STAFF, ring, levels)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((5, 0, 0), Middle(1, True)),
        ((2, 2, 1), Middle(2, False)),
        ((3, 0, 3), Middle(1, False)),
        ((3, 1, 1), Middle(1, True)),
        ((0, 1, 4), Middle(3, True)),
        ((2, 2, 0), None),
    ],
)
def test_the_lower_median_of_five_or_more(
    counts: tuple[int, int, int], expected: Middle | None
) -> None:
    assert middle(counts) == expected


def test_what_is_close_leaves_two_free_in_a_group_of_any_size() -> None:
    for size in range(5, 60):
        assert middle((size - 2, 0, 2)) == Middle(1, True)


def test_behind_the_first_process_that_is_not_in_order_nothing_is_in_order() -> None:
    levels = counted(voice("222", Ring.CULTIVATIE, "32"))
    assert [levels[q] for q in process_questions(Ring.CULTIVATIE)] == [3, 2, 1, 1]


def test_another_ring_says_something_about_the_processes_that_were_not_asked() -> None:
    levels = counted(voice("222", Ring.CULTIVATIE, "1"))
    assert {levels[q] for q in process_questions(Ring.ACTIVATIE)} == {3}
    assert {levels[q] for q in process_questions(Ring.REALISATIE)} == {1}


def test_an_unknown_process_is_not_in_order() -> None:
    levels = counted(voice("111", Ring.ACTIVATIE, "3."))
    assert levels[process_questions(Ring.ACTIVATIE)[1]] == 1


def test_a_ring_question_that_was_not_asked_counts_for_nothing() -> None:
    assert Question(Construct.MOGEN) not in counted(voice("111", Ring.ACTIVATIE, "1"))


def test_a_team_stands_where_most_of_it_stands() -> None:
    team = [voice("222", Ring.CULTIVATIE, "32") for _ in range(4)]
    team += [voice("111", Ring.ACTIVATIE, "1"), voice("333", Ring.REALISATIE, "1")]
    found = place(middles(tally(team)))
    assert found
    assert (found.ring, found.process) == (Ring.CULTIVATIE, Process.PROGRAMMEREN)
    assert found.completed is None


def test_a_team_with_all_in_order_goes_on_to_the_next_ring() -> None:
    found = place(middles(tally([voice("111", Ring.ACTIVATIE, "3333")] * 5)))
    assert found
    assert (found.ring, found.process) == (Ring.CULTIVATIE, Process.DOELEN_STELLEN)
    assert found.completed is Ring.ACTIVATIE


def test_what_lags_and_what_is_ahead_is_named() -> None:
    found = place(middles(tally([voice("12223.", Ring.CULTIVATIE, "1")] * 5)))
    assert found
    assert found.lagging == (Construct.STURING,)
    assert found.ahead == (Construct.DURVEN,)


def test_four_people_have_no_place() -> None:
    assert place(middles(tally([voice("222", Ring.CULTIVATIE, "1")] * 4))) is None


def test_two_teams_together_count_by_their_people() -> None:
    small = middles(tally([voice("111", Ring.ACTIVATIE, "1")] * 5))
    large = middles(tally([voice("333", Ring.REALISATIE, "31")] * 9))
    together = joined([(5, small), (9, large)])
    assert together[Question(Construct.STURING)] == Middle(3, True)


def test_two_teams_that_differ_are_not_close() -> None:
    one = middles(tally([voice("111", Ring.ACTIVATIE, "1")] * 5))
    other = middles(tally([voice("333", Ring.REALISATIE, "31")] * 5))
    assert joined([(5, one), (5, other)])[Question(Construct.STURING)] == Middle(1, False)
