"""The encoders behind one interface: what they give, and how a wrong setting is refused."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import spacy
from numpy.typing import NDArray

from coach.language import encoder as encoder_module
from coach.language.encoder import NoEncoder, Remembering, UniversalSentenceEncoder, build, unit

TEXTS = ["wij kiezen zelf", "de baas kiest", ""]


def test_a_sentence_alone_and_among_others_has_the_same_vector() -> None:
    encoder = UniversalSentenceEncoder()
    together = encoder.encode(TEXTS)
    assert together.shape == (3, encoder.size)
    for n, text in enumerate(TEXTS):
        assert np.allclose(encoder.encode([text])[0], together[n], atol=1e-4)


def test_what_was_met_last_is_not_encoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "KEPT", 2)
    encoded: list[str] = []

    class Counting:
        size = 1

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            encoded.extend(texts)
            return np.ones((len(texts), 1), dtype=np.float32)

    encoder = Remembering(Counting())
    for text in ("ja", "nee", "ja", "misschien", "ja", "nee"):
        encoder.encode([text])
    assert encoded == ["ja", "nee", "misschien", "nee"]


def test_likeness_of_meaning_is_likeness_of_vectors() -> None:
    encoder = build("use")
    one, same, other = encoder.encode(
        ["de baas bepaalt alles", "mijn chef beslist", "lekker weer"]
    )[:, 1280:]
    assert one @ same > one @ other


def test_a_spacy_pipeline_with_vectors_serves_as_encoder(tmp_path: Path) -> None:
    pipe = spacy.blank("nl")
    pipe.vocab.reset_vectors(width=4)
    for word, vector in {"wij": [1, 0, 0, 0], "zelf": [0, 1, 0, 0]}.items():
        pipe.vocab.set_vector(word, np.array(vector, dtype=np.float32))
    pipe.to_disk(tmp_path / "nl_small")
    encoder = build(f"spacy:{tmp_path / 'nl_small'}")
    assert encoder.size == 4
    assert np.allclose(encoder.encode(["wij zelf"])[0], unit([[1, 1, 0, 0]])[0])


def test_a_sentence_transformer_is_asked_as_its_makers_want(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    class Model:
        def __init__(self, name: str) -> None:
            assert name == "intfloat/multilingual-e5-small"

        def get_sentence_embedding_dimension(self) -> int:
            return 2

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            asked.extend(texts)
            return np.ones((len(texts), 2), dtype=np.float32)

    library = ModuleType("sentence_transformers")
    library.SentenceTransformer = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    encoder = build("sentence-transformers:intfloat/multilingual-e5-small")
    assert np.allclose(np.linalg.norm(encoder.encode(["hallo"]), axis=1), 1)
    assert asked == ["query: hallo"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("usse", "use `use`, `spacy:nl_core_news_lg` or"),
        ("spacy:", "use `use`"),
        ("spacy:nl_core_news_lg", "python -m spacy download nl_core_news_lg"),
        ("sentence-transformers:x", "uv pip install sentence-transformers"),
    ],
)
def test_an_encoder_that_is_not_there_is_refused_with_how_to_mend_it(name: str, told: str) -> None:
    with pytest.raises(NoEncoder, match=told.replace("`", "`")):
        build(name)
