"""Who a browser is: a random id of our own making, signed. No id of a client's choice is ever taken."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.guard import Refused, check_id
from coach.desk.cookies import HOST_ONLY

AUDIENCE = "padwijzer-web"
LASTS = timedelta(days=90)
"""A token is renewed whenever the page opens, so this is how long somebody may stay away."""
MOST_TOKEN = 2_000
COOKIE = "padwijzer"
YEAR = 365 * 24 * 3600


def new_id() -> str:
    return secrets.token_urlsafe(24)


class Tokens:
    """Signed tokens for the widget, which cannot rely on cookies on another site."""

    def __init__(self, secret: bytes) -> None:
        # a key of its own: a token can never pass for another thing that we sign
        self._key = hmac.new(secret, b"web tokens", hashlib.sha256).digest()

    def issue(self, sender: str) -> str:
        claims = {"aud": AUDIENCE, "sub": sender, "exp": datetime.now(UTC) + LASTS}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read(self, token: Any) -> str | None:
        """The sender of a good token, else None."""
        if not isinstance(token, str) or not token.isascii() or len(token) > MOST_TOKEN:
            return None
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=AUDIENCE,
                options={"require": ["aud", "sub", "exp"]},
            )
            return check_id(claims["sub"])
        except (jwt.InvalidTokenError, Refused):
            return None


class Cookies:
    """The signed cookie of our own page."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, sender: str) -> str:
        return f"{sender}.{self._sign(sender)}"

    def read(self, cookie: str) -> str | None:
        """The sender of a good cookie, else None."""
        sender, _, signature = cookie.rpartition(".")
        signed = self._sign(sender).encode()
        return sender if sender and hmac.compare_digest(signature.encode(), signed) else None

    def _sign(self, sender: str) -> str:
        return hmac.new(self._secret, f"web:{sender}".encode(), hashlib.sha256).hexdigest()


class WebCookie:
    """The cookie as it goes over the line; scripts cannot read it, and no other site can send a form with it."""

    def __init__(self, cookies: Cookies) -> None:
        self._cookies = cookies

    def sender(self, request: Request) -> str | None:
        return self._cookies.read(request.cookies.get(_name(request), ""))

    def set(self, request: Request, response: Response, sender: str) -> None:
        # strict would leave it at home when somebody follows a link to us, and they would be a stranger
        response.set_cookie(
            _name(request),
            self._cookies.issue(sender),
            max_age=YEAR,
            httponly=True,
            samesite="lax",
            secure=_is_https(request),
        )


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request) -> str:
    return HOST_ONLY + COOKIE if _is_https(request) else COOKIE
