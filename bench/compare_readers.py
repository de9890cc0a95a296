"""Compares ways to read intents and answers on the development sets: the table in docs/understanding.md.

    python bench/compare_readers.py

Every way is a linear machine of the same strength; only what it sees differs. The network at the end is one
hidden layer shared by all questions, with an output for each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from bot.training import answers as as_inform
from coach.domain.answers import Question
from coach.language.features import WEIGHTS
from coach.language.training import examples
from coach.settings import ANSWERS, ROOT
from coach.wiring import language

Rows = list[tuple[str, str, str]]
"""Text, head, class."""
LAST = slice(1280, 1792)
ALL = slice(0, 1792)
STRENGTH = 0.5


def intents() -> tuple[Rows, Rows]:
    rows = [(text, "intent", "inform") for text in as_inform()]
    for file in sorted((ROOT / "data/nlu").rglob("*.yml")):
        for topic in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            found = re.findall(r"^- (.*)$", topic["examples"], re.M)
            rows += [(text, "intent", topic["intent"]) for text in found]
    return rows, [(row["text"], "intent", row["category"]) for row in _dev("intents")]


def levels() -> tuple[Rows, Rows]:
    rows = [(t, q.id, str(level)) for q, found in examples(ANSWERS).items() for t, level in found]
    dev = [(r["text"], Question.from_json(r).id, str(r["level"])) for r in _dev("answers")]
    return rows, dev


def _dev(kind: str) -> list[dict[str, str]]:
    file = ROOT / "tests/sentences/dev" / f"{kind}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def table(
    train: Sequence[str], dev: Sequence[str], families: Sequence[str], vector: slice | None
) -> tuple[csr_matrix, csr_matrix]:
    """What the machine sees of the texts: pieces by family, and a part of the sentence vector."""
    known = language()
    parts = []
    for family in families:
        cut = TfidfVectorizer(
            analyzer=lambda text, f=family: [p.text for p in known.features.pieces(text) if p.family == f],
            sublinear_tf=True, min_df=2, dtype=np.float32,
        )  # fmt: skip
        parts.append(
            (cut.fit_transform(train) * WEIGHTS[family], cut.transform(dev) * WEIGHTS[family])
        )
    if vector is not None:
        seen, new = (known.encoder.encode(list(texts))[:, vector] for texts in (train, dev))
        mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
        parts.append(tuple(csr_matrix(_unit((part - mean) / spread)) for part in (seen, new)))
    return hstack([a for a, _ in parts]).tocsr(), hstack([b for _, b in parts]).tocsr()


def _unit(array: NDArray[np.float32]) -> NDArray[np.float32]:
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def right(train: Rows, dev: Rows, families: Sequence[str], vector: slice | None) -> float:
    """The share of the development set that is right at first choice."""
    seen, new = table([t for t, *_ in train], [t for t, *_ in dev], families, vector)
    hits = 0
    for head in sorted({head for _, head, _ in dev}):
        own = [n for n, row in enumerate(train) if row[1] == head]
        asked = [n for n, row in enumerate(dev) if row[1] == head]
        machine = LinearSVC(C=STRENGTH, class_weight="balanced", tol=0.01, random_state=0)
        machine.fit(seen[own], [train[n][2] for n in own])
        hits += int(sum(machine.predict(new[asked]) == [dev[n][2] for n in asked]))
    return hits / len(dev)


def network(train: Rows, dev: Rows) -> float:
    """One hidden layer over the sentence vector and the name of the question, for all questions together."""
    seen, new = table([t for t, *_ in train], [t for t, *_ in dev], (), ALL)
    heads = sorted({head for _, head, _ in train})
    one = np.eye(len(heads), dtype=np.float32)

    def with_head(part: csr_matrix, rows: Rows) -> NDArray[np.float32]:
        return np.hstack([part.toarray() * 10, one[[heads.index(head) for _, head, _ in rows]]])

    net = MLPClassifier((256,), alpha=0.01, early_stopping=True, max_iter=60, random_state=0)
    net.fit(with_head(seen, train), [f"{h} {c}" if len(heads) == 1 else c for _, h, c in train])
    found = net.predict(with_head(new, dev))
    return float(np.mean([f.split()[-1] == c for f, (_, _, c) in zip(found, dev, strict=True)]))


def main() -> None:
    ways: dict[str, tuple[Sequence[str], slice | None]] = {
        "character n-grams": (("char",), None),
        "encoder, last layer": ((), LAST),
        "encoder, with the layer below": ((), ALL),
        "n-grams and last layer": (("char",), LAST),
        "n-grams and both layers": (("char",), ALL),
        "n-grams, both layers, lemmas, scopes, cues": (tuple(WEIGHTS), ALL),
    }
    for name, (train, dev) in {"intents": intents(), "answers": levels()}.items():
        print(f"{name}: {len(train)} to learn from, {len(dev)} to develop on", flush=True)
        for way, (families, vector) in ways.items():
            print(f"  {way:45} {right(train, dev, families, vector):.3f}", flush=True)
        print(f"  {'one network over both layers':45} {network(train, dev):.3f}", flush=True)


if __name__ == "__main__":
    main()
