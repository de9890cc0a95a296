"""The keys that sign Microsoft's tokens: fetched when the first token comes, and again for a key we do not know."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from bot.channels.teams.cloud import Http

log = logging.getLogger("padwijzer.teams")

DAY = 24 * 3600.0
PAUSE = 30.0
"""Seconds between two fetches, so that invented key ids cannot make us call Microsoft all day."""

Key = Mapping[str, Any]


class NoKeys(Exception):
    """No key could be fetched yet: nothing can be trusted now."""


class SigningKeys:
    def __init__(
        self, openid: str, http: Http, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._openid, self._http, self._clock = openid, http, clock
        self._keys: dict[str, Key] = {}
        self._fetched = self._tried = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        """The public key of that id, or None when Microsoft does not know it either."""
        if self._stale(kid):
            async with self._one_at_a_time:  # who comes while they are fetched waits for them
                if self._stale(kid) and self._clock() - self._tried > PAUSE:
                    await self._refresh()
        if not self._keys:
            raise NoKeys
        return self._keys.get(kid)

    def _stale(self, kid: str) -> bool:
        return kid not in self._keys or self._clock() - self._fetched > DAY

    async def _refresh(self) -> None:
        """Fetch all keys; when that fails the old ones stay."""
        self._tried = self._clock()
        try:
            where = await self._http.get_json(self._openid)
            found = await self._http.get_json(str(where["jwks_uri"]))
            keys = {str(key["kid"]): key for key in found["keys"]}
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.error("teams.keys_failed why=%s", type(error).__name__)
            return
        self._keys, self._fetched = keys, self._tried
