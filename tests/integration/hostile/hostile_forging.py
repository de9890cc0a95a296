"""Sessions that are not what they seem, made from a real one of somebody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from talking import SECRET

from bot.channels.sessions import AUDIENCE, Cookies

KEY = hmac.new(SECRET, b"web tokens", hashlib.sha256).digest()


def forge(name: str, token: str) -> str:
    """A forgery by its name, of the token of somebody else."""
    sender = str(jwt.decode(token, options={"verify_signature": False})["sub"])
    return FORGERIES[name](token, sender)


def _signed(sender: str, key: bytes = KEY, algorithm: str = "HS256", **other: Any) -> str:
    soon = datetime.now(UTC) + timedelta(hours=1)
    claims = {"aud": AUDIENCE, "sub": sender, "exp": soon, **other}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm)


def _swapped(token: str, _: str) -> str:
    head, _claims, signature = token.split(".")
    claims = {"aud": AUDIENCE, "sub": "iemand anders", "exp": 4_000_000_000}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def _flipped(token: str, _: str) -> str:
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


FORGERIES: dict[str, Callable[[str, str], str]] = {
    "alg_none": lambda _, s: jwt.encode({"aud": AUDIENCE, "sub": s, "exp": 4_000_000_000}, None, "none"),
    "other_key": lambda _, s: _signed(s, b"another key of thirty-two bytes!"),
    "expired": lambda _, s: _signed(s, exp=1_000_000_000),
    "no_expiry": lambda _, s: _signed(s, exp=None),
    "other_audience": lambda _, s: _signed(s, aud="padwijzer-plan"),
    "no_audience": lambda _, s: _signed(s, aud=None),
    "hs384": lambda _, s: _signed(s, algorithm="HS384"),
    "truncated": lambda token, _: token[:-4],
    "bit_flipped": _flipped,
    "swapped_payload": _swapped,
    "empty_signature": lambda token, _: token.rpartition(".")[0] + ".",
    "doubled": lambda token, _: f"{token}.{token}",
    "spaced": lambda token, _: f"{token[:20]} {token[20:]}",
    "sender_as_token": lambda _, s: s,
    "cookie_of_other_key": lambda _, s: Cookies(b"another secret").issue(s),
    "unsigned_cookie": lambda _, s: f"{s}.",
}  # fmt: skip
