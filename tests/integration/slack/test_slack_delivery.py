"""Every message has one turn and every reply arrives: repeats, restarts, and a Slack that is away or asks to wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import slack_payloads as payloads
from slack_peer import SlackPeer
from slack_person import SlackPerson
from starlette.applications import Starlette
from talking import Store

from coach.store.tables import addresses, inbox, outbox, talks

# --- once, and never lost ------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["http_error", "http_timeout", "connection_failed", "ssl_error"])
async def test_the_same_event_again_is_one_turn(person: SlackPerson, why: str) -> None:
    event = payloads.callback(payloads.message("hallo"))
    first = await person.answered(event)
    retry = {"x-slack-retry-num": "1", "x-slack-retry-reason": why}
    assert first and not await person.answered(event, **retry)
    assert person.store.count(inbox) == 1


async def test_the_same_event_at_once_is_one_turn(person: SlackPerson) -> None:
    event = payloads.callback(payloads.message("hallo"))
    answers = await asyncio.gather(*(person.send(event) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    await person.settled()
    assert len(person.peer.posts) == person.store.count(outbox)
    assert person.store.count(inbox) == 1


async def test_an_event_is_remembered_over_a_restart(
    slack_app: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    peer: SlackPeer,
    sqlite: Store,
) -> None:
    event = payloads.callback(payloads.message("hallo"))
    for _ in range(2):
        made = slack_app()
        async with made.router.lifespan_context(made), door(made) as client:
            await SlackPerson(client, peer, sqlite).answered(event)
    assert sqlite.count(inbox) == 1
    assert len(peer.posts) == sqlite.count(outbox)


async def test_replies_that_were_not_sent_come_after_a_restart(
    slack_app: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    peer: SlackPeer,
    sqlite: Store,
) -> None:
    made = slack_app()
    peer.refuse = lambda call: "internal_error" if call.method == "chat.postMessage" else None
    async with made.router.lifespan_context(made), door(made) as client:
        person = SlackPerson(client, peer, sqlite)
        assert (await person.send(payloads.callback(payloads.message("hallo")))).status_code == 200
        await peer.until(lambda: peer.of("chat.postMessage"))
    assert not peer.posts and sqlite.count(outbox)
    peer.refuse = lambda call: None
    made = slack_app()
    async with made.router.lifespan_context(made), door(made) as client:
        await SlackPerson(client, peer, sqlite).settled()
    assert [post.args["text"] for post in peer.posts] == [
        row.message["text"] for row in sqlite.rows(outbox)
    ]


RATE_LIMITED = {"ok": False, "error": "ratelimited"}


async def test_a_429_costs_no_turn_and_no_order(person: SlackPerson) -> None:
    person.peer.next("chat.postMessage", 429, RATE_LIMITED, Retry_After="1")
    posts = await person.say("hallo")
    stored = [row.message["text"] for row in person.store.rows(outbox)]
    assert [post.args["text"] for post in posts] == stored
    assert len(person.peer.of("chat.postMessage")) == len(stored) + 1
    assert person.store.rows(talks)[0].seq == 1


@pytest.mark.parametrize("status", [500, 503])
async def test_a_slack_that_is_broken_is_tried_again(person: SlackPerson, status: int) -> None:
    person.peer.next("chat.postMessage", status, {})
    posts = await person.say("hallo")
    assert len(posts) == person.store.count(outbox)


async def test_a_slack_that_is_away_is_tried_again_and_told_to_the_operator(
    person: SlackPerson,
) -> None:
    await person.peer.stop()
    await person.send(payloads.callback(payloads.message("hallo")))

    async def away() -> bool:
        return "away" in (await person.client.get("/health")).json()

    async with asyncio.timeout(25):
        while not await away():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    [trouble] = (await person.client.get("/health")).json()["away"]
    assert trouble["channel"] == "slack"
    await person.peer.start()
    await person.settled()
    assert len(person.peer.posts) == person.store.count(outbox)


async def test_an_address_that_is_gone_is_forgotten(person: SlackPerson) -> None:
    person.peer.refuse = lambda call: "channel_not_found"
    await person.send(payloads.callback(payloads.message("hallo")))
    await person.peer.until(lambda: person.store.count(inbox) and not person.store.count(addresses))
    person.peer.refuse = lambda call: None
    await person.say("ben je er nog?")
    assert len(person.peer.posts) == person.store.count(outbox)


async def test_a_wrong_token_keeps_the_replies(person: SlackPerson) -> None:
    person.peer.refuse = lambda call: "invalid_auth"
    await person.send(payloads.callback(payloads.message("hallo")))
    await person.peer.until(lambda: person.peer.of("chat.postMessage"))
    assert not any(row.sent for row in person.store.rows(outbox))
    assert person.store.count(addresses) == 1


async def test_a_database_that_is_away_makes_slack_send_it_again(person: SlackPerson) -> None:
    event = payloads.callback(payloads.message("hallo"))
    with person.store.down():
        assert (await person.send(event)).status_code == 503
    assert await person.answered(event, **{"x-slack-retry-num": "1"})


async def test_what_slack_cannot_show_is_said_in_words(person: SlackPerson) -> None:
    person.peer.refuse = lambda call: "invalid_blocks" if call.blocks else None
    posts = await person.say("hallo")
    titles = [b["title"] for b in person.store.rows(outbox)[-1].message["buttons"]]
    assert all(title in posts[-1].args["text"] for title in titles)


async def test_buttons_that_cannot_be_replaced_cost_no_turn(person: SlackPerson) -> None:
    await person.say("hallo")
    post = person.newest()
    body = payloads.press(post.buttons[0], post.args["_ts"], "http://127.0.0.1:9/nowhere")
    assert await person.answered(payloads.interaction(body))


async def test_the_home_tab_may_fail(person: SlackPerson) -> None:
    person.peer.next("views.publish", 429, RATE_LIMITED, Retry_After="1")
    event = {"type": "app_home_opened", "user": person.user, "tab": "home", "channel": "D1"}
    assert (await person.send(payloads.callback(event))).status_code == 200
    assert await person.say("hallo")


# --- pictures ------------------------------------------------------------------------------------


async def _to_picture(person: SlackPerson) -> list[Any]:
    await person.say("hallo")
    for value in ("medewerker", "team", "ja", *["niveau_1"] * 4):
        await person.press(value)
    return [b for post in person.peer.posts for b in post.blocks if b["type"] == "image"]


async def test_from_a_public_address_slack_fetches_the_picture_itself(
    slack_app: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    peer: SlackPeer,
    sqlite: Store,
) -> None:
    made = slack_app(PADWIJZER_BASE_URL="https://pad.example.nl")
    async with made.router.lifespan_context(made), door(made) as client:
        [shown] = await _to_picture(SlackPerson(client, peer, sqlite))
    assert shown["image_url"].endswith("/figuur/activatie-doelen_stellen.png")
    assert shown["alt_text"].startswith("De plek op het pad")
    assert not peer.of("upload")


async def test_a_picture_that_slack_cannot_fetch_is_uploaded(
    slack_app: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    peer: SlackPeer,
    sqlite: Store,
) -> None:
    made = slack_app(PADWIJZER_BASE_URL="https://pad.intern")
    peer.refuse = lambda call: "invalid_blocks" if "image_url" in json.dumps(call.args) else None
    async with made.router.lifespan_context(made), door(made) as client:
        [shown] = await _to_picture(SlackPerson(client, peer, sqlite))
    assert shown["slack_file"]["id"] and len(peer.of("upload")) == 1


async def test_a_picture_that_slack_still_works_on_comes_later(person: SlackPerson) -> None:
    refused: list[str] = []

    def refuse(call: Any) -> str | None:
        if "slack_file" in json.dumps(call.args, default=str) and not refused:
            refused.append(call.method)
            return "invalid_slack_file"
        return None

    person.peer.refuse = refuse
    [shown] = await _to_picture(person)
    assert refused == ["chat.postMessage"] and shown["slack_file"]["id"]
