"""The personas of the path: do their levels lead to their position, and are their words a fair test?"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from statistics import median

import pytest
import yaml

from coach import content
from coach.cli.persona import Known, Persona, read
from coach.domain.answers import RING_CONSTRUCTS, Answer, Construct, Question, Role
from coach.domain.content import Questionnaire
from coach.domain.interview import Interview, Phase, begin
from coach.domain.path import POSITIONS, Ring

ROOT = Path(__file__).resolve().parents[3]
PERSONAS = read(ROOT / "tests/personas/path.jsonl")
LIKE_A_BUTTON = 0.72
"""From here on a text is taken for a retyped label."""


@cache
def questionnaire() -> Questionnaire:
    read_content = content.load(ROOT / "content")
    return read_content.questionnaires[read_content.current]


def interviewed(persona: Persona) -> Interview:
    """The interview with someone whose every answer is read rightly."""
    interview = begin(questionnaire().version, questionnaire().order)
    interview = interview.choose_role(persona.role).choose_subject(persona.subject)
    interview = interview.give_consent(True)
    while question := interview.next_question():
        interview = interview.record(Answer(question, persona.knows(question).level))
    return interview


def asked(persona: Persona) -> int:
    return interviewed(persona).asked()


def texts() -> list[tuple[Persona, Construct, str]]:
    return [(p, c, t) for p in PERSONAS for c, known in p.answers.items() for t in known.texts]


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def of(kind: str) -> list[Persona]:
    return [persona for persona in PERSONAS if persona.id.startswith(kind)]


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda p: p.id)
def test_the_levels_give_the_position(persona: Persona) -> None:
    interview = interviewed(persona)
    placement = interview.placement()
    assert interview.phase is Phase.REVIEW and placement
    assert placement.position == persona.position
    assert (placement.completed or placement.ring) == persona.ring
    assert interview.asked() <= 10


def test_the_interview_stays_short() -> None:
    assert median(map(asked, PERSONAS)) <= 8


def test_every_position_has_each_role() -> None:
    plainly = [p for p in PERSONAS if not p.id.startswith(("artikel", "overgang"))]
    met = Counter((p.position, p.role) for p in plainly)
    assert met == {(position, role): 1 for position in POSITIONS for role in Role}


def test_the_cases_of_the_article_are_there() -> None:
    first = {p.position.id: p for p in of("artikel-1-")}
    assert set(first) == {"activatie-doelen_stellen", "activatie-programmeren"}
    assert all(p.answers[Construct.STURING].level == 1 for p in first.values())
    (second,) = of("artikel-2-")
    assert second.position.ring is Ring.CULTIVATIE
    assert second.answers[Construct.WILLEN].level == 3
    assert second.answers[Construct.STURING].level == 2


def test_every_ring_has_a_round_that_is_complete() -> None:
    completed = {p.ring: p.position.id for p in of("overgang-")}
    assert completed == {
        Ring.ACTIVATIE: "cultivatie-doelen_stellen",
        Ring.CULTIVATIE: "realisatie-doelen_stellen",
        Ring.REALISATIE: "realisatie-doelen_stellen",
    }


def test_the_patterns_vary() -> None:
    placed = {p.id: interviewed(p).placement() for p in PERSONAS}
    assert sum(bool(placement and placement.lagging) for placement in placed.values()) >= 5
    assert sum(bool(placement and placement.ahead) for placement in placed.values()) >= 5
    unknown = [p for p in PERSONAS if any(k.level is None for k in p.answers.values())]
    assert {p.ring for p in unknown} == set(Ring)
    patterns = {tuple(p.answers.get(c, Known()).level for c in RING_CONSTRUCTS) for p in PERSONAS}
    assert len(patterns) >= 30
    assert len({asked(p) for p in PERSONAS}) >= 5


def test_there_are_words_for_every_question_that_is_asked() -> None:
    for persona in PERSONAS:
        for question in interviewed(persona).answered():
            known = persona.knows(question)
            assert known.level is None or len(known.texts) == 3, (persona.id, question)


def test_texts_have_the_length_of_an_answer() -> None:
    assert [t for _, _, t in texts() if not 3 <= len(plain(t).split()) <= 30] == []


def test_no_text_is_used_twice() -> None:
    assert [t for t, times in Counter(plain(t) for *_, t in texts()).items() if times > 1] == []


def test_no_text_copies_a_button() -> None:
    for persona, construct, text in texts():
        question = Question(construct, None if construct in RING_CONSTRUCTS else persona.ring)
        for anchor in questionnaire().items[question].roles[persona.role].anchors.values():
            likeness = SequenceMatcher(None, plain(text), plain(anchor)).ratio()
            assert likeness < LIKE_A_BUTTON, (persona.id, text, anchor)


def test_no_text_was_learned_from() -> None:
    learned: set[str] = set()
    for path in (ROOT / "data/nlu").rglob("*.yml"):
        for topic in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            learned |= {plain(line) for line in topic.get("examples", "").splitlines()}
    assert learned
    assert learned & {plain(text) for *_, text in texts()} == set()
