"""The front door: one ASGI application that takes every message and composes the whole service."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from traceback import extract_tb

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import logs, single
from bot.channels.clients import ClientDoor
from bot.channels.door import Door
from bot.channels.guard import Guard, Refused
from bot.channels.health import health
from bot.channels.http import refusal
from bot.channels.opinion.door import OpinionPage
from bot.channels.origins import Origins
from bot.channels.papers import Papers
from bot.channels.pictures import Pictures
from bot.channels.rest import RestDoor
from bot.channels.teams.door import TeamsDoor
from bot.channels.web import WebDoor
from bot.engine import Engine
from bot.turns.checkins import ComingBack
from bot.turns.delivery import Delivery
from bot.turns.housekeeping import Housekeeping
from bot.turns.worker import Kept, Turns
from coach.desk.app import Desk
from coach.settings import Settings
from coach.store.database import migrate
from coach.usecases.privacy import Kept as OwnData
from coach.wiring import (
    check_ins,
    coach,
    current_settings,
    database,
    ledger,
    links_of,
    utc_now,
)

log = logging.getLogger("padwijzer")


class BadStart(RuntimeError):
    """The service cannot start; says what is missing and how to mend it."""


HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class SafeHeaders:
    """Puts the same protective headers on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a page may be stricter
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class LastResort:
    """Answers what nobody foresaw with a Dutch sentence, and logs where it was: an error's text may hold people's words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            at = extract_tb(error.__traceback__)[-1]
            where = f"{Path(at.filename).name}:{at.lineno}"
            log.error("request.failed why=%s where=%s", type(error).__name__, where)
            if not begun:
                await refusal(Refused(500, "failed"))(scope, receive, send)
        return None


async def _broken_store(_: Request, error: Exception) -> Response:
    log.error("store.failed why=%s", type(error).__name__)
    return refusal(Refused(503, "broken"))


async def _kept(_: Request, error: Exception) -> Response:
    log.error("turn.kept why=%s", error)
    return refusal(Refused(503, "kept"))


def build(settings: Settings, engine: Engine) -> Starlette:
    """The application over a loaded engine."""
    kept = ledger()
    guard = Guard(burst=settings.burst)
    turns = Turns(engine, kept, settings.secret, guard, settings.pause)
    delivery = Delivery(turns, kept)
    coming_back = ComingBack(turns, delivery, check_ins(), now=utc_now)
    doors = _doors(settings, turns, delivery, guard)
    keeper = Housekeeping(kept.database, settings.terms)
    links, origins = links_of(settings), Origins(settings.base_url, settings.origins)
    opinions = OpinionPage(kept.database, links, coach().content.opinions, guard, origins)
    papers = Papers(
        kept.vault,
        links,
        coach().content,
        settings.terms,
        guard,
        partial(_erase, turns, doors),
    )
    clients = ClientDoor(turns, kept, coach().form, Pictures(coach().content))
    for door in doors:
        if door.pusher:
            delivery.register(door.channel, door.pusher)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await engine.warm_up()
        resumed = await turns.resume()
        if resumed:
            log.info("inbox.resumed messages=%s", resumed)
        await delivery.start()
        await keeper.start()
        for door in doors:
            await door.start()
        await coming_back.start()
        yield
        await coming_back.stop()
        await keeper.stop()
        await delivery.stop()  # it still sends through the doors
        for door in doors:
            await door.stop()
        turns.close()
        papers.stop()

    app = Starlette(
        routes=[
            *(route for door in doors for route in door.routes()),
            *papers.routes(),
            *opinions.routes(),
            *Desk(kept.database, settings, utc_now, talking=clients).routes(),
            Route("/health", health(delivery)),
        ],
        lifespan=lifespan,
        exception_handlers={SQLAlchemyError: _broken_store, Kept: _kept},
    )
    app.add_middleware(LastResort)
    app.add_middleware(SafeHeaders)
    return app


async def _erase(turns: Turns, doors: list[Door], kept: OwnData) -> None:
    """Somebody erases a talk on its page; the tabs that show it are told."""
    talk = kept.rows("talks")[0]
    await turns.erase(talk["id"])
    for door in doors:
        if door.channel == talk["channel"]:
            for address in kept.rows("addresses"):
                await door.forgotten(address["data"])


def _doors(settings: Settings, turns: Turns, delivery: Delivery, guard: Guard) -> list[Door]:
    doors: list[Door] = [
        WebDoor(turns, delivery, guard, coach().content, coach().form, settings),
        RestDoor(turns, guard, settings.rest_token),
    ]
    if settings.slack.wanted:
        # imported only where it is used: it costs the start most of a second
        from bot.channels.slack.door import SlackDoor

        doors.append(SlackDoor(turns, guard, delivery, coach(), settings))
    if settings.teams:
        describe = Pictures(coach().content).describe
        doors.append(TeamsDoor(turns, guard, delivery, settings.teams, describe))
    return doors


def create() -> Starlette:
    """For uvicorn's `--factory`: reads the settings, opens the database and loads the newest model."""
    logs.set_up()
    settings = current_settings()
    try:
        lock = single.hold(database())
        migrate(database())
    except (SQLAlchemyError, OSError, single.Occupied) as error:
        raise BadStart(f"the database cannot be used: {error}") from error
    app = build(settings, Engine.load(settings.models))
    app.state.lock = lock
    return app
