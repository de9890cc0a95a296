"""The code of an invitation: short, easy to read out and to type, and the same for a whole team: BKMP-2379.

Four letters and four digits. No vowels, so that it never spells a word, and nothing that looks like something
else. It has another length than a personal code, so that one never passes for the other.
"""

from __future__ import annotations

import re

LETTERS, DIGITS = "BCDFGHJKMNPRTVWX", "23456789"
BITS = 28

_CODE = re.compile(rf"[{LETTERS}]{{4}}[{DIGITS}]{{4}}")
_WITHIN = re.compile(
    rf"(?<![\w-])([{LETTERS}]{{4}})[ \-–.]?([{DIGITS}]{{4}})(?![\w-])", re.IGNORECASE
)
_LIKE_ONE = re.compile(r"(?<![\w-])([a-z0-9]{4})[ \-–.]?([a-z0-9]{4})(?![\w-])", re.IGNORECASE)
_SPEAKS_OF_ONE = re.compile(r"\b(code|uitnodiging)", re.IGNORECASE)


def drawn(number: int) -> str:
    """The code that a number stands for; its lowest 28 bits count."""
    characters = []
    for alphabet in (LETTERS,) * 4 + (DIGITS,) * 4:
        number, place = divmod(number, len(alphabet))
        characters.append(alphabet[place])
    return "".join(characters)


def shown(code: str) -> str:
    """As people read it: in two halves."""
    return f"{code[:4]}-{code[4:]}"


def typed(text: str) -> str | None:
    """The code that was typed, in any case, with or without spaces and dashes; None when there is none.

    Who speaks of a code and slips gets what was typed, so that they hear that it is unknown.
    """
    bare = re.sub(r"[\W_]+", "", text).upper()
    if _CODE.fullmatch(bare):
        return bare
    within = _WITHIN.search(text)
    if within is None and _SPEAKS_OF_ONE.search(text):
        within = next((m for m in _LIKE_ONE.finditer(text) if _is_mixed(m[1] + m[2])), None)
    return (within[1] + within[2]).upper() if within else None


def _is_mixed(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
