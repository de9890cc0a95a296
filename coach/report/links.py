"""Addresses of pages that belong to one talk: signed, so that nobody can guess one, and only for a while.

A token says which talk, for what and until when. It gives no way into the talk itself: its key and its
audience are its own, so that it cannot pass for a session, nor a session for it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt

MOST_TOKEN = 1_000


class Paper(StrEnum):
    """What a link leads to; also the first part of its path."""

    PLAN = "plan"
    DATA = "gegevens"
    ERASE = "wissen"


LASTS = {
    Paper.PLAN: timedelta(days=30),
    Paper.DATA: timedelta(hours=1),
    Paper.ERASE: timedelta(hours=1),
}
"""A plan is looked up again in the days after the talk; a copy of everything is fetched at once."""


def _now() -> datetime:
    return datetime.now(UTC)


class Links:
    def __init__(self, secret: bytes, base_url: str, now: Callable[[], datetime] = _now) -> None:
        self._key = hmac.new(secret, b"page links", hashlib.sha256).digest()
        self._base_url, self._now = base_url, now

    def make(self, paper: Paper, talk: str, kind: str) -> str:
        """The whole address of a talk's paper as `html`, `pdf`, `ics` or `json`."""
        return f"{self._base_url}/{paper}/{self.token(paper, talk)}.{kind}"

    def token(self, paper: Paper, talk: str) -> str:
        claims = {"aud": _audience(paper), "sub": talk, "exp": self._now() + LASTS[paper]}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read(self, paper: Paper, token: Any) -> str | None:
        """The talk of a good token; None for one that is forged, too old or meant for something else."""
        if not isinstance(token, str) or not token.isascii() or len(token) > MOST_TOKEN:
            return None
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=_audience(paper),
                options={"require": ["aud", "sub", "exp"], "verify_exp": False},
            )
        except jwt.InvalidTokenError:
            return None
        fresh = int(claims["exp"]) > self._now().timestamp()
        return str(claims["sub"]) if fresh else None


def _audience(paper: Paper) -> str:
    return f"padwijzer-{paper}"
