"""Nothing of the model is left out of the content, and nothing stands in it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from coach.content import STALE_AFTER_DAYS, stale_resources
from coach.domain.answers import (
    LEVELS,
    RING_CONSTRUCTS,
    Construct,
    Role,
    process_questions,
    ring_questions,
)
from coach.domain.content import Content, Item, Step, Wording
from coach.domain.path import POSITIONS, PROCESSES, RINGS, Position, Process, Ring

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
LABEL_LENGTH = 60
ANCHOR_WORDS = 10
SLACK_BUTTON = 75
"""Slack refuses a message with a longer text on a button."""
STEPS_A_POSITION = 6
STEPS_A_ROLE = 3

positions = pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
roles = pytest.mark.parametrize("role", Role)


def raw(name: str) -> Any:
    return yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))


def items(content: Content) -> Iterator[Item]:
    for questionnaire in content.questionnaires.values():
        yield from questionnaire.items.values()


def wordings(content: Content) -> Iterator[Wording]:
    for item in items(content):
        yield from item.roles.values()


def steps(content: Content) -> Iterator[Step]:
    for place in content.places.values():
        yield from place.steps


def doubles(texts: Iterable[str]) -> list[str]:
    """Texts that stand more than once, whatever their capitals, spaces and full stops."""
    counted = Counter(" ".join(text.lower().split()).rstrip(".?!") for text in texts)
    return [text for text, times in counted.items() if times > 1]


def strings(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in a file, with the keys that lead to it."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value, (*path, str(key)))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from strings(value, (*path, str(index)))
    elif isinstance(data, str):
        yield path, data


# --- the questionnaire ----------------------------------------------------------------


def test_every_construct_is_asked_and_every_process_in_every_ring(content: Content) -> None:
    wanted = {*ring_questions(), *(q for ring in RINGS for q in process_questions(ring))}
    for questionnaire in content.questionnaires.values():
        assert set(questionnaire.items) == wanted
        assert {q.construct for q in questionnaire.items} == set(Construct)


def test_ring_questions_come_first_and_each_ring_asks_its_processes_in_path_order(
    content: Content,
) -> None:
    for questionnaire in content.questionnaires.values():
        asked = list(questionnaire.items)
        assert {q.construct for q in asked[:6]} == set(RING_CONSTRUCTS)
        assert set(questionnaire.order) == set(ring_questions())
        for ring in RINGS:
            assert [q.process for q in asked if q.ring is ring] == list(PROCESSES)


@roles
def test_every_question_speaks_to_every_role_with_three_anchors(
    content: Content, role: Role
) -> None:
    for item in items(content):
        assert set(item.roles[role].anchors) == set(LEVELS), (item.question, role)
        assert set(item.echo) == set(LEVELS), item.question


def test_no_question_or_probe_stands_twice(content: Content) -> None:
    assert doubles(text for w in wordings(content) for text in (w.question, w.probe)) == []


def test_no_anchor_stands_twice(content: Content) -> None:
    assert doubles(text for w in wordings(content) for text in w.anchors.values()) == []


def test_no_explanation_reason_or_echo_stands_twice(content: Content) -> None:
    assert doubles(item.explanation for item in items(content)) == []
    assert doubles(item.why for item in items(content)) == []
    assert doubles(text for item in items(content) for text in item.echo.values()) == []


def test_answers_of_one_ring_can_be_told_apart_by_name(content: Content) -> None:
    """The names are the buttons under 'which answer do you want to change?'."""
    for questionnaire in content.questionnaires.values():
        for ring in RINGS:
            shown = [i.name for q, i in questionnaire.items.items() if q.ring in (None, ring)]
            assert doubles(shown) == []


def test_anchors_are_short_enough_to_read_at_a_glance(content: Content) -> None:
    long = [
        a for w in wordings(content) for a in w.anchors.values() if len(a.split()) > ANCHOR_WORDS
    ]
    assert long == []


def test_names_and_anchors_fit_on_a_button(content: Content) -> None:
    names = [item.name for item in items(content)]
    assert [name for name in names if len(name) > LABEL_LENGTH] == []
    anchors = [anchor for w in wordings(content) for anchor in w.anchors.values()]
    assert [anchor for anchor in anchors if len(anchor) > SLACK_BUTTON] == []


# --- the positions --------------------------------------------------------------------


def test_there_are_twelve_positions_in_twelve_files_and_no_more(content: Content) -> None:
    names = {f"{position.id}.yml" for position in POSITIONS}
    assert set(content.places) == set(POSITIONS) and len(names) == 12
    for folder in ("path", "steps"):
        assert {path.name for path in (CONTENT / folder).iterdir()} == names


@positions
def test_code_of_a_position_is_that_of_its_ring_and_process(
    content: Content, position: Position
) -> None:
    wanted = f"{position.ring[:3]}-{position.process[:3]}".upper()
    assert content.places[position].code == wanted


@positions
def test_every_element_of_the_models_question_is_carried_by_our_words(position: Position) -> None:
    data = raw(f"path/{position.id}.yml")
    said = " ".join(f"{data['guiding_question']} {data['meaning']}".split())
    lost = {name: words for name, words in data["elements"].items() if words not in said}
    assert lost == {}


@positions
def test_no_two_elements_of_a_position_lean_on_the_same_words(position: Position) -> None:
    assert doubles(raw(f"path/{position.id}.yml")["elements"].values()) == []


@pytest.mark.parametrize("text", ["name", "place", "guiding_question", "meaning"])
def test_no_two_positions_say_the_same(content: Content, text: str) -> None:
    assert doubles(getattr(place, text) for place in content.places.values()) == []


@pytest.mark.parametrize("text", ["looks_like", "in_order_when", "standstill"])
def test_no_sign_stands_twice(content: Content, text: str) -> None:
    assert doubles(line for p in content.places.values() for line in getattr(p, text)) == []


@pytest.mark.parametrize("text", ["reality", "obstacle"])
def test_every_role_gets_its_own_question_at_every_position(content: Content, text: str) -> None:
    asked = [getattr(place, text) for place in content.places.values()]
    assert all(set(per_role) == set(Role) for per_role in asked)
    assert doubles(question for per_role in asked for question in per_role.values()) == []


# --- the steps ------------------------------------------------------------------------


@positions
def test_every_position_has_enough_steps(content: Content, position: Position) -> None:
    found = len(content.places[position].steps)
    assert found >= STEPS_A_POSITION, f"{position.id} has {found} steps"


@positions
@roles
def test_every_role_has_enough_steps_at_every_position(
    content: Content, position: Position, role: Role
) -> None:
    found = len(content.places[position].steps_for(role))
    assert found >= STEPS_A_ROLE, f"{position.id} has {found} steps for a {role}"


@positions
def test_ids_of_steps_say_where_they_belong(content: Content, position: Position) -> None:
    place = content.places[position]
    assert all(step.id.rpartition("-")[0] == place.code.lower() for step in place.steps)


def test_ids_of_steps_are_unique(content: Content) -> None:
    assert doubles(step.id for step in steps(content)) == []


@pytest.mark.parametrize("text", ["title", "what", "pitfall"])
def test_no_two_steps_say_the_same(content: Content, text: str) -> None:
    assert doubles(getattr(step, text) for step in steps(content)) == []


def test_no_label_or_first_step_stands_twice(content: Content) -> None:
    own = [(role, own) for step in steps(content) for role, own in step.roles.items()]
    assert doubles(o.label for _, o in own) == []
    assert doubles(o.first_step for _, o in own) == []


def test_labels_of_steps_fit_on_a_button(content: Content) -> None:
    labels = [own.label for step in steps(content) for own in step.roles.values()]
    assert [label for label in labels if len(label) > LABEL_LENGTH] == []


# --- the model, obstacles, topics and words -------------------------------------------


def test_every_ring_process_construct_and_transition_is_put_in_plain_words(
    content: Content,
) -> None:
    assert set(content.rings) == set(content.transitions) == set(Ring)
    assert set(content.processes) == set(Process)
    assert set(content.traits) == set(RING_CONSTRUCTS)


@pytest.mark.parametrize(
    ("name", "key"), [("obstacles", "id"), ("topics", "id"), ("terms", "term"), ("resources", "id")]
)
def test_ids_in_a_list_are_unique(name: str, key: str) -> None:
    file = {"topics": "faq", "terms": "glossary"}.get(name, name)
    assert doubles(entry[key] for entry in raw(f"{file}.yml")[name]) == []


def test_every_role_has_an_answer_to_every_obstacle(content: Content) -> None:
    assert all(set(obstacle.answers) == set(Role) for obstacle in content.obstacles.values())
    said = [answer for o in content.obstacles.values() for answer in o.answers.values()]
    assert doubles(said) == []


def test_obstacle_labels_fit_on_a_button_and_differ(content: Content) -> None:
    labels = [obstacle.label for obstacle in content.obstacles.values()]
    assert doubles(labels) == []
    assert [label for label in labels if len(label) > LABEL_LENGTH] == []


def test_words_for_one_obstacle_do_not_name_another(content: Content) -> None:
    assert doubles(word for o in content.obstacles.values() for word in {*o.words}) == []


def test_what_people_type_leads_to_one_term_only() -> None:
    terms = raw("glossary.yml")["terms"]
    assert doubles(word for t in terms for word in {t["term"].lower(), *t["also"]}) == []


def test_what_people_type_leads_to_one_role_and_one_subject(content: Content) -> None:
    for kind in ("roles", "subjects"):
        assert doubles(word for words in content.words[kind].values() for word in words) == []


def test_words_are_lower_case_as_they_are_compared(content: Content) -> None:
    typed = [word for o in content.obstacles.values() for word in o.words]
    typed += [word for t in content.terms for word in t.also]
    typed += [
        word
        for name, kind in content.words.items()
        if name not in ("told", "handover")  # what is said, not what is compared
        for words in kind.values()
        for word in words
    ]
    assert [word for word in typed if word != word.lower()] == []


# --- sources --------------------------------------------------------------------------


def test_a_source_has_one_spelling() -> None:
    codes: set[str] = set()
    for file in CONTENT.rglob("*.yml"):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        codes |= {text for path, text in strings(data) if "sources" in path}
    assert len(codes) > 12
    assert doubles(codes) == []


@positions
def test_every_step_that_leans_on_research_names_its_source(
    content: Content, position: Position
) -> None:
    bare = [
        s.id for s in content.places[position].steps if s.evidence != "praktijk" and not s.sources
    ]
    assert bare == []


# --- resources ------------------------------------------------------------------------


def test_no_resource_is_much_older_than_the_latest_look_at_them() -> None:
    checked = {
        r["id"]: date.fromisoformat(r["checked_on"]) for r in raw("resources.yml")["resources"]
    }
    released = max(checked.values())
    stale = [name for name, day in checked.items() if (released - day).days > STALE_AFTER_DAYS]
    assert stale == []
    assert stale_resources(CONTENT, released) == []


def test_resources_point_at_positions_that_exist(content: Content) -> None:
    codes = {place.code for place in content.places.values()}
    named = {code for r in raw("resources.yml")["resources"] for code in r["positions"]}
    assert named and named <= codes


def test_schemes_that_ended_are_named_nowhere_else() -> None:
    ended = raw("resources.yml")["ended"]
    names = {name.lower() for scheme in ended for name in (scheme["name"], *scheme["also"])}
    assert len(names) > 5
    found = []
    for file in sorted([*CONTENT.rglob("*.yml"), *(ROOT / "data" / "responses").glob("*.yml")]):
        if file.name == "faq.yml":
            continue
        for path, text in strings(yaml.safe_load(file.read_text(encoding="utf-8"))):
            if (file.name, path[0]) == ("resources.yml", "ended"):
                continue
            said = f" {' '.join(text.lower().split())} ".translate(
                str.maketrans(".,:;?()'\"", " " * 9)
            )
            found += [(file.name, "/".join(path), n) for n in names if f" {n} " in said]
    assert found == []
