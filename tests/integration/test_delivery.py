"""Delivery on both databases: every reply arrives, in order, also when the platform is away or the service stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, inspect, update
from starlette.applications import Starlette
from talking import SECRET, Person, Store, known_store, texts

from bot.channels.health import health
from bot.engine import Engine, Held
from bot.turns import delivery as module
from bot.turns.delivery import MOST_ERRORS, Delivery, Gone, Later
from bot.turns.taking_up import TakingUp
from bot.turns.worker import Turns
from coach.store.database import MIGRATIONS, migrate
from coach.store.tables import addresses, deliveries, events, inbox, outbox, talks
from coach.store.turn import Waiting

ADDRESS = {"to": "kamer-1", "tenant": "x"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 12)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Platform:
    """A channel's pusher that keeps what arrives, and fails as told."""

    got: list[tuple[str, int, str]] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    """What the next attempts meet; None is an attempt that succeeds."""
    away: Exception | None = None

    async def send(
        self, address: Mapping[str, Any], message: Mapping[str, Any], line: int, key: str = ""
    ) -> None:
        await asyncio.sleep(0)
        failure = self.failures.pop(0) if self.failures else self.away
        if failure:
            raise failure
        self.got.append((address["to"], line, message["text"]))

    @property
    def lines(self) -> list[int]:
        return [line for _, line, _ in self.got]


@dataclass
class Copy:
    """One copy of the service over a store, as far as delivery goes."""

    turns: Turns
    delivery: Delivery
    platform: Platform
    clock: Clock
    taking_up: TakingUp

    async def take(self, text: str, sender: str = "iemand", **address: str) -> Waiting:
        self.n = getattr(self, "n", 0) + 1
        return await self.turns.take(
            "slack", sender, f"{id(self)}-{self.n}", text, None, {**ADDRESS, **address}
        )

    async def say(self, text: str, sender: str = "iemand", **address: str) -> str:
        """Take a message and hold its turn, without sending the replies; returns the talk."""
        waiting = await self.take(text, sender, **address)
        await self.turns.handle(waiting)
        return waiting.talk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def copies(engine: Engine, stores: Store, clock: Clock, platform: Platform) -> Callable[..., Any]:
    @asynccontextmanager
    async def open_copy(to: Platform | None = None, *, start: bool = False) -> Any:
        turns = Turns(engine, stores.ledger, SECRET)
        delivery = Delivery(turns, stores.ledger, now=clock, every=0.01)
        delivery.register("slack", to or platform)
        if start:
            await delivery.start()
        yield Copy(turns, delivery, to or platform, clock, TakingUp(delivery, stores.ledger))
        await delivery.stop()
        turns.close()

    return open_copy


def _outgoing(stores: Store) -> list[tuple[int, bool]]:
    return [(row.line, row.sent) for row in stores.rows(outbox)]


def _all_sent(stores: Store) -> bool:
    return all(row.sent for row in stores.rows(outbox))


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


# --- the address ---------------------------------------------------------------------------------


async def test_taking_a_message_keeps_where_replies_go(copies: Any, stores: Store) -> None:
    async with copies() as copy:
        first = await copy.take("hallo")
        [row] = stores.rows(addresses)
        assert (row.talk, row.channel, row.data) == (first.talk, "slack", ADDRESS)
        assert [r.text for r in stores.rows(inbox)] == ["hallo"] and first.fresh
        await copy.take("daar ben ik weer", to="kamer-2")
        [row] = stores.rows(addresses)
        assert row.data == {**ADDRESS, "to": "kamer-2"}
        await copy.turns.take("rest", "x", "1", "hallo")
        assert stores.count(addresses) == 1


async def test_replies_go_out_in_order_and_once(
    copies: Any, stores: Store, platform: Platform
) -> None:
    async with copies() as copy:
        talk = await copy.say("hallo")
        await copy.say("ik ben medewerker")
        await asyncio.gather(*(copy.delivery.push(talk) for _ in range(5)))
        await copy.delivery.sweep()
    assert platform.lines == [line for line, _ in _outgoing(stores)]
    assert platform.lines == sorted(set(platform.lines)) and len(platform.lines) >= 3
    assert {to for to, _, _ in platform.got} == {"kamer-1"}
    assert _all_sent(stores) and not stores.count(deliveries)


