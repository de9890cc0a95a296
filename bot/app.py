"""The front door: one ASGI application that takes every message and composes the whole service."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.routing import Route

from bot import logs
from bot.answers import WHEN_WRONG, LastResort, SafeHeaders
from bot.channels.clients import ClientDoor
from bot.channels.door import Door
from bot.channels.guard import Guard
from bot.channels.health import health, ready
from bot.channels.opinion.door import OpinionPage
from bot.channels.origins import Origins
from bot.channels.papers import Papers
from bot.channels.pictures import Pictures
from bot.channels.rest import RestDoor
from bot.channels.scrape import Scrape
from bot.channels.teams.door import TeamsDoor
from bot.channels.web import WebDoor
from bot.engine import Engine
from bot.metrics import Metrics
from bot.turns.bell import Bell
from bot.turns.bringing import Bringing
from bot.turns.checkins import ComingBack
from bot.turns.delivery import Delivery
from bot.turns.housekeeping import Housekeeping
from bot.turns.notices import Notices
from bot.turns.taking_up import TakingUp
from bot.turns.worker import Turns
from coach.desk.app import Desk
from coach.settings import Settings
from coach.store import single
from coach.store.agreed import is_agreed
from coach.store.database import migrate
from coach.usecases.privacy import Kept as OwnData
from coach.wiring import (
    anonymous,
    check_ins,
    coach,
    current_settings,
    database,
    ledger,
    links_of,
    utc_now,
)

log = logging.getLogger("padwijzer")


class Part(Protocol):
    """Something that works beside the talks as long as the service runs."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class BadStart(RuntimeError):
    """The service cannot start; says what is missing and how to mend it."""


def settle() -> None:
    """What nobody has to wait for, once everybody can talk."""
    anonymous().strip("Jan woont in Utrecht")  # noqa: B005 - not of str; loads for a second at its first sentence
    # what is loaded by now stays: to walk over it again would stop every talk for a tenth of a second
    gc.collect()
    gc.freeze()


def build(
    settings: Settings, engine: Engine, at_leisure: Callable[[], object] = anonymous
) -> Starlette:
    """The application over a loaded engine; what is done `at_leisure` is done in a thread when it has started."""
    kept = ledger()
    guard = Guard(burst=settings.burst)
    metrics = Metrics(guard)
    turns = Turns(engine, kept, settings.secret, guard, settings.pause, metrics)
    scrape = Scrape(metrics, kept.database, guard, settings.metrics_token)
    delivery = Delivery(turns, kept)
    taking_up = TakingUp(delivery, kept)
    coming_back = ComingBack(delivery, check_ins(), now=utc_now)
    doors = _doors(settings, turns, delivery, guard)
    bell = Bell(kept.database, doors)
    bringing = Bringing(delivery)
    notices = Notices(kept.database, settings, now=utc_now)
    keeper = Housekeeping(kept.database, settings.terms, erased=settings.erased)
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
    desk = Desk(
        kept.database,
        settings,
        utc_now,
        talking=clients,
        bring=bringing.bring,
        read=coach().content,
    )
    for door in doors:
        if door.pusher:
            delivery.register(door.channel, door.pusher)

    # in this order they begin, and the other way round they end: replies still go out through the doors
    parts: list[Part] = [keeper, *doors, delivery, bell, taking_up, coming_back, bringing, notices]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with metrics.listening(kept.database):
            await engine.warm_up()
            if resumed := await turns.resume():
                log.info("inbox.resumed messages=%s", resumed)
            async with AsyncExitStack() as running:
                for part in parts:
                    await part.start()
                    running.push_async_callback(part.stop)
                asyncio.get_running_loop().run_in_executor(None, at_leisure)
                yield
            turns.close()
            papers.stop()

    app = Starlette(
        routes=[
            *(route for door in doors for route in door.routes()),
            *papers.routes(),
            *opinions.routes(),
            *desk.routes(),
            Route("/health", health(delivery)),
            Route("/ready", ready(kept.database)),
            *scrape.routes(),
        ],
        lifespan=lifespan,
        exception_handlers=WHEN_WRONG,
    )
    app.add_middleware(LastResort)
    app.add_middleware(SafeHeaders, base_url=settings.base_url)
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
        WebDoor(turns, guard, coach().content, coach().form, settings),
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
    settings = current_settings()
    logs.set_up(settings.log)
    try:
        lock = single.hold(database())
        migrate(database())
        known = is_agreed(database(), settings.secret)
    except (SQLAlchemyError, OSError, single.Occupied) as error:
        raise BadStart(f"the database cannot be used: {error}") from error
    if not known:
        raise BadStart(
            "PADWIJZER_SECRET is not the one this database was made with, so nobody would be found again; give every"
            " copy the same one, or run `padwijzer accept-secret` if it was changed on purpose"
        )
    app = build(settings, Engine.load(settings.models), settle)
    app.state.lock = lock
    return app
