"""Linear models over one set of features: one head for the intents, and one for each question.

A head is a linear support vector machine, one against the rest; its scores become shares by a softmax whose
sharpness was chosen on the development sets, so that 0.9 is right about nine times in ten. What is kept is
plain arrays, so nothing has to be unpickled and scikit-learn is not needed to read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.language.encoder import Encoder, unit
from coach.language.features import AT_ONCE, WEIGHTS, Features

Rows = Sequence[tuple[str, str]]
"""Texts with their class."""
SEEN_AT_LEAST = 2
STRENGTH = 0.5
"""How closely a head follows its examples (C); chosen on the development sets."""
PRECISION = 0.01
FLOAT = np.float16


@dataclass(frozen=True)
class Head:
    """One decision: its classes, where its columns start in the weights, and an intercept a class."""

    classes: tuple[str, ...]
    first: int
    intercepts: NDArray[np.float32]

    @property
    def columns(self) -> slice:
        return slice(self.first, self.first + len(self.classes))


@dataclass(frozen=True)
class Weights:
    """Everything that was learnt. `pieces` has a row a piece, `dense` a row a value of the sentence vector."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float32]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    pieces: NDArray[np.float16]
    dense: NDArray[np.float32]
    heads: dict[str, Head]


class LinearReader:
    """Reads a text with one of its heads."""

    def __init__(self, weights: Weights, features: Features, encoder: Encoder, sharpness: float):
        self._weights, self._features, self._encoder = weights, features, encoder
        self._sharpness = sharpness
        # a turn asks for the same words more than once: they are weighed once
        self._pieces = lru_cache(maxsize=AT_ONCE)(self._weighed)
        self._by_pieces = lru_cache(maxsize=AT_ONCE)(self._scored)

    def prepare(self, text: str) -> None:
        """Do what needs no sentence vector yet, while that is still being made."""
        self._pieces(text)
        if len(self._weights.heads) == 1:
            [head] = self._weights.heads
            self._by_pieces(text, head)

    def shares(self, text: str, head: str) -> dict[str, float]:
        """The share of each class (they add up to 1), highest first."""
        chosen = self._weights.heads[head]
        scores = self._by_pieces(text, head)
        scores = scores + self._vector(text) @ self._weights.dense[:, chosen.columns]
        scores = self._sharpness * (scores + chosen.intercepts)
        raised = np.exp(scores - scores.max())
        raised /= raised.sum()
        return {
            chosen.classes[n]: round(float(raised[n]), 4)
            for n in np.argsort(-raised, kind="stable")
        }

    def reasons(self, text: str, head: str, name: str, most: int = 3) -> tuple[str, ...]:
        """The words that spoke most for a class, against the others, in the order of the text."""
        chosen = self._weights.heads[head]
        index, values = self._pieces(text)
        rows = self._weights.pieces[index, chosen.columns].astype(np.float32)
        own = chosen.classes.index(name)
        gain = values * (rows[:, own] - np.delete(rows, own, axis=1).max(axis=1))
        gains = dict(zip((int(i) for i in index), (float(g) for g in gain), strict=True))
        return _words(text, self._features, self._weights.vocabulary, gains, most)

    def _weighed(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        return weigh(self._features.counts(text), self._weights.vocabulary, self._weights.idf)

    def _scored(self, text: str, head: str) -> NDArray[np.float32]:
        index, values = self._pieces(text)
        rows = self._weights.pieces[index, self._weights.heads[head].columns]
        scores: NDArray[np.float32] = values @ rows.astype(np.float32)
        return scores

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = (self._encoder.encode([text])[0] - self._weights.mean) / self._weights.spread
        return unit(vector[np.newaxis, :])[0]


def weigh(
    counts: Mapping[str, Mapping[str, int]], vocabulary: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Rows and values of the known pieces: tf-idf, each family of length 1 and then weighted."""
    index: list[int] = []
    values: list[NDArray[np.float32]] = []
    for family, found in counts.items():
        known = [(vocabulary[piece], n) for piece, n in found.items() if piece in vocabulary]
        if not known:
            continue
        rows = [row for row, _ in known]
        tf = np.array([1 + log(n) for _, n in known], dtype=np.float32) * idf[rows]
        index.extend(rows)
        values.append(tf * np.float32(WEIGHTS[family] / np.linalg.norm(tf)))
    if not index:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32)
    return np.array(index, dtype=np.intp), np.concatenate(values)


def _words(
    text: str,
    features: Features,
    vocabulary: Mapping[str, int],
    gains: Mapping[int, float],
    most: int,
) -> tuple[str, ...]:
    """The words with the highest gain: each piece gives its gain to the word it stands in."""
    pieces = [p for p in features.pieces(text) if f"{p.family}:{p.text}" in vocabulary]
    often: dict[str, int] = {}
    for piece in pieces:
        often[f"{piece.family}:{piece.text}"] = often.get(f"{piece.family}:{piece.text}", 0) + 1
    words: dict[tuple[int, int], float] = {}
    for piece in pieces:
        name = f"{piece.family}:{piece.text}"
        span = (piece.start, piece.end)
        words[span] = words.get(span, 0.0) + gains[vocabulary[name]] / often[name]
    best = sorted((s for s in words if words[s] > 0), key=lambda s: -words[s])
    chosen: list[tuple[int, int]] = []
    for start, end in best:
        if not any(start < e and s < end for s, e in chosen):
            chosen.append((start, end))
    return tuple(text[s:e].strip(" .,;:!?") for s, e in sorted(chosen[:most]))


def train(heads: Mapping[str, Rows], features: Features, encoder: Encoder) -> Weights:
    """Fit all heads over one vocabulary."""
    from scipy.sparse import csr_matrix, hstack

    texts = list(dict.fromkeys(text for rows in heads.values() for text, _ in rows))
    counted = [features.counts(text) for text in texts]
    vocabulary, idf = _vocabulary(counted)
    vectors = encoder.encode(texts)
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + np.float32(1e-6)
    dense = unit((vectors - mean) / spread)
    rows = [weigh(counts, vocabulary, idf) for counts in counted]
    pieces = csr_matrix(
        (
            np.concatenate([values for _, values in rows]),
            np.concatenate([index for index, _ in rows]),
            np.cumsum([0, *(len(index) for index, _ in rows)]),
        ),
        shape=(len(texts), len(vocabulary)),
    )
    table = hstack([pieces, csr_matrix(dense)]).tocsr().astype(np.float64)
    table.sum_duplicates()  # what scikit-learn would do again for every class
    place = {text: n for n, text in enumerate(texts)}
    found: dict[str, Head] = {}
    columns: list[NDArray[np.float32]] = []
    for name, examples in heads.items():
        places = [place[text] for text, _ in examples]
        classes, coefficients, intercepts = _fit(table[places], [label for _, label in examples])
        found[name] = Head(classes, sum(len(c) for c in columns), intercepts)
        columns.append(coefficients)
    learnt = np.vstack(columns).T
    split = len(vocabulary)
    return Weights(
        vocabulary, idf, mean, spread, learnt[:split].astype(FLOAT), learnt[split:].copy(), found
    )


def _fit(
    table: Any, labels: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.float32]]:
    """One machine a class, against the rest, a rare class weighing more; on all cores."""
    from sklearn.svm import LinearSVC

    classes = sorted(set(labels))
    given = np.array(labels)

    def one(name: str) -> NDArray[np.float32]:
        own = given == name
        weight = len(given) / (len(classes) * own.sum())
        model = LinearSVC(C=STRENGTH, class_weight={True: weight}, tol=PRECISION, random_state=0)
        model.fit(table, own)
        learnt: NDArray[np.float32] = np.append(model.coef_[0], model.intercept_[0])
        return learnt.astype(np.float32)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = np.vstack(list(pool.map(one, classes)))
    return tuple(classes), rows[:, :-1], rows[:, -1]


def _vocabulary(
    counted: Sequence[Mapping[str, Mapping[str, int]]],
) -> tuple[dict[str, int], NDArray[np.float32]]:
    seen: dict[str, int] = {}
    for counts in counted:
        for found in counts.values():
            for piece in found:
                seen[piece] = seen.get(piece, 0) + 1
    kept = sorted(piece for piece, n in seen.items() if n >= SEEN_AT_LEAST)
    idf = np.log((1 + len(counted)) / (1 + np.array([seen[piece] for piece in kept]))) + 1
    return {piece: n for n, piece in enumerate(kept)}, idf.astype(np.float32)


def save(weights: Weights, file: Path) -> None:
    """Keep the weights in one file, whole or not at all."""
    heads = {name: [list(h.classes), h.first] for name, h in weights.heads.items()}
    arrays: dict[str, Any] = {
        "vocabulary": np.array("\n".join(weights.vocabulary)),
        "heads": np.array(json.dumps(heads)),
        "intercepts": np.concatenate([h.intercepts for h in weights.heads.values()]),
        "idf": weights.idf,
        "mean": weights.mean,
        "spread": weights.spread,
        "pieces": weights.pieces,
        "dense": weights.dense,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_suffix(".new.npz")
    np.savez(made, **arrays)
    made.rename(file)


def load(file: Path) -> Weights:
    """The weights as `save` kept them."""
    with np.load(file, allow_pickle=False) as kept:
        intercepts = kept["intercepts"]
        heads = {
            name: Head(tuple(classes), first, intercepts[first : first + len(classes)])
            for name, (classes, first) in json.loads(str(kept["heads"])).items()
        }
        vocabulary = {piece: n for n, piece in enumerate(str(kept["vocabulary"]).split("\n"))}
        return Weights(
            vocabulary,
            kept["idf"],
            kept["mean"],
            kept["spread"],
            kept["pieces"],
            kept["dense"],
            heads,
        )
