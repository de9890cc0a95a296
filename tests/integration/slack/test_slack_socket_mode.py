"""Socket Mode: the same talk over a connection that the service opens itself, without a public address."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import slack_payloads as payloads
from slack_peer import SlackPeer
from slack_person import PATH, SlackPerson
from starlette.applications import Starlette
from talking import Store, value_of

from bot.channels.slack.texts import text
from coach.store.tables import inbox, outbox

APP_TOKEN = "xapp-1-A0-1-abc"
_envelopes = itertools.count(1)

Make = Callable[..., Starlette]
Door = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def linked(
    slack_app: Make, door: Door, peer: SlackPeer, sqlite: Store
) -> AsyncIterator[SlackPerson]:
    made = slack_app(PADWIJZER_SLACK_SIGNING_SECRET="", PADWIJZER_SLACK_APP_TOKEN=APP_TOKEN)
    async with made.router.lifespan_context(made), door(made) as client:
        await peer.until(lambda: peer.sockets)
        yield SlackPerson(client, peer, sqlite)


async def _send(peer: SlackPeer, kind: str, payload: Any, **more: Any) -> str:
    envelope = f"57d6a792-4d35-4d0b-b6aa-{next(_envelopes):012d}"
    body = {"envelope_id": envelope, "type": kind, "payload": payload, **more}
    await peer.sockets[-1].send_json(body)
    return envelope


async def _acked(peer: SlackPeer, envelope: str) -> dict[str, Any]:
    await peer.until(lambda: [a for a in peer.acks if a["envelope_id"] == envelope])
    return next(a for a in peer.acks if a["envelope_id"] == envelope)


async def test_a_talk_over_the_socket(linked: SlackPerson) -> None:
    peer = linked.peer
    [opened] = peer.of("apps.connections.open")
    assert opened.token == f"Bearer {APP_TOKEN}"
    event = payloads.callback(payloads.message("hallo"))
    await _acked(peer, await _send(peer, "events_api", event, accepts_response_payload=False))
    await linked.settled()
    post = linked.newest()
    button = next(b for b in post.buttons if value_of(b["value"]) == "medewerker")
    pressed = payloads.press(button, post.args["_ts"], f"{peer.url}/respond/1")
    await _acked(peer, await _send(peer, "interactive", pressed))
    await peer.until(lambda: peer.of("respond"))
    await linked.settled()
    assert len(peer.posts) == linked.store.count(outbox) and linked.newest() is not post


async def test_the_slash_command_gets_its_answer_over_the_socket(linked: SlackPerson) -> None:
    form = dict(httpx.QueryParams(payloads.command("")))
    envelope = await _send(linked.peer, "slash_commands", form, accepts_response_payload=True)
    ack = await _acked(linked.peer, envelope)
    assert ack["payload"] == {"text": text("in_private")}


async def test_the_same_event_again_is_one_turn(linked: SlackPerson) -> None:
    event = payloads.callback(payloads.message("hallo"))
    for attempt in range(2):
        envelope = await _send(
            linked.peer, "events_api", event, retry_attempt=attempt, retry_reason="timeout"
        )
        await _acked(linked.peer, envelope)
    await linked.settled()
    assert linked.store.count(inbox) == 1
    assert len(linked.peer.posts) == linked.store.count(outbox)


async def test_a_lost_connection_is_opened_again(linked: SlackPerson) -> None:
    await linked.peer.sockets[0].close()
    await linked.peer.until(lambda: len(linked.peer.sockets) > 1)
    event = payloads.callback(payloads.message("hallo"))
    await _acked(linked.peer, await _send(linked.peer, "events_api", event))
    await linked.settled()
    assert linked.peer.posts


async def test_without_a_signing_secret_there_is_no_address(linked: SlackPerson) -> None:
    assert (await linked.client.post(PATH, content=b"{}")).status_code in (404, 405)


async def test_a_start_and_stop_without_slack(
    slack_app: Make, door: Door, peer: SlackPeer, sqlite: Store
) -> None:
    """The service runs for everybody else while Slack cannot be reached."""
    await peer.stop()
    made = slack_app(PADWIJZER_SLACK_APP_TOKEN=APP_TOKEN)
    async with made.router.lifespan_context(made), door(made) as client:
        assert (await client.get("/health")).status_code == 200
        await asyncio.sleep(0.2)
    await peer.start()
