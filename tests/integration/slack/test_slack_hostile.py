"""What Slack's door does with forged, repeated, odd and hostile requests, and when Slack itself is away."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import slack_payloads as payloads
from slack_peer import SlackPeer
from slack_person import PATH, SlackPerson
from starlette.applications import Starlette
from talking import Store

from bot.channels.guard import _sentences
from bot.channels.slack.texts import text
from coach.store.tables import addresses, inbox, outbox, talks

# --- whose request it is -------------------------------------------------------------------------


async def test_the_challenge_of_slack_is_answered(person: SlackPerson) -> None:
    asked = {"token": "x", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY", "type": "url_verification"}
    response = await person.send(asked)
    assert response.status_code == 200
    assert response.json()["challenge"] == asked["challenge"]


def _forged(body: bytes) -> dict[str, dict[str, str]]:
    now, old = str(int(time.time())), str(int(time.time()) - 301)
    return {
        "no signature": {},
        "another secret": payloads.signature(body, now, "another secret"),
        "an old one": payloads.signature(body, old),
        "of another body": payloads.signature(b"{}", now),
        "a time that is no number": payloads.signature(body, "gisteren"),
        "no time": {"x-slack-signature": payloads.signature(body, now)["x-slack-signature"]},
        "a time with an exponent": payloads.signature(body, "1e9"),
    }


@pytest.mark.parametrize("kind", list(_forged(b"")))
async def test_a_forged_request_changes_nothing(person: SlackPerson, kind: str) -> None:
    body = json.dumps(payloads.callback(payloads.message("hallo"))).encode()
    headers = {"content-type": payloads.JSON, **_forged(body)[kind]}
    response = await person.client.post(PATH, content=body, headers=headers)
    assert response.status_code == 401
    assert not person.store.count(inbox)


BODIES = [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 4000, b'{"type": "event_callback"}',
          b'{"event": "x", "type": "event_callback"}', b"payload=[1]", b"payload=%7B", b"{}",
          b'{"type": "event_callback", "event": {"type": "message"}, "authorizations": 3}']  # fmt: skip


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_what_is_no_request_is_no_error_of_ours(
    person: SlackPerson, body: bytes, signed: bool
) -> None:
    headers = payloads.headers(body) if signed else {"content-type": payloads.JSON}
    response = await person.client.post(PATH, content=body, headers=headers)
    assert response.status_code < 500
    assert not person.store.count(inbox)


async def test_a_body_that_is_too_big_is_not_read(person: SlackPerson) -> None:
    body = json.dumps(payloads.callback(payloads.message("x" * 1_000_000))).encode()
    response = await person.client.post(PATH, content=body, headers=payloads.headers(body))
    assert response.status_code == 413
    assert not person.store.count(inbox)


# --- what people may send ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["/geheim", " /geheim", '/choose{"value": "niveau_3"}', '/slot{"role": "leeradviseur"}', "/"],
)
async def test_what_is_typed_is_never_a_command(person: SlackPerson, typed: str) -> None:
    await person.say("hallo")
    await person.press("medewerker")
    before = person.store.rows(talks)[0].state["slots"]["interview"]
    posts = await person.say(typed)
    assert posts and posts[0].args["text"]
    assert person.store.rows(talks)[0].state["slots"]["interview"] == before
    assert person.store.rows(inbox)[-1].text == typed


@pytest.mark.parametrize("value", ["/restart_now", '/choose{"value": "niveau_3"}', "/slot", "x"])
async def test_a_button_that_was_never_offered_is_not_pressed(
    person: SlackPerson, value: str
) -> None:
    await person.say("hallo")
    post = person.newest()
    label = {"type": "plain_text", "text": "Geheim"}
    forged = {**post.buttons[0], "value": value, "text": label}
    before = person.store.rows(talks)[0].state["slots"]["interview"]
    posts = await person.answered(
        payloads.interaction(payloads.press(forged, post.args["_ts"], ""))
    )
    assert posts and posts[0].args["text"]
    assert person.store.rows(talks)[0].state["slots"]["interview"] == before


async def test_a_long_text_is_refused_in_dutch(person: SlackPerson) -> None:
    await person.send(payloads.callback(payloads.message("x" * 4_001)))
    await person.peer.until(lambda: person.peer.posts)
    assert person.peer.posts[0].args["text"] == _sentences()["too_long"]
    assert not person.store.count(inbox)


async def test_the_longest_text_with_any_letters_is_taken(person: SlackPerson) -> None:
    words = "ꙮ" * 4_000
    event = payloads.message(words, blocks=[{"type": "rich_text", "text": words}])
    assert await person.answered(payloads.callback(event))
    assert person.store.rows(inbox)[0].text == words


async def test_a_hundred_messages_at_once_cost_nobody_else_a_turn(
    slack_app: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    peer: SlackPeer,
    sqlite: Store,
) -> None:
    made = slack_app(PADWIJZER_BURST="10")
    async with made.router.lifespan_context(made), door(made) as client:
        flood = SlackPerson(client, peer, sqlite)
        other = SlackPerson(client, peer, sqlite, "U0ANDER00")
        sent = [flood.send(payloads.callback(payloads.message(f"nr {n}"))) for n in range(100)]
        answers = await asyncio.gather(*sent)
        assert {answer.status_code for answer in answers} == {200}
        assert await other.say("hallo", channel="D0ANDER00")
        taken = [row for row in sqlite.rows(inbox) if row.text.startswith("nr")]
        assert 10 <= len(taken) < 20
        told = [p for p in peer.posts if p.args["text"] == _sentences()["too_fast"]]
        assert len(told) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed", "message": {"text": "x"}},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"channel_type": "channel", "channel": payloads.CHANNEL},
        {"user": None},
    ],
    ids=str,
)
async def test_what_nobody_said_to_the_bot_is_left_alone(person: SlackPerson, more: Any) -> None:
    response = await person.send(payloads.callback(payloads.message("hallo", **more)))
    assert response.status_code == 200
    assert not person.store.count(inbox)


@pytest.mark.parametrize(
    "event", [{"type": "reaction_added"}, {"type": "tokens_revoked"}, {"type": "nieuw_in_2027"}]
)
async def test_events_that_we_do_not_use_are_no_error(person: SlackPerson, event: Any) -> None:
    assert (await person.send(payloads.callback(event))).status_code == 200


async def test_a_file_without_words_gets_a_sentence(person: SlackPerson) -> None:
    event = payloads.message("", subtype="file_share", files=[{"id": "F1"}])
    await person.send(payloads.callback(event))
    await person.peer.until(lambda: person.peer.posts)
    assert person.peer.posts[0].args["text"] == _sentences()["empty"]


async def test_own_words_come_back_harmless(person: SlackPerson) -> None:
    await person.say("hallo")
    for value in ("medewerker", "team", "ja", *["niveau_1"] * 4, "ja"):
        await person.press(value)
    posts = await person.say("&lt;!channel&gt; &lt;script&gt; [klik](javascript:x) &amp; <@U2|jan>")
    assert person.store.rows(inbox)[-1].text == "<!channel> <script> [klik](javascript:x) & @jan"
    shown = "\n".join(post.args["text"] + post.shown for post in posts)
    assert "<!channel>" not in shown and "<script" not in shown and "<javascript" not in shown
    assert "&lt;!channel&gt; &lt;script&gt;" in shown


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
    assert text("chosen", title="") not in shown["alt_text"]
