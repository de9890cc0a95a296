"""Sends to Teams through Microsoft's connector, with a token of our own tenant."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.channels.teams.cloud import Cloud, Http
from bot.turns.delivery import Gone, Later
from coach.settings import TeamsApp

log = logging.getLogger("padwijzer.teams")

SCOPE = "https://api.botframework.com/.default"
EARLY = 300
"""A token is renewed this many seconds before it ends."""
SOON, AWHILE, LONG = 5.0, 30.0, 300.0
LONGEST = 3600.0


class NotTaken(Exception):
    """Teams will not have this message in this form."""


class Connector:
    def __init__(
        self,
        cloud: Cloud,
        app: TeamsApp,
        http: Http,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cloud, self._app, self._http, self._clock = cloud, app, http, clock
        self._token, self._until = "", float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def post(self, address: Mapping[str, Any], activity: Mapping[str, Any]) -> None:
        """Post to the conversation of the address; Later, Gone or NotTaken when that fails."""
        service = str(address["service"])
        if not self._cloud.serves(service):
            raise Gone("foreign service")
        # the ids in a conversation hold ; and @, which must not be read as part of the address
        conversation = quote(str(address["conversation"]), safe="")
        url = f"{service.rstrip('/')}/v3/conversations/{conversation}/activities"
        told = {
            **activity,
            "from": {"id": address["bot"]},
            "recipient": {"id": address["user"]},
            "conversation": {"id": address["conversation"]},
        }
        status, wait = await self._send(url, told)
        if status == 401:  # the token was withdrawn before its time
            self._until = float("-inf")
            status, wait = await self._send(url, told)
        _judge(status, wait)

    async def _send(self, url: str, told: Mapping[str, Any]) -> tuple[int, str | None]:
        headers = {"authorization": f"Bearer {await self._bearer()}"}
        try:
            async with self._http.session().post(
                URL(url, encoded=True), json=told, headers=headers, allow_redirects=False
            ) as response:
                return response.status, response.headers.get("retry-after")
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("teams.away why=%s", type(error).__name__)
            raise Later(AWHILE) from None

    async def _bearer(self) -> str:
        async with self._one_at_a_time:
            if self._clock() >= self._until:
                await self._renew()
            return self._token

    async def _renew(self) -> None:
        url = f"{self._cloud.login}/{self._app.tenant}/oauth2/v2.0/token"
        asked = {
            "grant_type": "client_credentials",
            "client_id": self._app.app_id,
            "client_secret": self._app.password,
            "scope": SCOPE,
        }
        try:
            async with self._http.session().post(
                url, data=asked, allow_redirects=False
            ) as response:
                if response.status in (400, 401, 403):
                    log.error("teams.login_refused status=%s", response.status)
                    raise Later(LONG)
                if response.status != 200:
                    raise Later(_seconds(response.headers.get("retry-after"), AWHILE))
                given = await response.json(content_type=None)
                token, lasts = str(given["access_token"]), float(given["expires_in"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.warning("teams.login_away why=%s", type(error).__name__)
            raise Later(AWHILE) from None
        self._token, self._until = token, self._clock() + lasts - EARLY


def _judge(status: int, wait: str | None) -> None:
    if status < 300:
        return
    log.warning("teams.not_taken status=%s", status)
    if status == 429:
        raise Later(_seconds(wait, SOON))
    if status in (403, 404, 410):  # uninstalled, blocked, or the conversation was removed
        raise Gone(f"status {status}")
    if status in (400, 413, 415):
        raise NotTaken(f"status {status}")
    raise Later(_seconds(wait, LONG if status == 401 else AWHILE))


def _seconds(wait: str | None, otherwise: float) -> float:
    """Retry-After: a number of seconds or a date."""
    if not wait:
        return otherwise
    try:
        seconds = float(wait) if wait.strip().isdecimal() else _until(wait)
    except (ValueError, TypeError):
        return otherwise
    return min(max(seconds, 0.0), LONGEST)


def _until(date: str) -> float:
    when = parsedate_to_datetime(date)
    return (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
