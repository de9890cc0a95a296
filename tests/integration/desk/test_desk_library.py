"""A learning expert reads everything as people meet it, finds it back, and sees a change before people do."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

import pytest
from desk_visitor import Clock, House, Visitor, app_of
from talking import Store

from coach.domain.answers import Role
from coach.domain.content import Content
from coach.domain.path import POSITIONS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real files, to change."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def reader(sqlite: Store, clock: Clock, folder: Path) -> Visitor:
    app = app_of(sqlite.database, clock, PADWIJZER_CONTENT=str(folder))
    return House(sqlite.database, clock, app).signed_in("anna")


def read(reader: Visitor, path: str = "", **query: str) -> str:
    answer = reader.get(f"/desk/inhoud{path}", params=query)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_every_place_is_shown_in_every_role_as_the_talk_goes(
    reader: Visitor, content: Content
) -> None:
    for position in POSITIONS:
        place = content.places[position]
        for role in Role:
            page = read(reader, f"/plekken/{position.id}", rol=role)
            steps = place.steps_for(role)
            wanted = [place.guiding_question, place.meaning, place.place, place.reality[role]]
            wanted += [place.obstacle[role], *place.looks_like, *place.standstill]
            for step in steps:
                own = step.roles[role]
                wanted += [own.label, own.first_step, step.what, step.pitfall, step.id]
            missing = [text for text in wanted if text not in page]
            assert missing == [], (position.id, role)
            assert "{" not in page.split("<main")[1], "nothing is left to fill in"
            assert f"path/{position.id}.yml" in page and "2026-11" in page


def test_every_question_is_shown_in_every_role(reader: Visitor, content: Content) -> None:
    for role in Role:
        page = read(reader, "/vragen", rol=role)
        for item in content.questionnaires[content.current].items.values():
            own = item.roles[role]
            texts = (own.question, own.probe, *own.anchors.values(), item.explanation, item.why)
            assert all(text in page for text in texts), item.name


def test_words_help_answers_and_sentences_are_shown(reader: Visitor, content: Content) -> None:
    words, aid, answers = (read(reader, f"/{p}") for p in ("woorden", "hulp", "antwoorden"))
    assert all(term.meaning in words for term in content.terms)
    assert all(r.url in aid and f"{r.checked_on:%d-%m-%Y}" in aid for r in content.resources)
    assert all(t.answer in answers and t.more in answers for t in content.topics.values())
    result = read(reader, "/zinnen/result")
    assert "utter_result_why" in result and "coach/usecases/result.py" in result


@pytest.mark.parametrize(
    ("sought", "hit"),
    [("LEERCULTUUR", "woorden#leercultuur"), ("werkcentrum", "hulp#werkcentrum"), ("vóór training", "act-ler-1")],
)  # fmt: skip
def test_a_text_is_found_back(reader: Visitor, sought: str, hit: str) -> None:
    assert hit in read(reader, zoek=sought)


def test_what_is_nowhere_is_not_found(reader: Visitor) -> None:
    assert "Niets gevonden" in read(reader, zoek="<script>olifantenpaadje")


def test_a_change_is_read_before_people_see_it(reader: Visitor, folder: Path) -> None:
    assert "Alles is in orde" in read(reader)
    file = folder / "path" / "activatie-leren.yml"
    file.write_text(file.read_text().replace("Gebruiken wat je geleerd hebt", "Doen wat je leerde"))
    page = read(reader, "/plekken/activatie-leren")
    assert "Doen wat je leerde" in page and "opnieuw is gestart" in page


def test_a_broken_file_is_named_and_the_rest_stays_readable(reader: Visitor, folder: Path) -> None:
    read(reader)
    file = folder / "faq.yml"
    file.write_text(file.read_text().replace("    answer:", "    antwoord:", 1))
    page = read(reader)
    assert "content/faq.yml" in page and "regel" in page and "Alles is in orde" not in page
    assert "klopt iets niet" in read(reader, "/antwoorden")


def test_a_reference_that_nobody_checked_for_a_year_is_named(reader: Visitor, folder: Path) -> None:
    file = folder / "resources.yml"
    file.write_text(file.read_text().replace('checked_on: "2026-11-22"', 'checked_on: "2025-01-02"', 1))  # fmt: skip
    assert "langer dan een jaar" in read(reader) and "02-01-2025" in read(reader)
    assert "langer dan een jaar geleden" in read(reader, "/hulp")
