"""Whole talks with the whole service, killed at random moments: no answer, plan or check-in is lost or doubled.

The service is forked from this process, which has the engine; `bench/kills.py` does the same with hundreds of
talks and the service as an operator starts it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from forked import Nursery, Service
from keeping_count import compare
from killing import SlackVisitor, WebVisitor, World, settle
from served import until
from slack_payloads import SIGNING
from slack_peer import Call, SlackPeer
from slack_person import TOKEN
from sqlalchemy import create_engine, select
from starlette.applications import Starlette
from talking import SECRET, Store

from bench.ports import free_port
from bot import app
from bot.serving import config
from bot.turns.checkins import ComingBack
from bot.turns.delivery import Delivery
from coach import wiring
from coach.cli import persona as personas
from coach.store.tables import check_ins

MONDAY = datetime(2026, 12, 7, 9, 30)
PERSONAS = personas.read(Path(__file__).parents[1] / "personas" / "path.jsonl")
KILLS = 2
BETWEEN = (0.5, 1.5)


@pytest.fixture
def peer_port() -> int:
    return free_port()


@pytest.fixture
def service(
    stores: Store,
    application: Callable[..., Starlette],
    monkeypatch: pytest.MonkeyPatch,
    peer_port: int,
) -> Iterator[Service]:
    port = free_port()
    monkeypatch.setattr(wiring, "utc_now", lambda: MONDAY)
    monkeypatch.setattr(app, "utc_now", lambda: MONDAY)
    monkeypatch.setattr(app, "ComingBack", partial(ComingBack, every=0.2))
    monkeypatch.setattr(app, "Delivery", partial(Delivery, every=0.2))
    stores.close()

    def serve() -> None:
        given = {
            "PADWIJZER_SLACK_BOT_TOKEN": TOKEN,
            "PADWIJZER_SLACK_SIGNING_SECRET": SIGNING,
            "PADWIJZER_SLACK_API_URL": f"http://127.0.0.1:{peer_port}/api/",
        }
        made = application(stores.again(), **given)
        uvicorn.Server(config(made, "127.0.0.1", port)).run()

    nursery = Nursery(serve)
    running = Service(nursery, port)
    yield running
    running.stop()
    nursery.close()


async def test_killed_at_random_moments_and_in_the_middle_of_a_check_in(
    service: Service, stores: Store, peer_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(20_261_127)
    peer = SlackPeer(port=peer_port)
    await peer.start()
    eyes = create_engine(stores.url, future=True, isolation_level="AUTOCOMMIT")
    world = World(lambda: service.url, eyes, SECRET, lambda: MONDAY, peer)
    visitors = [WebVisitor(world, PERSONAS[0], 1), SlackVisitor(world, PERSONAS[20], 2)]
    killed = asyncio.Event()

    async def taking(call: Call) -> None:
        """Slack has the check-in, and the service is killed before it hears so."""
        if call.method != "chat.postMessage" or killed.is_set():
            return
        with eyes.connect() as db:
            sent = db.execute(
                select(check_ins.c.id).where(check_ins.c.message_id.isnot(None))
            ).all()
        if sent and visitors[1].now().state.phase == "how":
            killed.set()
            call.args["_taken"], call.args["_ts"] = True, "1731900000.999999"
            await service.kill()

    async def killer() -> None:
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(*BETWEEN))
            await service.kill()

    peer.taking = taking
    await service.start()
    talks = (visitor.hold(random.Random(visitor.number)) for visitor in visitors)
    await asyncio.gather(killer(), *talks)
    await settle(visitors)
    await until(killed.is_set)
    figures = compare(visitors)
    service.stop()
    await world.http.aclose()
    eyes.dispose()
    await peer.stop()
    with capsys.disabled():
        print(f"\n{service.kills} kills: {figures}")
    assert figures.trouble == []
    assert service.kills == KILLS + 1 and figures.repeats >= 1
