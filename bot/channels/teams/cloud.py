"""Where Microsoft's services stand. Tests put local ones in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

TIMEOUT = 15


@dataclass(frozen=True)
class Cloud:
    login: str
    """Gives the tokens with which we send."""
    openid: str
    """Names the keys that sign what is sent to us."""
    issuer: str
    services: tuple[str, ...]
    """The only places we send to; a token for another place is refused."""

    def serves(self, url: str) -> bool:
        """Whether a service URL is one of Microsoft's: its scheme and host exactly, nothing else beside the path."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        plain = not (parts.query or parts.fragment)
        return plain and f"{parts.scheme}://{parts.netloc}" in self.services


PUBLIC = Cloud(
    login="https://login.microsoftonline.com",
    openid="https://login.botframework.com/v1/.well-known/openidconfiguration",
    issuer="https://api.botframework.com",
    services=("https://smba.trafficmanager.net", "https://smba.infra.gcc.teams.microsoft.com"),
)


class Http:
    """One client session, opened at the first request: nothing is built at the start."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        return self._session

    async def get_json(self, url: str) -> Any:
        async with self.session().get(url, allow_redirects=False) as response:
            response.raise_for_status()
            return await response.json(content_type=None)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
