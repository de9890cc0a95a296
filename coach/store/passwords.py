"""Passwords of local accounts: how they are kept, and which are refused."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coach.domain.errors import CoachError

FEWEST, MOST = 12, 128
_hasher = PasswordHasher()  # the library's own defaults follow RFC 9106
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$aniUYelKz7P6UcY9xF/SsQ"
    "$aGfLjnjUsuHUlOXYViz1pA72rJIJrTedgpQ5heRekDk"
)
"""Verified against when there is no such account, so that both answers take equally long."""


class WeakPassword(CoachError):
    """A password that is too short, too long or too easy to guess."""


def hashed(password: str) -> str:
    """How a password is kept; WeakPassword when it is none."""
    if not FEWEST <= len(password) <= MOST or len(set(password)) < 5:
        raise WeakPassword(f"a password has {FEWEST} to {MOST} characters, of at least 5 kinds")
    return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password that was kept; takes as long when nothing was."""
    try:
        return _hasher.verify(kept or _NOBODY, password[:MOST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
