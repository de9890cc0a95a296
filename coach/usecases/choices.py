"""Which of the offered choices a message means: a button's value, a number, or words of its label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from coach.usecases.reply import Heard

YES, NO = "ja", "nee"
_NUMBERS = (("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"), ("5", "e"))
_SPELLED = ("een", "twee", "drie", "vier", "vijf")
_ORDINALS = (
    ("eerste", "bovenste"), ("tweede", "middelste"), ("derde",), ("vierde",), ("vijfde",),
)  # fmt: skip
_PICKING = ("optie", "nummer", "antwoord", "keuze", "zin", "nr")
_LAST = ("laatste", "onderste")
_LABEL_ALIKE = 0.72


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers of a text."""
    return re.findall(r"[\wÀ-ÿ]+", text.lower())


def chosen(heard: Heard, values: Sequence[str], titles: Sequence[str] = ()) -> str | None:
    """The value that was meant, or None: by button, by its place in the row, or by its label retyped."""
    if heard.choice is not None:
        return heard.choice if heard.choice in values else None
    if heard.text.strip().lower() in values:
        return heard.text.strip().lower()
    return _by_label(heard.text, values, titles) or _by_place(heard, values)


def _by_label(text: str, values: Sequence[str], titles: Sequence[str]) -> str | None:
    likeness = {
        value: _likeness(text.lower().strip(" ."), title.lower().strip(" ."))
        for value, title in zip(values, titles, strict=False)
    }
    best = max(likeness, key=lambda value: likeness[value], default=None)
    return best if best is not None and likeness[best] >= _LABEL_ALIKE else None


def _likeness(text: str, title: str) -> float:
    """From 0 to 1; 0 for what is surely not alike, by the bounds that are quicker to work out."""
    matching = SequenceMatcher(None, text, title)
    bounds = (matching.real_quick_ratio, matching.quick_ratio)
    return matching.ratio() if all(bound() >= _LABEL_ALIKE for bound in bounds) else 0.0


def _by_place(heard: Heard, values: Sequence[str]) -> str | None:
    """'2', 'optie 2', 'nummer twee', 'a', 'de tweede', 'de laatste': a number only when nothing else is said."""
    words = tokens(heard.text)
    if len(words) == 1:
        return _nth(values, words[0], _NUMBERS)
    if len(words) == 2 and words[0] in _PICKING:
        spelled = tuple((*names, word) for names, word in zip(_NUMBERS, _SPELLED, strict=True))
        return _nth(values, words[1], spelled)
    if len(words) > 3 and not heard.means("choose"):
        return None
    ordinals = (*_ORDINALS[: len(values) - 1], (*_ORDINALS[len(values) - 1], *_LAST))
    return next((found for word in words if (found := _nth(values, word, ordinals))), None)


def _nth(values: Sequence[str], word: str, names: Sequence[Sequence[str]]) -> str | None:
    return next((v for v, called in zip(values, names, strict=False) if word in called), None)


def by_words(text: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """The key whose longest phrase stands in the text."""
    found = [
        (len(phrase), key)
        for key, phrases in words.items()
        for phrase in phrases
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text.lower())
    ]
    return max(found)[1] if found else None


def yes_or_no(heard: Heard) -> str | None:
    """`ja`, `nee` or None when neither was said."""
    if heard.choice in (YES, NO):
        return heard.choice
    if heard.means("affirm"):
        return YES
    return NO if heard.means("deny") else None
