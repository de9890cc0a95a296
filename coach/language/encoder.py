"""Sentences as vectors. One encoder a process, behind one small interface; which one is a setting."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.domain.errors import CoachError
from coach.language.mapped import backend

Vector = NDArray[np.float32]
Vectors = NDArray[np.float32]
FEW = 32
"""So many are what people typed just now, and the other cores are for other people's turns."""
KEPT = 512
"""Sentences whose vector (7 kB) is remembered, so that the two readers of a message share one encoding."""


class NoEncoder(CoachError):
    """The encoder of the settings is not known or not installed; says how to mend it."""


class Encoder(Protocol):
    size: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, shape (len(texts), size)."""
        ...


class UniversalSentenceEncoder:
    """The multilingual Universal Sentence Encoder v3 (Yang e.a. 2020), pure numpy, about 5 ms a sentence.

    Its last layer was trained to tell paraphrases, and loses what a short answer turns on: a negation, a
    'soms'. So a sentence is its last layer (512 values) and, before it, the sum over its word pieces (1280),
    each of length 1. What that is worth stands in `docs/understanding.md`.
    """

    size = 1280 + 512

    def __init__(self) -> None:
        self._backend = backend()
        # no public way to the layers below the last
        self._backend.cnn_W = self._sums = _Tap(self._backend.cnn_W)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            self._backend.threads = 1 if len(texts) <= FEW else os.cpu_count()
            self._sums.seen.clear()
            last = self._backend.encode(list(texts))
            sums = np.vstack(self._sums.seen)
        return np.hstack([unit(sums), unit(last)])


class _Tap:
    """The matrix behind the sum over word pieces: multiplies as before, and remembers what came by."""

    __array_ufunc__ = None  # numpy then leaves `sums @ tap` to us

    def __init__(self, matrix: Vectors) -> None:
        self._matrix = matrix
        self.seen: list[Vectors] = []

    def __rmatmul__(self, sums: Vectors) -> Any:
        self.seen.append(sums)
        return sums @ self._matrix


class SpacyVectors:
    """The mean word vector of a spaCy pipeline that has vectors, for example `nl_core_news_lg`."""

    def __init__(self, name: str) -> None:
        import spacy

        try:
            self._pipe: Any = spacy.load(name, disable=["parser", "ner", "tagger", "lemmatizer"])
        except OSError:
            raise NoEncoder(
                f"PADWIJZER_ENCODER: spaCy has no pipeline {name!r}; install it with"
                f" `python -m spacy download {name}`"
            ) from None
        self.size: int = self._pipe.vocab.vectors_length
        if not self.size:
            raise NoEncoder(f"PADWIJZER_ENCODER: the pipeline {name!r} has no word vectors")

    def encode(self, texts: Sequence[str]) -> Vectors:
        return unit(np.vstack([self._pipe.make_doc(text).vector for text in texts]))


class SentenceTransformers:
    """A model of the library sentence-transformers, for example `intfloat/multilingual-e5-small`."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise NoEncoder(
                "PADWIJZER_ENCODER names a sentence-transformers model; install that library with"
                " `uv pip install sentence-transformers`"
            ) from None
        self._model: Any = SentenceTransformer(name)
        self._prefix = "query: " if "e5" in name else ""
        self.size: int = self._model.get_sentence_embedding_dimension()

    def encode(self, texts: Sequence[str]) -> Vectors:
        return unit(self._model.encode([self._prefix + text for text in texts]))


class Remembering:
    """An encoder that keeps the vectors of the sentences it met last, one at a time or told to remember."""

    def __init__(self, encoder: Encoder) -> None:
        self.size = encoder.size
        self._encoder = encoder
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(texts) != 1:
            return self._encoder.encode(texts)
        [text] = texts
        with self._lock:
            found = self._kept.get(text)
            if found is not None:  # 'ja' and 'weet ik niet' come every day
                self._kept.move_to_end(text)
        if found is None:
            self.remember(texts)
            with self._lock:
                found = self._kept[text]
        return found[np.newaxis, :]

    def knows(self, text: str) -> bool:
        return text in self._kept

    def remember(self, texts: Sequence[str]) -> None:
        """Encode these together, which costs little more than one."""
        vectors = self._encoder.encode(texts)
        with self._lock:
            self._kept.update(zip(texts, (row.copy() for row in vectors), strict=True))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def unit(vectors: Any) -> Vectors:
    """Rows of length 1; a row of zeros stays as it is."""
    array = np.asarray(vectors, dtype=np.float32)
    length = np.linalg.norm(array, axis=1, keepdims=True)
    return np.divide(array, length, out=np.zeros_like(array), where=length > 0)


def build(name: str) -> Remembering:
    """The encoder of a setting: `use`, `spacy:<pipeline>` or `sentence-transformers:<model>`."""
    kind, _, model = name.partition(":")
    match kind:
        case "use" if not model:
            return Remembering(UniversalSentenceEncoder())
        case "spacy" if model:
            return Remembering(SpacyVectors(model))
        case "sentence-transformers" if model:
            return Remembering(SentenceTransformers(model))
    raise NoEncoder(
        f"PADWIJZER_ENCODER is {name!r}; use `use`, `spacy:nl_core_news_lg` or"
        " `sentence-transformers:intfloat/multilingual-e5-small`"
    )