async def test_answering_in_the_background_holds_the_turn_and_sends(
    copies: Any, stores: Store, platform: Platform
) -> None:
    async with copies() as copy:
        copy.delivery.answer(await copy.take("hallo"))
        copy.delivery.answer(await copy.take("ik ben medewerker"))
    assert [row.status for row in stores.rows(inbox)] == ["done", "done"]
    assert platform.lines == [line for line, _ in _outgoing(stores)]


# --- a platform that says no ---------------------------------------------------------------------


async def test_later_stops_the_talk_and_keeps_its_order(
    copies: Any, stores: Store, platform: Platform, clock: Clock
) -> None:
    platform.failures = [None, Later(30)]
    async with copies() as copy:
        talk = await copy.say("hallo")
        await copy.delivery.push(talk)
        assert [sent for _, sent in _outgoing(stores)] == [True, False]
        await copy.say("ik ben medewerker")
        for _ in range(3):  # a new reply does not overtake, and nobody is asked before the time
            await copy.delivery.push(talk)
            await copy.delivery.sweep()
        assert len(platform.got) == 1
        clock.pass_(29)
        await copy.delivery.sweep()
        assert len(platform.got) == 1
        clock.pass_(1)
        await copy.delivery.sweep()
    assert platform.lines == [line for line, _ in _outgoing(stores)] and _all_sent(stores)
    assert not stores.count(deliveries)


async def test_what_waits_at_a_restart_is_sent_after_it(
    copies: Any, stores: Store, platform: Platform, clock: Clock
) -> None:
    platform.failures = [None, Later(20)]
    async with copies() as copy:
        await copy.delivery.push(await copy.say("hallo"))
        await copy.say("ik ben medewerker")
        taken = await copy.take("mijn team")
    assert len(platform.got) == 1

    async with copies() as again:  # the time to wait is remembered too
        assert await again.turns.resume() == 1
        await again.delivery.sweep()
        assert len(platform.got) == 1
    clock.pass_(20)
    async with copies(start=True):
        await _until(lambda: _all_sent(stores))
    assert platform.lines == [line for line, _ in _outgoing(stores)]
    assert stores.rows(inbox)[-1].id == taken.id and stores.rows(inbox)[-1].status == "done"


async def test_a_message_from_ourselves_reaches_who_wrote_long_ago(
    copies: Any, stores: Store, platform: Platform
) -> None:
    """A row in the outbox is enough, whoever put it there."""
    async with copies() as copy:
        await copy.delivery.push(await copy.say("hallo"))
    with stores.database.begin() as db:
        last = db.execute(outbox.select().order_by(outbox.c.id.desc())).first()
        row = {"talk": last.talk, "inbox": last.inbox, "line": last.line + 1, "sent": False}
        db.execute(outbox.insert().values(**row, message={"text": "Hoe ging het met je plan?"}))
    async with copies(start=True):
        await _until(lambda: _all_sent(stores))
    assert platform.got[-1] == ("kamer-1", last.line + 1, "Hoe ging het met je plan?")


async def test_waiting_grows_until_the_platform_is_back(
    copies: Any, stores: Store, platform: Platform, clock: Clock
) -> None:
    platform.away = Later()
    async with copies() as copy:
        talk = await copy.say("hallo")
        waits = []
        for _ in range(9):
            await copy.delivery.push(talk)
            [row] = stores.rows(deliveries)
            waits.append((row.next_at - clock.now).total_seconds())
            clock.now = row.next_at
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        platform.away = None
        await copy.delivery.push(talk)
    assert _all_sent(stores) and not stores.count(deliveries)


async def test_one_talk_that_waits_holds_up_no_other(
    copies: Any, stores: Store, platform: Platform
) -> None:
    platform.failures = [Later(60)]
    async with copies() as copy:
        await copy.delivery.push(await copy.say("hallo", "een"))
        await copy.delivery.push(await copy.say("hallo", "twee", to="kamer-2"))
    assert {to for to, _, _ in platform.got} == {"kamer-2"}


