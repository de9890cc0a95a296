"""The three observations of a group follow from its middles by rule, for every place there can be."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.content import load
from coach.domain.answers import Question, Role, process_questions, ring_questions
from coach.domain.content import Content
from coach.domain.group import Voice
from coach.domain.guard import Group, seal
from coach.domain.path import RINGS
from coach.language.readability import MAX_WORDS, sentences, words
from coach.settings import ROOT
from coach.usecases.group_results import Frozen, RoundResult
from coach.usecases.groups import Node
from coach.usecases.round_table import rows
from coach.usecases.team_report import report_of

CONTENT: Content = load(ROOT / "content")
ROLES = st.sampled_from((Role.MEDEWERKER, Role.LEIDINGGEVENDE))


@st.composite
def voices(draw: st.DrawFn) -> Voice:
    ring = draw(st.sampled_from(RINGS))
    asked = (*ring_questions(), *process_questions(ring))
    levels: Mapping[Question, int] = {q: draw(st.integers(1, 3)) for q in asked}
    return Voice("team", draw(ROLES), ring, levels)


def round_of(said: list[Voice]) -> RoundResult:
    groups = [Group("team", None, 20)]
    node = Node("team", None, "Team", 20)
    return RoundResult([Frozen(node, len(said))], seal(groups, said))


def same(level: int, ring_level: int, number: int = 5, role: Role = Role.MEDEWERKER) -> list[Voice]:
    ring = RINGS[ring_level - 1]
    levels = dict.fromkeys(ring_questions(), ring_level)
    return [
        Voice("team", role, ring, levels | dict.fromkeys(process_questions(ring), level))
    ] * number


@settings(max_examples=150, deadline=None)
@given(st.lists(voices(), min_size=5, max_size=14))
def test_there_are_always_three_and_all_are_plain(said: list[Voice]) -> None:
    report = report_of(CONTENT, round_of(said).of("team"))
    if report is None:
        return
    assert len(set(report.observations)) == 3, report.observations
    for text in report.observations:
        assert "{" not in text and text.endswith(".")
        assert all(len(words(s)) <= MAX_WORDS for s in sentences(text)), text
    assert sum(part.minutes for part in report.meeting.parts) == 45


@settings(max_examples=60, deadline=None)
@given(st.lists(voices(), min_size=5, max_size=14))
def test_a_table_says_no_more_than_the_views(said: list[Voice]) -> None:
    found = round_of(said)
    result = found.of("team")
    sizes = {view.size for view in (result.view, result.staff, result.managers) if view}
    for row in rows(found, CONTENT):
        assert row.size in sizes and row.size >= 5
        assert row.level in (1, 2, 3) and row.says


def test_what_the_group_works_on_is_named_when_nothing_lags() -> None:
    report = report_of(CONTENT, round_of(same(1, 1)).of("team"))
    assert report
    assert report.observations[0].startswith("Hier ligt het werk nu: een leerdoel voor de groep.")
    assert report.observations[1].startswith("Hier zijn jullie het bijna over eens")
    assert report.observations[2].startswith("De antwoorden liggen dicht bij elkaar")


def test_a_round_that_is_complete_is_said() -> None:
    report = report_of(CONTENT, round_of(same(3, 1)).of("team"))
    assert report
    assert "begint nu een nieuwe ronde" in report.observations[0]
    assert report.observations[1].startswith("Dit is op orde: oefenen met wat nieuw is.")


def test_where_the_roles_differ_goes_before_where_answers_do() -> None:
    said = same(1, 1) + same(1, 2, role=Role.LEIDINGGEVENDE)
    report = report_of(CONTENT, round_of(said).of("team"))
    assert report
    assert re.match("Medewerkers en leidinggevenden zien dit anders: ", report.observations[2])
