"""What a sentence looks like to a linear model: small pieces of it, counted by family.

Families: character n-grams within a word (typos, dialect, compounds), lemmas alone and in pairs, lemmas
under a negation or after 'maar', and cues (`cues.yml`). The sentence vector of the encoder stands beside them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from coach.language.dutch import Dutch, Sentence

WEIGHTS = {"char": 1.0, "lemma": 0.6, "scope": 0.3, "cue": 0.3}
"""How much each family counts beside the sentence vector (1.0); chosen on the development sets."""
LONGEST = 5
SHARES = 4
"""A named fraction counts as one of five cues: none, a quarter, half, three quarters, all."""
AT_ONCE = 8
"""So many texts are kept cut up: as many as turns are held at once, with some to spare."""
_TOKEN = re.compile(r"\S+")


class Piece(NamedTuple):
    """A piece of a text, and where the word it comes from starts and ends."""

    family: str
    text: str
    start: int
    end: int


Counts = Mapping[str, Mapping[str, int]]
Cut = tuple[Sequence[Piece], Counts]


class Features:
    """Cuts texts into pieces; holds the Dutch pipeline, so build it once."""

    def __init__(self) -> None:
        self._dutch = Dutch()
        # a turn asks for the same words with every question to come: a long text is cut up once
        self._kept = lru_cache(maxsize=AT_ONCE)(self._cut)

    def pieces(self, text: str) -> Sequence[Piece]:
        return self._kept(text)[0]

    def counts(self, text: str) -> Counts:
        """How often each piece stands in a text, by family; a piece is named `family:text`."""
        return self._kept(text)[1]

    def _cut(self, text: str) -> Cut:
        sentence = self._dutch.read(text)
        pieces = (
            *_characters(text.lower()),
            *_lemmas(sentence),
            *_scopes(sentence),
            *_cues(sentence),
        )
        found: dict[str, Counter[str]] = {family: Counter() for family in WEIGHTS}
        for piece in pieces:
            found[piece.family][f"{piece.family}:{piece.text}"] += 1
        return pieces, found


def _characters(text: str) -> Iterator[Piece]:
    for token in _TOKEN.finditer(text):
        word = f" {token[0]} "
        for size in range(1, min(LONGEST, len(word)) + 1):
            for at in range(len(word) - size + 1):
                yield Piece("char", word[at : at + size], token.start(), token.end())


def _lemmas(sentence: Sentence) -> Iterator[Piece]:
    words = sentence.words
    for n, word in enumerate(words):
        end = word.start + len(word.text)
        yield Piece("lemma", word.lemma, word.start, end)
        if n + 1 < len(words):
            following = words[n + 1]
            pair = f"{word.lemma} {following.lemma}"
            yield Piece("lemma", pair, word.start, following.start + len(following.text))


def _scopes(sentence: Sentence) -> Iterator[Piece]:
    for word in sentence.words:
        end = word.start + len(word.text)
        if word.negated:
            yield Piece("scope", f"niet {word.lemma}", word.start, end)
        if word.after_but:
            yield Piece("scope", f"maar {word.lemma}", word.start, end)


def _cues(sentence: Sentence) -> Iterator[Piece]:
    for cue in sentence.cues:
        yield Piece("cue", cue.kind, cue.start, cue.start + len(cue.text))
    if sentence.share is not None:
        yield Piece("cue", f"share {round(sentence.share.value * SHARES)}", *sentence.share.span)
