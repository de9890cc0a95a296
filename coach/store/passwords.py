"""Passwords of local accounts: how they are kept, and which are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coach.domain.errors import CoachError

FEWEST, MOST = 12, 128
LEAST_SCORE = 3
"""Of 4: more than a hundred million guesses."""
LEAST_REST = 8
"""Characters that must be left when the words that somebody would guess are taken out."""
SHORTEST_WORD = 4
MOST_WEIGHED = 72
"""Characters that are weighed; weighing all of a long one would take seconds."""
CONTEXT = (
    "padwijzer",
    "leerloket",
    "leercultuur",
    "leeradviseur",
    "beheerder",
    "adviseur",
    "welkom",
    "wachtwoord",
    "organisatie",
)
"""Words of this product that nobody's password may lean on; docs/security.en.md names them."""
_hasher = PasswordHasher()  # the library's own defaults follow RFC 9106
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$aniUYelKz7P6UcY9xF/SsQ"
    "$aGfLjnjUsuHUlOXYViz1pA72rJIJrTedgpQ5heRekDk"
)
"""Verified against when there is no such account, so that both answers take equally long."""


class WeakPassword(CoachError):
    """A password that is too short, too long or too easy to guess."""


def hashed(password: str, *about: str) -> str:
    """How a password is kept; WeakPassword when it is none. `about`: words that somebody would guess of this account."""
    if not FEWEST <= len(password) <= MOST:
        raise WeakPassword(f"a password has {FEWEST} to {MOST} characters")
    if _is_guessed(password, about):
        raise WeakPassword("this password is on lists of leaked passwords, or is easy to guess")
    return _hasher.hash(password)


def _is_guessed(password: str, about: Iterable[str]) -> bool:
    """By the lists of leaked passwords, words and keyboard rows that guessing begins with, and the words of this house."""
    from zxcvbn import zxcvbn  # imported late: reading its lists takes a fifth of a second

    near = [*CONTEXT, *(part for words in about for part in re.split(r"\W+", words) if part)]
    rest = password.lower()
    for word in near:
        rest = rest.replace(word.lower(), "") if len(word) >= SHORTEST_WORD else rest
    if len(rest) < LEAST_REST:
        return True
    begin = password[:MOST_WEIGHED]
    return int(zxcvbn(begin, user_inputs=near)["score"]) < LEAST_SCORE


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password that was kept; takes as long when nothing was."""
    try:
        same = _hasher.verify(kept or _NOBODY, password[:MOST])
        return same and kept is not None and len(password) <= MOST
    except (VerificationError, InvalidHashError):
        return False
