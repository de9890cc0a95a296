"""How easy a Dutch text reads: sentence lengths and hard words.

The limits are ours, after the facts on plain Dutch (Direct Duidelijk, communicatierijk.nl): a formula
cannot prove that a text is B1, so this only catches what is surely too hard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MEAN_WORDS = 12
MAX_WORDS = 20

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)*]*\s+|\n+")
_WORD = re.compile(r"[\wÀ-ÿ]+(?:['’./-][\wÀ-ÿ]+)*")


@dataclass(frozen=True)
class Reading:
    """What a text measures: number of sentences, and words a sentence (mean and longest)."""

    sentences: int
    mean_words: float
    longest: str
    longest_words: int


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line break ends a sentence too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def words(sentence: str) -> list[str]:
    return _WORD.findall(sentence)


def reading(texts: Iterable[str]) -> Reading:
    """Measure texts together; no sentences at all measures zero."""
    lengths = [(len(words(s)), s) for text in texts for s in sentences(text)]
    if not lengths:
        return Reading(0, 0.0, "", 0)
    longest_words, longest = max(lengths)
    return Reading(len(lengths), sum(n for n, _ in lengths) / len(lengths), longest, longest_words)


def jargon_in(text: str, jargon: Mapping[str, str]) -> list[str]:
    """The hard words that stand in the text, also as a plural or with an ending."""
    found = []
    for word in jargon:
        stem = re.escape(word.lower())
        if re.search(rf"(?<![\w-]){stem}(?:s|en|n|'s|e|ën)?(?![\w-])", text.lower()):
            found.append(word)
    return found
