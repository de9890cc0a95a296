"""The reader of answers: what it learns from, what it keeps and how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from coach.domain.answers import Question, Role, process_questions, ring_questions
from coach.domain.content import Content
from coach.domain.errors import BadContent
from coach.domain.path import RINGS
from coach.language.features import Features
from coach.language.reader import LevelReader
from coach.language.training import examples, train
from coach.settings import ANSWERS

STURING = Question(ring_questions()[0].construct)


class LetterEncoder:
    """A small, honest encoder: how often each letter stands in the text."""

    size = 26

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        counts = [[text.lower().count(chr(97 + n)) for n in range(26)] for text in texts]
        array = np.array(counts, dtype=np.float32) + 0.01
        return array / np.linalg.norm(array, axis=1, keepdims=True)


def write(folder: Path, levels: dict[int, list[str]]) -> None:
    data = {"construct": "sturing", "ring": None, "examples": levels}
    (folder / "sturing.yml").write_text(yaml.safe_dump(data), encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> LevelReader:
    write(
        tmp_path,
        {
            0: ["lekker weer vandaag", "waar is de koffie", "lekker weer morgen", "koffie is op"],
            1: ["de baas bepaalt", "de baas kiest alles", "de baas beslist", "onze baas bepaalt"],
            2: ["wij samen met hem", "samen met de chef", "dat doen we samen", "samen kiezen wij"],
            3: [
                "ikzelf zoek het uit",
                "zelf uitzoeken",
                "ik zoek zelf iets",
                "zelf zoeken wij uit",
            ],
        },
    )
    features = Features()
    train(tmp_path, features, LetterEncoder(), tmp_path / "answers.npz")
    return LevelReader.load(tmp_path / "answers.npz", features, LetterEncoder())


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("de baas bepaalt het", 1),
        ("samen met de groep", 2),
        ("zelf iets zoeken", 3),
        ("koffie", None),
    ],
)
def test_what_was_learnt_is_read_again_after_it_was_kept(
    small: LevelReader, content: Content, text: str, level: int | None
) -> None:
    item = content.questionnaires[content.current].items[STURING]
    reading = small.read(text, item, Role.MEDEWERKER)
    assert reading.level == level
    assert 0.25 <= reading.certainty <= 1


def test_a_file_without_one_of_the_levels_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, {1: ["a"], 2: ["b"], 3: ["c"]})
    with pytest.raises(BadContent, match=r"answers/sturing\.yml.*levels 0, 1, 2 and 3"):
        examples(tmp_path)


def test_every_question_has_enough_examples_and_none_stands_twice() -> None:
    found = examples(ANSWERS)
    wanted = [*ring_questions(), *(q for ring in RINGS for q in process_questions(ring))]
    assert set(found) == set(wanted)
    for question, rows in found.items():
        texts = [text.lower() for text, _ in rows]
        assert len(set(texts)) == len(texts), question.id
        for level in (1, 2, 3):
            assert sum(said == level for _, said in rows) >= (40 if question.ring else 60)


def test_no_sentence_of_the_development_set_or_the_personas_is_trained_on() -> None:
    trained = {text.lower().strip(" .") for rows in examples(ANSWERS).values() for text, _ in rows}
    root = Path(__file__).parents[1]
    held_out = (root / "sentences/dev/answers.jsonl").read_text(encoding="utf-8")
    held_out += (root / "personas/path.jsonl").read_text(encoding="utf-8")
    low = held_out.lower()
    assert not [text for text in trained if len(text) > 12 and f'"{text}"' in low]