async def test_a_platform_that_hangs_is_tried_again(
    copies: Any, stores: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(Platform):
        async def send(self, *given: Any, **named: Any) -> None:
            if self.away:
                await asyncio.Event().wait()
            await super().send(*given, **named)

    monkeypatch.setattr(module, "SECONDS_A_SEND", 0.05)
    hanging = Hanging(away=Later())
    async with copies(hanging) as copy:
        talk = await copy.say("hallo")
        await copy.delivery.push(talk)
        assert [row.why for row in stores.rows(deliveries)] == ["TimeoutError"]
        hanging.away = None
        clock.pass_(60)
        await copy.delivery.sweep()
    assert _all_sent(stores)


async def test_nobody_at_the_address_waits_for_a_new_one(
    copies: Any, stores: Store, platform: Platform
) -> None:
    platform.failures = [Gone()]
    async with copies() as copy:
        talk = await copy.say("hallo")
        await copy.delivery.push(talk)
        await copy.delivery.sweep()
        assert not platform.got and not stores.count(addresses) and not stores.count(deliveries)
        await copy.say("ik ben medewerker", to="kamer-9")
        await copy.delivery.push(talk)
    assert {to for to, _, _ in platform.got} == {"kamer-9"}
    assert platform.lines == [line for line, _ in _outgoing(stores)]


async def test_a_reply_that_can_never_be_sent_is_left_out_in_the_end(
    copies: Any, stores: Store, platform: Platform, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    failure = ValueError("geheim-2718 staat in deze fout")
    platform.failures = [Later(), *[failure] * (MOST_ERRORS - 1), Later(), failure]
    with caplog.at_level(logging.DEBUG):
        async with copies() as copy:
            talk = await copy.say("hallo")
            while not _all_sent(stores):
                await copy.delivery.push(talk)
                clock.pass_(60)
    assert platform.lines == [line for line, _ in _outgoing(stores)][1:]
    assert "delivery.left_out channel=slack" in caplog.text
    assert "geheim-2718" not in caplog.text and "kamer-1" not in caplog.text


# --- for the operator ----------------------------------------------------------------------------


async def test_a_platform_that_is_away_shows_itself_and_no_person(
    copies: Any, stores: Store, platform: Platform, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    platform.away = Later()
    with caplog.at_level(logging.INFO):
        async with copies() as copy:
            app = Starlette()
            app.add_route("/health", health(copy.delivery))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                assert (await client.get("/health")).json() == {"status": "ok"}
                talk = await copy.say("hallo geheim-2718")
                await copy.say("hallo", "ander")
                await copy.delivery.sweep()
                report = await client.get("/health")
                [away] = report.json()["away"]
                assert (away["channel"], away["talks"], away["why"]) == ("slack", 2, "Later")
                assert set(away) == {"channel", "talks", "since", "why"}
                for secret in (talk, "geheim-2718", "kamer-1", "iemand"):
                    assert secret not in report.text and secret not in caplog.text
                platform.away = None
                clock.pass_(60)
                await copy.delivery.sweep()
                assert (await client.get("/health")).json() == {"status": "ok"}
    assert "delivery.away channel=slack talks=2" in caplog.text
    assert "delivery.back channel=slack" in caplog.text


# --- turns that could not be stored --------------------------------------------------------------


async def test_a_turn_that_could_not_be_stored_is_held_and_sent_later(
    copies: Any, stores: Store, platform: Platform, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, left = engine.hold, [2]

    async def unlucky(*given: Any, **named: Any) -> Held:
        held = await hold(*given, **named)
        if left[0]:
            left[0] -= 1
            held.records.append(Broken())
        return held

    monkeypatch.setattr(engine, "hold", unlucky)
    async with copies() as copy:
        copy.delivery.answer(await copy.take("hallo"))
        async with asyncio.timeout(30):
            while [row.status for row in stores.rows(inbox)] != ["done"]:
                await copy.taking_up.look()
    assert left == [0]
    assert platform.lines == [line for line, _ in _outgoing(stores)] and platform.lines


class Broken:
    """A record that cannot be stored."""

    def write(self, *_: Any) -> None:
        raise ValueError("this record is broken")


async def test_a_turn_that_can_never_be_stored_is_told_in_the_end(
    copies: Any, stores: Store, platform: Platform, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = engine.hold

    async def unlucky(*given: Any, **named: Any) -> Held:
        held = await hold(*given, **named)
        held.records.append(Broken())
        return held

    monkeypatch.setattr(engine, "hold", unlucky)
    async with copies() as copy:
        copy.delivery.answer(await copy.take("hallo"))
        while not platform.got:
            await copy.taking_up.look()
    assert [row.status for row in stores.rows(inbox)] == ["failed"]
    assert platform.got[0][2] in {engine.sentence("utter_error", n) for n in range(12)}


# --- erasing -------------------------------------------------------------------------------------


async def test_a_talk_that_is_erased_is_not_sent_and_leaves_nothing(
    copies: Any, stores: Store, platform: Platform
) -> None:
    platform.away = Later()
    async with copies() as copy:
        talk = await copy.say("hallo")
        await copy.delivery.push(talk)
        pending = await copy.take("ik ben medewerker")
        await copy.turns.forget("slack", "iemand")
        assert await copy.turns.handle(pending) == []
        platform.away = None
        await copy.delivery.push(talk)
        await copy.delivery.sweep()
    assert not platform.got
    for table in (talks, inbox, outbox, addresses, deliveries):
        assert not stores.count(table), table.name


async def test_erasing_in_the_middle_of_a_turn_brings_nothing_back(
    copies: Any, stores: Store
) -> None:
    async with copies() as copy:
        person = Person(copy.turns, channel="slack")
        await person.say("hallo")
        for n in range(10):
            turn = asyncio.create_task(person.say("ik ben medewerker", message_id=f"m{n}"))
            await asyncio.sleep(n / 100)
            await copy.turns.forget("slack", "iemand")
            with suppress(Exception):
                await turn
            await copy.turns.forget("slack", "iemand")
            assert not stores.count(talks) and not stores.count(inbox) and not stores.count(outbox)
        assert texts(await person.say("hallo"))


# --- two copies of the service -------------------------------------------------------------------


async def test_two_copies_send_each_reply_once(
    copies: Any, stores: Store, platform: Platform
) -> None:
    if not stores.is_postgres:  # SQLite has one copy: coach/store/single.py sees to that
        async with copies() as only:
            await only.delivery.push(await only.say("hallo"))
        assert _all_sent(stores)
        return
    async with copies() as one, copies() as other:
        for sender in ("een", "twee", "drie"):
            await one.say("hallo", sender)
            await other.say("ik ben medewerker", sender)
        await asyncio.gather(*(c.delivery.sweep() for c in (one, other) for _ in range(3)))
        await one.delivery.sweep()
    assert _all_sent(stores)
    assert sorted(platform.lines) == sorted(line for line, _ in _outgoing(stores))


async def test_an_earlier_due_time_of_another_copy_counts(
    copies: Any, stores: Store, platform: Platform, clock: Clock
) -> None:
    platform.failures = [Later(30)]
    async with copies() as one:
        talk = await one.say("hallo")
        await one.delivery.push(talk)
        with stores.database.begin() as db:
            db.execute(update(deliveries).values(next_at=clock.now))
        await one.delivery.push(talk)
    assert _all_sent(stores)


# --- older databases -----------------------------------------------------------------------------


async def test_a_database_from_before_deliveries_keeps_its_talks(empty: str) -> None:
    store = known_store(empty)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    now = datetime(2026, 11, 1)
    with store.database.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        row = {"id": "t", "channel": "rest", "sender_hash": "h", "seq": 0, "lines": 0}
        times = {"created_at": now, "updated_at": now}
        old = MetaData()
        old.reflect(db, only=("talks", "events"))
        db.execute(old.tables["talks"].insert().values(**row, **times, state={}, offered={}))
        event = {"event": "user", "timestamp": now.replace(tzinfo=UTC).timestamp()}
        db.execute(old.tables["events"].insert().values(talk="t", seq=1, n=0, data=event))
    migrate(store.database)
    assert [(talk.id, talk.worded) for talk in store.rows(talks)] == [("t", True)]
    assert [event.at for event in store.rows(events)] == [now], "it goes when its time comes"
    assert not store.count(addresses) and not store.count(deliveries)
    with store.database.begin() as db:
        config.attributes["connection"] = db
        command.downgrade(config, "0001")
        assert "addresses" not in inspect(db).get_table_names()
    migrate(store.database)
    store.close()
