"""The cookies of the desk. Over https a name says to the browser that no other host may set or read what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

HOST_ONLY = "__Host-"
"""A browser keeps a cookie of such a name only when it is secure, of this host alone, and for all of its paths."""


@dataclass(frozen=True)
class Cookie:
    name: str
    site: Literal["lax", "strict"]
    max_age: int | None = None
    """Seconds; None: until the browser closes."""
    path: str = "/desk"

    def called(self, secure: bool) -> str:
        return HOST_ONLY + self.name if secure else self.name

    def read(self, request: Request, secure: bool) -> str:
        return request.cookies.get(self.called(secure), "")

    def give(self, response: Response, value: str, secure: bool) -> None:
        response.set_cookie(
            self.called(secure),
            value,
            path=self._path(secure),
            max_age=self.max_age,
            httponly=True,
            samesite=self.site,
            secure=secure,
        )

    def take_back(self, response: Response, secure: bool) -> None:
        response.delete_cookie(
            self.called(secure),
            path=self._path(secure),
            httponly=True,
            samesite=self.site,
            secure=secure,
        )

    def _path(self, secure: bool) -> str:
        return "/" if secure else self.path
