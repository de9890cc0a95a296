"""A personal code: short, easy to read out and to type, and hard to guess.

Three letters and two digits, twice: BKM47-PTR39. No vowels, so that it never spells a word, and nothing that
looks like something else. There are 2 to the power 36 of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LETTERS, DIGITS = "BCDFGHJKMNPRTVWX", "23456789"
_SHAPE = (LETTERS, LETTERS, LETTERS, DIGITS, DIGITS) * 2
BITS = 36
MASK = "•••••-•••••"
"""What is kept in the place of a code that was typed."""

_HALF = f"[{LETTERS}]{{3}}[{DIGITS}]{{2}}"
_WHOLE = re.compile(_HALF * 2)
_WITHIN = re.compile(rf"(?<!\w)({_HALF})[ \-–.]?({_HALF})(?!\w)", re.IGNORECASE)
_MARK = re.compile("⟦([0-9a-f]{16})⟧")


def drawn(number: int) -> str:
    """The code that a number stands for; its lowest 36 bits count."""
    letters = []
    for characters in _SHAPE:
        number, place = divmod(number, len(characters))
        letters.append(characters[place])
    return "".join(letters)


def shown(code: str) -> str:
    """As people read it: in two halves."""
    return f"{code[:5]}-{code[5:]}"


def typed(text: str) -> str | None:
    """The code that was typed, in any case, with or without spaces and dashes; None when there is none."""
    bare = re.sub(r"[\W_]+", "", text).upper()
    if _WHOLE.fullmatch(bare):
        return bare
    within = _WITHIN.search(text)
    return (within[1] + within[2]).upper() if within else None


def mark(nonce: str) -> str:
    """What stands in a kept message where a code is to be shown: nobody can read the code from it."""
    return f"⟦{nonce}⟧"


def revealed(text: str, code_of: Callable[[str], str]) -> str:
    """A kept message as it is shown; `code_of` gives the code of a nonce."""
    return _MARK.sub(lambda found: shown(code_of(found[1])), text)
