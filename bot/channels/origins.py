"""Which sites may show our pages: a browser names the site of every script that calls us."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit


class Origins:
    def __init__(self, base_url: str, others: Collection[str]) -> None:
        parts = urlsplit(base_url)
        self._allowed = {f"{parts.scheme}://{parts.netloc}".lower(), *others}

    @staticmethod
    def is_own(origin: str, host: str | None) -> bool:
        """Whether the page came from this service, under whatever name it was reached."""
        return origin.partition("://")[2] == host

    def allows(self, origin: str, host: str | None) -> bool:
        """Whether a page of this site may talk with us."""
        return self.is_own(origin, host) or origin.lower() in self._allowed
