"""Which of the offered choices a message means: a button's value, a number, or words of its label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from coach.usecases.reply import Heard

YES, NO = "ja", "nee"
_ORDINALS: tuple[tuple[str, ...], ...] = (
    ("1", "een", "één", "eerste", "a", "bovenste"),
    ("2", "twee", "tweede", "b", "middelste"),
    ("3", "drie", "derde", "c"),
    ("4", "vier", "vierde", "d"),
    ("5", "vijf", "vijfde", "e"),
)
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
        value: SequenceMatcher(None, text.lower().strip(" ."), title.lower().strip(" .")).ratio()
        for value, title in zip(values, titles, strict=False)
    }
    best = max(likeness, key=lambda value: likeness[value], default=None)
    return best if best is not None and likeness[best] >= _LABEL_ALIKE else None


def _by_place(heard: Heard, values: Sequence[str]) -> str | None:
    """'de tweede', 'optie 2', 'a': only in short messages, or when the intent says it is a choice."""
    words = tokens(heard.text)
    if not words or (not heard.means("choose") and len(words) > 2):
        return None
    for place, names in enumerate(_ORDINALS[: len(values)]):
        if any(word in names for word in words):
            return values[place]
    return values[-1] if any(word in _LAST for word in words) else None


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
