"""`/metrics`, for Prometheus: only from this machine, from the own network, or with a token."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.guard import Guard, Refused
from bot.channels.http import refusal
from bot.metrics import Metrics
from coach.store.backlog import backlog
from coach.store.clock import utc_now

log = logging.getLogger("padwijzer")

FRESH = 5.0
"""Seconds in which what waits in the database is not counted again, whoever asks."""
PATIENCE = 3.0
MACHINE = tuple(map(ip_network, ("127.0.0.0/8", "::1/128")))
NEAR = (
    *MACHINE,
    *map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
)
PROXIED = ("x-forwarded-for", "forwarded", "x-real-ip")


class Scrape:
    def __init__(
        self,
        metrics: Metrics,
        database: Engine,
        guard: Guard,
        token: str | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metrics, self._database, self._guard = metrics, database, guard
        self._token, self._clock = token, clock
        self._looking, self._looked_at = asyncio.Lock(), float("-inf")

    def routes(self) -> list[Route]:
        return [Route("/metrics", self.metrics)]

    async def metrics(self, request: Request) -> Response:
        try:
            self._admit(request)
        except Refused as refused:
            self._guard.refuse("metrics", refused.code)
            return refusal(refused)
        async with self._looking:
            if self._clock() - self._looked_at >= FRESH:
                await self._look()
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _look(self) -> None:
        now = utc_now()
        looking = run_in_threadpool(backlog, self._database, now)
        try:
            self._metrics.backlog = await asyncio.wait_for(looking, PATIENCE)
        except (SQLAlchemyError, TimeoutError) as error:
            log.error("metrics.blind why=%s", type(error).__name__)
            self._metrics.backlog = None
        self._looked_at = self._clock()

    def _admit(self, request: Request) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._token and hmac.compare_digest(given.encode(), self._token.encode()):
            return
        # a proxy is near for everybody in the world: what it passes on needs the token
        passed_on = any(name in request.headers for name in PROXIED)
        if passed_on or not _is_in(request, MACHINE if self._token else NEAR):
            raise Refused(403, "not_allowed")


def _is_in(request: Request, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in networks)
