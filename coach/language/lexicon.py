"""The lemma tables of `spacy-lookups-data` as tries: 5 MB that are mapped, where spaCy's own table takes 80 MB."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import marisa_trie

from coach.language.tables import table

PACKAGE = "spacy-lookups-data"


class Lexicon:
    """Dutch words with their lemma."""

    def __init__(self, lemmas: Path, words: Path) -> None:
        self._lemmas = marisa_trie.BytesTrie().mmap(str(lemmas))
        self._words = marisa_trie.Trie().mmap(str(words))

    def lemma(self, word: str) -> str:
        """The lemma of a word in lower case; a word that is not in the table is its own."""
        found = self._lemmas.get(word)
        return found[0].decode() if found else word

    def knows(self, word: str) -> bool:
        """Whether this, in lower case, is a word or a lemma."""
        return word in self._words


@cache
def lexicon() -> Lexicon:
    """The tables of this installation; made at the first use, in about two seconds."""
    return Lexicon(table("lemmas", PACKAGE, _lemmas), table("words", PACKAGE, _words))


def _lemmas(file: Path) -> None:
    pairs = ((word, lemma.encode()) for word, lemma in _read().items())
    marisa_trie.BytesTrie(pairs).save(str(file))


def _words(file: Path) -> None:
    words = {word.lower() for pair in _read().items() for word in pair}
    marisa_trie.Trie(words).save(str(file))


def _read() -> dict[str, str]:
    import spacy_lookups_data

    packed = Path(spacy_lookups_data.__file__).parent / "data" / "nl_lemma_lookup.json.gz"
    read: dict[str, str] = json.loads(gzip.decompress(packed.read_bytes()))
    return read
