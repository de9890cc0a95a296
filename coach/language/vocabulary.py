"""Which words are Dutch: those of the lemma tables, and those of our own examples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from coach.language.lexicon import lexicon

_PLAIN = re.compile(r"(?<![^\W\d_])[a-zà-ÿ]+")


class Vocabulary:
    """`sources` are files with examples."""

    def __init__(self, sources: Iterable[Path]) -> None:
        self._lexicon = lexicon()
        # what is written with a capital in an example may be a name
        self._examples = {
            word for file in sources for word in _PLAIN.findall(file.read_text(encoding="utf-8"))
        }

    def knows(self, word: str) -> bool:
        """Whether this, in lower case, is a word."""
        return word in self._examples or self._lexicon.knows(word)
