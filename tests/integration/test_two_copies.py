"""Two copies of the service on one PostgreSQL, each in a process of its own; `bench/scale.py` does the same behind nginx."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime

import httpx
import pytest
import uvicorn
from adviser import AtWork
from both_at_once import Pairs
from forked import Nursery, Service
from served import Tab, session_token, until
from sqlalchemy import select
from starlette.applications import Starlette
from talking import Store

from bench.ports import free_port
from bot import app
from bot.serving import config
from coach import wiring
from coach.store.tables import events, inbox, outbox, talks

pytestmark = pytest.mark.parametrize("kind", ["postgres"])
PEOPLE, PAIRS = 4, 5
NIGHT = datetime(2026, 12, 7, 2, 30)
"""No check-in comes now."""


@pytest.fixture
def copies(
    stores: Store,
    application: Callable[..., Starlette],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[Service]]:
    monkeypatch.setattr(wiring, "utc_now", lambda: NIGHT)
    monkeypatch.setattr(app, "utc_now", lambda: NIGHT)
    stores.close()  # no connection is shared with a child

    def nursery(port: int) -> Nursery:
        def serve() -> None:
            made = application(stores.again())
            uvicorn.Server(config(made, "127.0.0.1", port)).run()

        return Nursery(serve)

    ports = [free_port() for _ in range(2)]
    nurseries = [nursery(port) for port in ports]
    running = [Service(*pair) for pair in zip(nurseries, ports, strict=True)]
    yield running
    for service in running:
        service.stop()
    for made in reversed(nurseries):  # the later one holds the pipes of the earlier one as well
        made.close()


async def test_two_messages_at_once_each_have_one_effect_in_order(
    copies: list[Service], stores: Store
) -> None:
    await asyncio.gather(*(copy.start() for copy in copies))
    async with httpx.AsyncClient(timeout=60) as client:
        urls = [copy.url for copy in copies]
        people = [Pairs(client, urls, f"tegelijk-{n}") for n in range(PEOPLE)]
        await asyncio.gather(*(person.send(PAIRS) for person in people))
    kept = stores.rows(talks)
    assert len(kept) == PEOPLE and stores.count(inbox) == 2 * PEOPLE * PAIRS
    of = {row.message_id: row.talk for row in stores.rows(inbox)}
    assert len(of) == 2 * PAIRS
    assert [fault for talk in kept for fault in people[0].faults(stores.database, talk.id)] == []


async def test_what_a_dying_copy_had_taken_is_answered_by_the_other_without_being_asked(
    copies: list[Service], stores: Store
) -> None:
    """In the middle of its turn: its talk is held by somebody else until the copy is dead."""
    await asyncio.gather(*(copy.start() for copy in copies))
    dying, living = copies
    token = await session_token(living.url)
    async with Tab(dying.url, token) as tab, Tab(living.url, token) as other:
        await tab.turn("hallo")
        await until(lambda: other.numbers == tab.numbers)
        [talk] = stores.rows(talks)
        with stores.ledger.hold(talk.id):
            assert await tab.say("ik ben medewerker", message_id="laatste") == {"ok": True}
            await tab.client.disconnect()
            dying.stop()
            assert stores.rows(inbox)[-1].status == "new"
        await until(lambda: other.numbers[-1] > tab.numbers[-1])
        await until(lambda: other.heard[-1] == ("working", {"on": False}))
        history = await other.history()
        said = [m["text"] for m in history["messages"] if m["from"] == "user"]
        assert said == ["hallo", "ik ben medewerker"] and history["working"] is False
    [talk] = stores.rows(talks)
    with stores.database.begin() as db:
        turns = set(db.execute(select(events.c.seq)).scalars())
    assert talk.seq == 2 and turns == {1, 2}
    assert {row.status for row in stores.rows(inbox)} == {"done"}
    assert all(row.sent for row in stores.rows(outbox))


async def test_an_adviser_at_one_copy_answers_who_is_in_talk_at_the_other(
    copies: list[Service], stores: Store
) -> None:
    await asyncio.gather(*(copy.start() for copy in copies))
    here, there = copies
    token = await session_token(here.url)
    async with (
        httpx.AsyncClient(base_url=there.url, timeout=60) as desk,
        Tab(here.url, token) as tab,
    ):
        anna = AtWork.begin(stores.database, desk, "Anna de Vries", now=NIGHT)
        await tab.turn("hallo")
        await tab.press("medewerker")
        await tab.turn("ik wil een mens spreken")
        await tab.press("ja")
        [address] = await anna.waiting()
        assert (await anna.take(address)).status_code == 303
        assert (await anna.answer(address, "Dag, waarmee kan ik helpen?")).status_code == 303
        await until(lambda: "waarmee kan ik helpen?" in tab.got[-1]["text"])
        before = len(tab.got)
        assert await tab.say("Ik zoek een cursus", message_id="vraag") == {"ok": True}
        await until(lambda: stores.rows(inbox)[-1].status == "done")
        assert "Ik zoek een cursus" in await anna.read(address)
        assert (await anna.give_back(address)).status_code == 303
        await until(lambda: len(tab.got) > before)
        assert [m["n"] for m in tab.got] == sorted({m["n"] for m in tab.got})
