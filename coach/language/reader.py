"""Reads a free answer into a level, with the model of the question that was asked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.domain.answers import Role
from coach.domain.content import Item
from coach.language.encoder import Encoder
from coach.language.training import CLASSES, NOTHING, Weights, analyser, load
from coach.usecases.ports import Reading


class LevelReader:
    """One reader for all questions; the certainty is the model's own share for the level (0-1)."""

    def __init__(self, models: dict[str, Weights], encoder: Encoder) -> None:
        self._models = models
        self._encoder = encoder
        self._grams = lru_cache(maxsize=None)(self._vectoriser)

    @classmethod
    def load(cls, file: Path, encoder: Encoder) -> LevelReader:
        return cls(load(file), encoder)

    def read(self, text: str, item: Item, role: Role) -> Reading:
        shares = self._shares(text, item.question.id)
        best = int(shares.argmax())
        level = CLASSES[best]
        certainty = round(float(shares[best]), 3)
        return Reading(None if level == NOTHING else level, certainty)

    def _shares(self, text: str, key: str) -> NDArray[np.float32]:
        """The share of each class, in the order of CLASSES."""
        weights = self._models[key]
        split = len(weights.vocabulary)
        grams = self._grams(key).transform([text])
        vector = self._encoder.encode([text])[0]
        scores = (
            np.asarray(grams @ weights.coefficients[:, :split].T)[0]
            + weights.coefficients[:, split:] @ vector
            + weights.intercepts
        )
        raised = np.exp(scores - scores.max())
        shares: NDArray[np.float32] = raised / raised.sum()
        return shares

    def _vectoriser(self, key: str) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        weights = self._models[key]
        vectoriser = TfidfVectorizer(**analyser(), vocabulary=weights.vocabulary)
        vectoriser.idf_ = weights.idf
        return vectoriser
