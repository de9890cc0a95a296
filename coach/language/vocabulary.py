"""Which words are Dutch: those of the lemma tables, and those of our own examples."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path

_TABLE = "nl_lemma_lookup.json.gz"
_PLAIN = re.compile(r"(?<![^\W\d_])[a-zà-ÿ]+")


class Vocabulary:
    """Read once, at the first sentence that is looked at; `sources` are files with examples."""

    def __init__(self, sources: Iterable[Path]) -> None:
        import spacy_lookups_data

        table = Path(spacy_lookups_data.__file__).parent / "data" / _TABLE
        lemmas = json.loads(gzip.decompress(table.read_bytes()))
        self._words = {word.lower() for pair in lemmas.items() for word in pair}
        for file in sources:
            # what is written with a capital in an example may be a name
            self._words.update(_PLAIN.findall(file.read_text(encoding="utf-8")))

    def knows(self, word: str) -> bool:
        """Whether this, in lower case, is a word."""
        return word in self._words
