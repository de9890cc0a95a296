"""Teams in the whole service: retries in order, messages of our own, restarts, a start without internet."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from microsoft import APP, Microsoft
from sqlalchemy import insert, select
from starlette.applications import Starlette
from talking import Store
from teams_stock import Stock

from bot import app as front_door
from bot.channels.teams.door import TeamsDoor
from coach.store.tables import addresses, inbox, outbox

# --- in the service ------------------------------------------------------------------------------


async def until(done: Any) -> None:
    for _ in range(1000):
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come so far")


async def test_a_busy_platform_gets_everything_later_in_order(
    running: Any, microsoft: Microsoft
) -> None:
    async with running() as service:
        await service.say("hallo")
        microsoft.posts.clear()
        microsoft.answers = [(429, {"retry-after": "30"})]
        await service.receive(microsoft.recorded("message", id="1", text="wat is dit"))
        await until(lambda: not microsoft.answers and service.unsent())
        await service.receive(microsoft.recorded("message", id="2", text="hoeveel nog"))
        await until(lambda: all(row.status == "done" for row in service.store.rows(inbox)))
        await service.delivery.sweep()
        assert microsoft.posts == [], "its time has not come"
        assert [trouble.channel for trouble in service.delivery.troubles()] == ["teams"]
        service.clock.wait(31)
        await service.delivery.sweep()
        assert service.unsent() == 0
        rows = service.store.rows(outbox)[-len(microsoft.posts) :]
        assert [row.message["text"] for row in rows if "text" in row.message] == [
            post.activity.get("text") or post.activity["summary"] for post in microsoft.posts
        ]


async def test_a_message_of_our_own_comes_through_after_a_restart(
    running: Any, microsoft: Microsoft
) -> None:
    async with running() as service:
        await service.say("hallo")
        where = microsoft.posts[-1].conversation
    microsoft.posts.clear()
    async with running() as service:
        _remind(service.store, "Hoe ging het met je stap?")
        await service.delivery.sweep()
    [post] = microsoft.posts
    assert (post.conversation, post.words) == (where, "Hoe ging het met je stap?")


async def test_the_stock_channel_knows_no_way_back_to_anybody(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Stock(microsoft, monkeypatch).channel.get_output_channel() is None


async def test_a_card_that_is_not_taken_comes_in_words(running: Any, microsoft: Microsoft) -> None:
    microsoft.answers = [(201, {}), (400, {})]
    async with running() as service:
        await service.say("hallo")
        assert service.unsent() == 0
    assert any("\n- " in post.words for post in microsoft.posts if post.card is None)


async def test_an_uninstalled_bot_forgets_the_address(running: Any, microsoft: Microsoft) -> None:
    async with running() as service:
        await service.say("hallo")
        microsoft.answers = [(403, {})]
        _remind(service.store, "Hoe ging het?")
        await service.delivery.sweep()
        assert service.store.count(addresses) == 0
        assert await service.say("hallo"), "a new message brings a new address"


def _remind(store: Store, text: str) -> None:
    """A message that nobody asked for, as something that is due puts it into the outbox."""
    with store.database.begin() as db:
        last = db.execute(select(outbox).order_by(outbox.c.id.desc())).first()
        values = {"talk": last.talk, "inbox": last.inbox, "line": last.line + 1, "sent": False}
        db.execute(insert(outbox).values(message={"text": text}, **values))


# --- the whole front door ------------------------------------------------------------------------

SET = {
    "PADWIJZER_TEAMS_APP_ID": APP.app_id,
    "PADWIJZER_TEAMS_PASSWORD": APP.password,
    "PADWIJZER_TEAMS_TENANT": APP.tenant,
}


def locally(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    """The front door as it is built, with the local servers instead of Microsoft's."""
    monkeypatch.setattr(front_door, "TeamsDoor", partial(TeamsDoor, cloud=microsoft.cloud))


async def test_a_start_without_internet_asks_nothing_of_anybody(
    application: Any, door: Any, sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = Microsoft()
    servers.port = 9  # nobody listens there
    locally(servers, monkeypatch)
    app: Starlette = application(sqlite, **SET)
    async with app.router.lifespan_context(app), door(app) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
        headers = {"authorization": f"Bearer {servers.token()}"}
        activity = servers.recorded("message")
        response = await client.post("/webhooks/teams", json=activity, headers=headers)
        assert response.status_code == 503, "not taken, so Teams may try again"
        assert sqlite.count(inbox) == 0


def test_the_stock_channel_does_not_start_without_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = Microsoft()
    servers.port = 9
    with pytest.raises(Exception, match="Connection refused"):
        Stock(servers, monkeypatch)


async def test_the_front_door_answers_teams(
    application: Any,
    door: Any,
    sqlite: Store,
    microsoft: Microsoft,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locally(microsoft, monkeypatch)
    assert microsoft.key_requests == 0
    app: Starlette = application(sqlite, **SET)
    async with app.router.lifespan_context(app), door(app) as client:
        headers = {"authorization": f"Bearer {microsoft.token()}"}
        activity = microsoft.recorded("installed")
        response = await client.post("/webhooks/teams", json=activity, headers=headers)
        assert (response.status_code, response.json()) == (200, {})
    assert microsoft.posts, "answered before it stopped"
    assert [row.sent for row in sqlite.rows(outbox)] == [True] * len(microsoft.posts)


async def test_without_settings_the_door_is_shut(
    application: Any, door: Any, sqlite: Store
) -> None:
    async with door(application(sqlite)) as client:
        assert (await client.post("/webhooks/teams", json={})).status_code == 404
