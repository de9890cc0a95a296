"""Dutch sentences as spaCy cuts them: words, lemmas, and the small words that turn a meaning.

No trained model is needed: spaCy's tokenizer and matchers, and the lemma tables of `spacy-lookups-data`, over
`cues.yml`. A negation reaches over the words behind it, up to the end of its clause; so does 'maar'.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coach.language.lexicon import lexicon

CUES = Path(__file__).with_name("cues.yml")
MOST_WORDS = 20_000
"""New words after which spaCy's memory of them is thrown away: some sixteen megabytes."""
_CLAUSE_END = re.compile(r"[.,;:!?…()]+")
_SHARE = re.compile(
    r"(\d{1,4}|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf) (?:van|op|uit) (?:de |onze |mijn |die )?"
    r"(\d{1,4}|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf|twintig|dertig)\b"
)
_PERCENT = re.compile(r"(\d{1,3}) ?(?:%|procent)")
_NUMBERS = {
    "een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8,
    "negen": 9, "tien": 10, "twaalf": 12, "twintig": 20, "dertig": 30,
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """One word with its place in the text, its lemma and whether it stands after a negation or a 'maar'."""

    start: int
    text: str
    lemma: str
    negated: bool = False
    after_but: bool = False


@dataclass(frozen=True)
class Cue:
    """A small word that turns the meaning: its kind (a key of cues.yml) and the words."""

    kind: str
    start: int
    text: str


@dataclass(frozen=True)
class Share:
    """A fraction that was named (0-1), and where."""

    value: float
    span: tuple[int, int]


@dataclass(frozen=True)
class Sentence:
    """A text as words and cues, and the fraction it names, if any."""

    words: tuple[Word, ...]
    cues: tuple[Cue, ...]
    share: Share | None = None


class Dutch:
    """Reads a text into words and cues; build it once."""

    def __init__(self) -> None:
        self._lemma = lexicon().lemma
        self._lemmas: dict[str, set[str]] = {}
        for kind, (single, _) in _cues().items():
            for word in single:
                self._lemmas.setdefault(word, set()).add(kind)
        self._tools = _Tools()
        self._most = len(self._tools.pipe.vocab) + MOST_WORDS
        self._renewing = threading.Lock()

    def read(self, text: str) -> Sentence:
        plain = text.lower().replace("’", "'")
        tools = self._tools
        doc = tools.pipe.make_doc(plain)
        cues = tuple(sorted(self._find(doc, tools.matcher), key=lambda cue: (cue.start, cue.kind)))
        if len(tools.pipe.vocab) > self._most and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew, name="words", daemon=True).start()
        return Sentence(tuple(self._scoped(doc, cues)), cues, share(plain))

    def _renew(self) -> None:
        """spaCy remembers every word that it ever saw: one that saw too many is replaced, beside the talks."""
        try:
            self._tools = _Tools()
        finally:
            self._renewing.release()

    def _find(self, doc: Any, matcher: Any) -> Iterator[Cue]:
        for token in doc:
            for kind in self._lemmas.get(token.text, ()) or self._lemmas.get(
                self._lemma(token.text), ()
            ):
                yield Cue(kind, token.idx, token.text)
        for match, start, end in matcher(doc):
            span = doc[start:end]
            yield Cue(doc.vocab.strings[match], span.start_char, span.text)

    def _scoped(self, doc: Any, cues: tuple[Cue, ...]) -> Iterator[Word]:
        """The words of a text, each with the scopes it stands in."""
        kinds: dict[int, set[str]] = {}
        for cue in cues:
            kinds.setdefault(cue.start, set()).add(cue.kind)
        negated = after_but = False
        for token in doc:
            if _CLAUSE_END.fullmatch(token.text):
                negated = False
                after_but = after_but and "," in token.text
                continue
            here = kinds.get(token.idx, set())
            if "but" in here:
                negated, after_but = False, True
            if not token.is_space:
                yield Word(
                    token.idx, token.text, self._lemma(token.text) or token.text, negated, after_but
                )
            if "negation" in here:
                negated = True


class _Tools:
    """What spaCy gives: words of a text, and phrases in it."""

    def __init__(self) -> None:
        import spacy
        from spacy.matcher import PhraseMatcher

        self.pipe: Any = spacy.blank("nl")
        self.matcher: Any = PhraseMatcher(self.pipe.vocab, attr="LOWER")
        for kind, (_, phrases) in _cues().items():
            self.matcher.add(kind, [self.pipe.make_doc(phrase) for phrase in phrases])


def share(text: str) -> Share | None:
    """The fraction a text names: '7 van de 10' is 0.7, '70%' is 0.7; None when it names none."""
    percent = _PERCENT.search(text)
    if percent:
        return Share(min(int(percent[1]) / 100, 1.0), percent.span())
    for found in _SHARE.finditer(text):
        part, whole = _number(found[1]), _number(found[2])
        if part <= whole > 0:
            return Share(part / whole, found.span())
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


@cache
def _cues() -> dict[str, tuple[list[str], list[str]]]:
    data = yaml.safe_load(CUES.read_text(encoding="utf-8"))
    return {
        kind: (
            [word for row in rows for word in row if " " not in word],
            [word for row in rows for word in row if " " in word],
        )
        for kind, rows in data.items()
    }
