"""Sending to Teams: one token of our own tenant, in order, again when it failed, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from microsoft import APP, TENANT, Json, Microsoft
from rasa.core.channels.botframework import BotFramework
from teams_stock import Stock

from bot.channels.teams import connector
from bot.channels.teams.cloud import Cloud, Http
from bot.channels.teams.connector import EARLY, Connector, NotTaken
from bot.turns.delivery import Gone, Later
from coach.settings import TeamsApp

SAID = {"type": "message", "text": "Dag", "textFormat": "plain"}
OTHER_APP = TeamsApp("00000000-0000-4000-8000-000000000000", "another secret", TENANT)


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    session = Http()
    yield session
    await session.close()


@pytest.fixture
def sender(microsoft: Microsoft, http: Http, watch: Watch) -> Connector:
    return Connector(microsoft.cloud, APP, http, clock=watch)


@pytest.fixture
def address(microsoft: Microsoft) -> Json:
    conversation = "19:aebd@thread.tacv2;messageid=1481567603816"
    return {
        "service": microsoft.service,
        "conversation": conversation,
        "bot": "28:bot",
        "user": "29:1",
    }


# --- the token -----------------------------------------------------------------------------------


async def test_the_token_is_asked_of_our_own_tenant(
    sender: Connector, microsoft: Microsoft, address: Json
) -> None:
    await sender.post(address, SAID)
    [(tenant, asked)] = microsoft.logins
    assert tenant == TENANT
    assert asked == {
        "grant_type": "client_credentials",
        "client_id": APP.app_id,
        "client_secret": APP.password,
        "scope": "https://api.botframework.com/.default",
    }


async def test_the_stock_channel_asks_it_of_the_tenant_of_all_bots(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Stock(microsoft, monkeypatch).output().send_text_message("29:1", "Dag")
    assert [tenant for tenant, _ in microsoft.logins] == ["botframework.com"]


async def test_a_token_is_kept_and_renewed_before_it_ends(
    sender: Connector, microsoft: Microsoft, address: Json, watch: Watch
) -> None:
    for at in (0, 3600 - EARLY - 1, 3600 - EARLY):
        watch.now = at
        await sender.post(address, SAID)
    assert [post.token for post in microsoft.posts] == ["token-1", "token-1", "token-2"]


async def test_the_stock_channel_uses_a_token_to_its_last_second(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Stock(microsoft, monkeypatch).output()
    monkeypatch.setattr(BotFramework, "headers", {"Authorization": "Bearer almost over"})
    soon = datetime.now() + timedelta(seconds=EARLY - 60)
    monkeypatch.setattr(BotFramework, "token_expiration_date", soon)
    await output.send({"text": "Dag"})
    assert microsoft.posts[0].token == "almost over"


async def test_two_bots_have_each_their_own_token(
    microsoft: Microsoft, http: Http, address: Json
) -> None:
    for app in (APP, OTHER_APP):
        await Connector(microsoft.cloud, app, http).post(address, SAID)
    assert [asked["client_id"] for _, asked in microsoft.logins] == [APP.app_id, OTHER_APP.app_id]
    assert [post.token for post in microsoft.posts] == ["token-1", "token-2"]


async def test_two_stock_bots_send_with_one_token(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(microsoft, monkeypatch)
    for app_id in (APP.app_id, OTHER_APP.app_id):
        await stock.output(app_id).send_text_message("29:1", "Dag")
    assert [post.token for post in microsoft.posts] == ["token-1", "token-1"]


async def test_many_at_once_ask_for_one_token(
    sender: Connector, microsoft: Microsoft, address: Json
) -> None:
    await asyncio.gather(*(sender.post(address, SAID) for _ in range(20)))
    assert (len(microsoft.posts), len(microsoft.logins)) == (20, 1)


async def test_a_token_that_was_withdrawn_is_renewed_at_once(
    sender: Connector, microsoft: Microsoft, address: Json
) -> None:
    await sender.post(address, SAID)
    microsoft.answers = [(401, {})]
    await sender.post(address, SAID)
    assert [post.token for post in microsoft.posts] == ["token-1", "token-2"]


async def test_others_go_on_while_teams_is_slow(
    sender: Connector, microsoft: Microsoft, address: Json
) -> None:
    microsoft.open.clear()
    sending = asyncio.create_task(sender.post(address, SAID))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not sending.done()
    microsoft.open.set()
    await sending


async def test_others_wait_while_the_stock_channel_sends(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Stock(microsoft, monkeypatch).output()
    ticks = 0

    async def others() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    other = asyncio.create_task(others())
    await output.send({"text": "Dag"})
    assert ticks == 0
    other.cancel()


# --- where and what ------------------------------------------------------------------------------


async def test_a_message_goes_to_its_conversation(
    sender: Connector, microsoft: Microsoft, address: Json
) -> None:
    await sender.post(address, SAID)
    [post] = microsoft.posts
    assert post.conversation == address["conversation"]
    assert ";" not in post.path and "@" not in post.path
    activity = post.activity
    assert activity["conversation"] == {"id": address["conversation"]}
    assert (activity["from"], activity["recipient"]) == ({"id": "28:bot"}, {"id": "29:1"})


async def test_a_token_never_goes_to_a_foreign_service(
    microsoft: Microsoft, http: Http, address: Json
) -> None:
    known = Cloud("https://login.example", "", "", ("https://smba.trafficmanager.net",))
    with pytest.raises(Gone):
        await Connector(known, APP, http).post(address, SAID)
    assert (microsoft.posts, microsoft.logins) == ([], [])


async def test_the_stock_channel_brings_its_token_anywhere(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Stock(microsoft, monkeypatch).output(service=f"{microsoft.origin}/evil")
    await output.send_text_message("29:1", "Dag")
    [post] = microsoft.posts
    assert post.path.startswith("/evil/") and post.token == "token-1"


# --- when it fails -------------------------------------------------------------------------------

TOMORROW = datetime.now().astimezone() + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"retry-after": "7"}, 7, 7),
        (429, {}, connector.SOON, connector.SOON),
        (429, {"retry-after": "soon"}, connector.SOON, connector.SOON),
        (429, {"retry-after": "999999"}, connector.LONGEST, connector.LONGEST),
        (429, {"retry-after": format_datetime(TOMORROW)}, connector.LONGEST, connector.LONGEST),
        (500, {}, connector.AWHILE, connector.AWHILE),
        (502, {"retry-after": "3"}, 3, 3),
        (503, {}, connector.AWHILE, connector.AWHILE),
        (412, {}, connector.AWHILE, connector.AWHILE),
    ],
)
async def test_what_can_be_tried_again_is_told_with_its_time(
    sender: Connector, microsoft: Microsoft, address: Json,
    status: int, headers: Json, least: float, most: float,
) -> None:  # fmt: skip
    microsoft.answers = [(status, headers)]
    with pytest.raises(Later) as later:
        await sender.post(address, SAID)
    assert least <= later.value.seconds <= most


@pytest.mark.parametrize("status", [403, 404])
async def test_who_removed_the_bot_is_gone(
    sender: Connector, microsoft: Microsoft, address: Json, status: int
) -> None:
    microsoft.answers = [(status, {})]
    with pytest.raises(Gone):
        await sender.post(address, SAID)


async def test_a_bad_message_is_told_apart(
    sender: Connector, microsoft: Microsoft, address: Json
) -> None:
    microsoft.answers = [(400, {})]
    with pytest.raises(NotTaken):
        await sender.post(address, SAID)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_without_a_token_it_is_tried_later(
    sender: Connector, microsoft: Microsoft, address: Json, status: int
) -> None:
    microsoft.login_answers = [status]
    with pytest.raises(Later):
        await sender.post(address, SAID)
    await sender.post(address, SAID)
    assert len(microsoft.posts) == 1


async def test_nobody_listening_is_tried_later(http: Http, address: Json) -> None:
    away = Cloud("http://127.0.0.1:9", "", "", ("http://127.0.0.1:9",))
    with pytest.raises(Later):
        await Connector(away, APP, http).post({**address, "service": away.login}, SAID)


@pytest.mark.parametrize("status", [429, 500, 403])
async def test_the_stock_channel_loses_what_fails(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    output = Stock(microsoft, monkeypatch).output()
    microsoft.answers = [(status, {})]
    await output.send_text_message("29:1", "Dag")  # only a line in the log
    assert microsoft.posts == []
