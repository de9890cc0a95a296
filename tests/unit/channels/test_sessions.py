"""Sessions of the web door: only what we signed ourselves, for this use and in time, says who somebody is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest

from bot.channels.origins import Origins
from bot.channels.sessions import AUDIENCE, Cookies, Tokens, new_id

SECRET = b"a secret of thirty-two characters"
KEY = hmac.new(SECRET, b"web tokens", hashlib.sha256).digest()
FUTURE, PAST = int(time.time()) + 3_600, int(time.time()) - 3_600
GOOD = {"aud": AUDIENCE, "sub": "iemand", "exp": FUTURE}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET)


def _signed(claims: dict[str, Any], key: Any = KEY, **more: Any) -> str:
    return jwt.encode(claims, key, **({"algorithm": "HS256"} | more))


def _by_hand(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_our_own_token_says_who_it_is(tokens: Tokens) -> None:
    token = tokens.issue("iemand")
    assert tokens.read(token) == "iemand"
    assert tokens.read(_signed(GOOD)) == "iemand"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"aud", "sub", "exp"} and claims["exp"] > time.time() + 80 * 86_400


WRONG: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "bytes": _signed(GOOD).encode(),
    "a list": [_signed(GOOD)],
    "a dict": {"token": _signed(GOOD)},
    "empty": "",
    "no token": "iemand",
    "dots": "..",
    "no ASCII": "é.é.é",
    "a lone surrogate": "\ud800.a.b",
    "very long": "a" * 100_000,
    "forged": _signed(GOOD, b"another key of thirty-two characters"),
    "signed with the secret itself": _signed(GOOD, SECRET),
    "expired": _signed({**GOOD, "exp": PAST}),
    "exp as words": _by_hand({"alg": "HS256"}, {**GOOD, "exp": "later"}),
    "without exp": _signed(_without("exp")),
    "without aud": _signed(_without("aud")),
    "without sub": _signed(_without("sub")),
    "another aud": _signed({**GOOD, "aud": "padwijzer-desk"}),
    "alg none": _by_hand({"alg": "none", "typ": "JWT"}, GOOD),
    "alg None": _by_hand({"alg": "None"}, GOOD),
    "alg none with the good signature": _by_hand({"alg": "none"}, GOOD, b"x" * 32),
    "HS512": _signed(GOOD, KEY * 2, algorithm="HS512"),
    "sub empty": _signed({**GOOD, "sub": ""}),
    "sub with NUL": _signed({**GOOD, "sub": "a\x00"}),
    "sub of 300 characters": _signed({**GOOD, "sub": "a" * 300}),
    "not yet": _signed({**GOOD, "nbf": FUTURE}),
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG)
def test_any_other_token_says_nothing(tokens: Tokens, token: Any) -> None:
    assert tokens.read(token) is None


def test_changed_claims_break_the_signature(tokens: Tokens) -> None:
    header, _, signature = tokens.issue("iemand").split(".")
    other = base64.urlsafe_b64encode(json.dumps({**GOOD, "sub": "ander"}).encode()).rstrip(b"=")
    assert tokens.read(f"{header}.{other.decode()}.{signature}") is None


def test_tokens_and_cookies_cannot_stand_in_for_each_other(tokens: Tokens) -> None:
    cookies = Cookies(SECRET)
    assert cookies.read(cookies.issue("iemand")) == "iemand"
    assert cookies.read(tokens.issue("iemand")) is None
    assert tokens.read(cookies.issue("iemand")) is None


def test_ids_are_random_and_long() -> None:
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000 and min(map(len, ids)) >= 32


# --- origins -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://bot.test", True),
        ("https://bot.test", True),
        ("https://pad.example.nl", True),
        ("https://PAD.example.nl", True),
        ("https://intranet.example.nl", True),
        ("http://intranet.example.nl", False),
        ("https://intranet.example.nl:444", False),
        ("https://intranet.example.nl.evil.test", False),
        ("https://evil.test/https://intranet.example.nl", False),
        ("https://evil.test", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_named_sites_and_our_own_are_let_in(origin: str, allowed: bool) -> None:
    origins = Origins("https://pad.example.nl/bot", ("https://intranet.example.nl",))
    assert origins.allows(origin, "bot.test") is allowed
    assert not origins.allows("https://evil.test", None)
