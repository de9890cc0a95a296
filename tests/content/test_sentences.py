"""What the readers learn from and what they are tested on: enough of it, nothing twice, and never the same."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from rapidfuzz import fuzz, process

from coach.domain.answers import Question
from coach.language.training import examples
from coach.settings import ANSWERS

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "tests" / "sentences"
ALIKE = 85
"""Percentage of likeness (difflib's ratio) above which two sentences count as one."""
INTENTS, EXAMPLES = 45, 60
PER_INTENT, PER_LEVEL = 12, 15
BLOCK = 2000


@cache
def trained_intents() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "data/nlu").rglob("*.yml")):
        for row in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            found[row["intent"]] = re.findall(r"^- (.*)$", row["examples"], re.M)
    return found


@cache
def trained_answers() -> list[str]:
    return [text for rows in examples(ANSWERS).values() for text, _ in rows]


@cache
def held_out(part: str, kind: str) -> list[dict[str, str]]:
    lines = (SENTENCES / part / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def texts(part: str, kind: str) -> list[str]:
    return [row["text"] for row in held_out(part, kind)]


def plain(text: str) -> str:
    return " ".join(re.findall(r"[\w%]+", unicodedata.normalize("NFKC", text).lower()))


def alike(one: Sequence[str], other: Sequence[str], *, same: bool = False) -> list[tuple[str, str]]:
    """Pairs that are too much alike; `same` when both are one set, and a text may be like itself."""
    rows, columns = [plain(t) for t in one], [plain(t) for t in other]
    found = []
    for start in range(0, len(rows), BLOCK):
        scores = process.cdist(
            rows[start : start + BLOCK], columns, scorer=fuzz.ratio,
            score_cutoff=ALIKE + 0.01, workers=-1, dtype=np.uint8,
        )  # fmt: skip
        for a, b in zip(*np.nonzero(scores), strict=True):
            if not same or start + a < b:
                found.append((one[start + a], other[b]))
    return found


def test_there_are_enough_intents_with_enough_examples() -> None:
    found = trained_intents()
    assert len(found) >= INTENTS
    assert {name: len(rows) for name, rows in found.items() if len(rows) < EXAMPLES} == {}


def test_there_are_enough_answers_for_every_level_of_every_question() -> None:
    for question, rows in examples(ANSWERS).items():
        counts = Counter(level for _, level in rows)
        wanted = 40 if question.ring else 60
        assert min(counts[level] for level in (1, 2, 3)) >= wanted, question.id
        assert counts[0] >= 40, question.id


@pytest.mark.parametrize("part", ["dev", "test"])
def test_the_held_out_sets_are_large_enough(part: str) -> None:
    intents = Counter(row["category"] for row in held_out(part, "intents"))
    assert set(intents) == set(trained_intents())
    assert min(intents.values()) >= PER_INTENT
    levels = Counter((Question.from_json(row), row["level"]) for row in held_out(part, "answers"))
    assert len(levels) == 18 * 4
    assert min(levels.values()) >= PER_LEVEL


def test_no_two_training_sentences_are_nearly_the_same() -> None:
    sentences = [text for rows in trained_intents().values() for text in rows]
    assert alike(sentences, sentences, same=True) == []


def test_no_two_training_answers_are_nearly_the_same() -> None:
    assert alike(trained_answers(), trained_answers(), same=True) == []


@pytest.mark.parametrize("part", ["dev", "test"])
def test_no_held_out_sentence_is_trained_on(part: str) -> None:
    sentences = [text for rows in trained_intents().values() for text in rows]
    assert alike(texts(part, "intents"), sentences) == []
    assert alike(texts(part, "answers"), trained_answers()) == []


@pytest.mark.parametrize("kind", ["intents", "answers", "dates"])
def test_the_development_and_the_test_set_share_nothing(kind: str) -> None:
    assert alike(texts("dev", kind), texts("test", kind)) == []
