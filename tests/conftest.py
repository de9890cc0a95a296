"""What many tests share: the real content, and interviews brought to a place on the path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from coach.content import load
from coach.domain.answers import IN_ORDER, Answer, Role, Subject
from coach.domain.content import Content
from coach.domain.interview import Interview, begin
from coach.domain.path import PROCESSES, Position

ROOT = Path(__file__).parents[1]

LONG = frozenset(
    f"{name}.py"
    for name in (
        *("test_rasa_commands", "test_desk_morning", "test_silent_logs", "test_killed_talks"),
        *("test_checkins_many", "test_kills", "test_faults", "test_start", "test_outbound"),
    )
)
"""Files that take longest go first, so that at the end no worker waits for another's long one."""

settings.register_profile("padwijzer", settings.default, deadline=None)
settings.load_profile("padwijzer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def content() -> Content:
    """The learning experts' own files."""
    return load(ROOT / "content")


@pytest.fixture(scope="session")
def interview_at(content: Content) -> Callable[[Role, Position], Interview]:
    """An interview in which everything was answered as someone at that position would."""

    def at(role: Role, position: Position) -> Interview:
        questionnaire = content.questionnaires[content.current]
        interview = begin(questionnaire.version, questionnaire.order)
        interview = interview.choose_role(role).choose_subject(Subject.TEAM).give_consent(True)
        here = PROCESSES.index(position.process)
        while question := interview.next_question():
            level = position.ring.level
            if question.ring:
                level = IN_ORDER if PROCESSES.index(question.process) < here else 1
            interview = interview.record(Answer(question, level, "zo gaat het hier"))
        return interview

    return at
