"""Trains the reader of answers from `data/answers`: one small linear model a question.

Features are a sentence vector and weighted character n-grams; classes are the levels 1-3 and 0 for 'says
nothing about it'. What is kept is plain arrays in one `.npz` file, so that nothing has to be unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from coach.domain.answers import Question
from coach.domain.errors import BadContent
from coach.language.encoder import Encoder

NOTHING = 0
CLASSES = (NOTHING, 1, 2, 3)
STRENGTH = 3.0
"""How closely the model follows its examples (C of the regression); chosen on the development set."""
BATCH = 64


@dataclass(frozen=True)
class Weights:
    """The model of one question: n-grams with their weights, and a row of coefficients a class."""

    vocabulary: list[str]
    idf: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]


def analyser() -> dict[str, Any]:
    """How a text is cut into n-grams; the same in training and in reading."""
    return {"analyzer": "char_wb", "ngram_range": (2, 4), "sublinear_tf": True, "dtype": np.float32}


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


def train(folder: Path, encoder: Encoder, target: Path) -> None:
    """Fit a model for every question and keep them all in `target`."""
    arrays: dict[str, Any] = {}
    for question, rows in examples(folder).items():
        weights = _fit(rows, encoder)
        key = question.id
        arrays[f"{key}/vocabulary"] = np.array(json.dumps(weights.vocabulary))
        arrays[f"{key}/idf"] = weights.idf
        arrays[f"{key}/coefficients"] = weights.coefficients
        arrays[f"{key}/intercepts"] = weights.intercepts
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_suffix(".new.npz")
    np.savez_compressed(made, **arrays)
    made.rename(target)


def load(file: Path) -> dict[str, Weights]:
    """The models by question, as `train` kept them."""
    with np.load(file, allow_pickle=False) as kept:
        keys = {name.partition("/")[0] for name in kept.files}
        return {
            key: Weights(
                json.loads(str(kept[f"{key}/vocabulary"])),
                kept[f"{key}/idf"],
                kept[f"{key}/coefficients"],
                kept[f"{key}/intercepts"],
            )
            for key in keys
        }


def _fit(rows: list[tuple[str, int]], encoder: Encoder) -> Weights:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts, levels = [text for text, _ in rows], [level for _, level in rows]
    grams = TfidfVectorizer(**analyser(), min_df=2)
    features = hstack([grams.fit_transform(texts), csr_matrix(_vectors(texts, encoder))])
    model = LogisticRegression(C=STRENGTH, max_iter=500, class_weight="balanced")
    model.fit(features.tocsr(), levels)
    return Weights(
        list(grams.get_feature_names_out()),
        grams.idf_.astype(np.float32),
        model.coef_.astype(np.float32),
        model.intercept_.astype(np.float32),
    )


def _vectors(texts: list[str], encoder: Encoder) -> NDArray[np.float32]:
    return np.vstack([encoder.encode(batch) for batch in _batches(texts)])


def _batches(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), BATCH):
        yield texts[start : start + BATCH]
