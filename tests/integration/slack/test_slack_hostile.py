"""What Slack's door does with forged, odd and hostile requests."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import slack_payloads as payloads
from slack_peer import SlackPeer
from slack_person import PATH, TOKEN, SlackPerson
from starlette.applications import Starlette
from talking import Store

from bot.channels.guard import _sentences
from coach.store.tables import inbox, talks

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
        "a day old": payloads.signature(body, str(int(now) - 24 * 3600)),
        "from the future": payloads.signature(body, str(int(now) + 301)),
        "a time before all times": payloads.signature(body, f"-{now}"),
        "no time in it": {**payloads.signature(body, now), "x-slack-request-timestamp": ""},
        **{
            name: {"x-slack-request-timestamp": now, "x-slack-signature": forged}
            for name, forged in _signatures(body, now).items()
        },
    }


def _signatures(body: bytes, now: str) -> dict[str, str]:
    """What is nearly the signature of this body at this time."""
    real = payloads.signature(body, now)["x-slack-signature"]
    digest, key = real.removeprefix("v0="), payloads.SIGNING.encode()
    last = "0" if digest[-1] != "0" else "1"
    return {
        "an empty signature": "",
        "a version alone": "v0=",
        "another version": f"v1={digest}",
        "without a version": digest,
        "in capitals": f"v0={digest.upper()}" if digest.upper() != digest else "v0=X",
        "a digit less": real[:-1],
        "a digit more": f"{real}0",
        "one digit another": real[:-1] + last,
        "nothing but zeros": f"v0={'0' * 64}",
        "twice": f"{real},{real}",
        "of another time": payloads.signature(body, str(int(now) - 60))["x-slack-signature"],
        "of another method": f"v0={hmac.new(key, f'v0:{now}:'.encode() + body, hashlib.sha1).hexdigest()}",
        "of the body alone": f"v0={hmac.new(key, body, hashlib.sha256).hexdigest()}",
        "without a key": f"v0={hashlib.sha256(f'v0:{now}:'.encode() + body).hexdigest()}",
        "the token of the bot": f"v0={TOKEN}",
    }


FORGED = list(_forged(b""))


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_request_changes_nothing(person: SlackPerson, kind: str) -> None:
    body = json.dumps(payloads.callback(payloads.message("hallo"))).encode()
    headers = {"content-type": payloads.JSON, **_forged(body)[kind]}
    response = await person.client.post(PATH, content=body, headers=headers)
    assert response.status_code == 401
    assert not person.store.count(inbox)
    assert person.peer.calls == [], "nobody is answered"


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
    posts = await person.say(
        "wij leren op maandag samen aan tafel &lt;!channel&gt; &lt;script&gt; [klik](javascript:x) &amp; <@U2|jan>"
    )
    assert person.store.rows(inbox)[-1].text == (
        "wij leren op maandag samen aan tafel <!channel> <script> [klik](javascript:x) & @jan"
    )
    shown = "\n".join(post.args["text"] + post.shown for post in posts)
    assert "<!channel>" not in shown and "<script" not in shown and "<javascript" not in shown
    assert "&lt;!channel&gt; &lt;script&gt;" in shown
