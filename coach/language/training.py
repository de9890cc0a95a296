"""Trains the reader of answers from `data/answers`: one head a question.

The classes of a head are the levels 1-3, and 0 for 'says nothing about it'.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from coach.domain.answers import Question
from coach.domain.errors import BadContent
from coach.language import linear
from coach.language.encoder import Encoder
from coach.language.features import Features

NOTHING = 0
CLASSES = (NOTHING, 1, 2, 3)


def examples(folder: Path) -> dict[Question, list[tuple[str, int]]]:
    """Per question its example texts with their level; BadContent when a file is not as it should be."""
    found: dict[Question, list[tuple[str, int]]] = {}
    for file in sorted(folder.glob("*.yml")):
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        try:
            question = Question.from_json(data)
            rows = [
                (text, int(level)) for level, texts in data["examples"].items() for text in texts
            ]
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadContent(
                f"answers/{file.name}", 0, str(error), "not a file of answers"
            ) from None
        if {level for _, level in rows} != set(CLASSES):
            raise BadContent(
                f"answers/{file.name}", 0, "examples", "the levels 0, 1, 2 and 3 are wanted"
            )
        found[question] = rows
    return found


def train(folder: Path, features: Features, encoder: Encoder, target: Path) -> None:
    """Fit a head for every question and keep them all in `target`."""
    heads = {
        question.id: [(text, str(level)) for text, level in rows]
        for question, rows in examples(folder).items()
    }
    linear.save(linear.train(heads, features, encoder), target)
