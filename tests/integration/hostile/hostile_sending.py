"""Sends one hostile input to all doors at once, each in the way of that door, and sees that it is answered."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import hostile_raw as raw
import httpx
import slack_payloads as payloads
from doors import CHANNELS
from hostile_corpus import Input
from hostile_forging import forge
from hostile_judging import is_dutch, is_refusal
from hostile_scene import Scene, name_oneself, use_button
from served import Tab, until
from socketio.exceptions import ConnectionError as NotConnected

from bot.channels.form.door import PATH
from bot.channels.sessions import COOKIE
from coach.report.links import Paper

MOST_FRAME = 15_500
"""A bigger frame ends a socket, so what is bigger goes to the same door over HTTP."""
JSON = {"content-type": "application/json"}
TARGETS = (
    "/webhooks/rest/webhook",
    "/web/session",
    "/web/messages",
    "/slack/events",
    "/webhooks/teams",
    PATH,
)


async def send(scene: Scene, one: Input) -> None:
    await SENDERS[one.at](scene, one)


async def everywhere(
    scene: Scene, one: Input, at: Callable[[Scene, Input, str], Awaitable[None]]
) -> None:
    """The same at each door where a visitor stands, at the same time."""

    async def told(channel: str) -> None:
        try:
            await at(scene, one, channel)
        except (AssertionError, TimeoutError) as error:
            why = str(error) or f"no answer; waiting: {scene.waiting()}"
            raise AssertionError(f"at {channel}: {why}") from error

    await asyncio.gather(*(told(channel) for channel in CHANNELS))


# --- what is said --------------------------------------------------------------------------------


async def _text(scene: Scene, one: Input) -> None:
    await everywhere(scene, one, _say)
    if isinstance(one.value, str):
        await _fill_in(scene, one)


async def _say(scene: Scene, one: Input, channel: str) -> None:
    visitor = scene.visitors[channel]
    if channel == "web" and len(json.dumps(one.value)) > MOST_FRAME:
        body = json.dumps({"token": one.value}).encode()
        answer = await scene.house.client.post("/web/session", content=body, headers=JSON)
        assert answer.status_code == 413 and is_refusal(answer.text), answer.status_code
        return
    before = len(visitor.read())
    status = await visitor.send(one.value)
    await visitor.settled()
    if one.expect == "refused":
        assert 400 <= status < 500 or (channel == "slack" and status == 200), f"status {status}"
        if (
            status != 413
        ):  # of what is too big for a platform's request nothing is read, nor who sent it
            await until(lambda: any(is_refusal(sentence) for sentence in visitor.told()))
        return
    assert status == 200, f"status {status}"
    await _answered(scene, channel, before)
    if one.expect == "kept":
        assert scene.last_words(channel) == one.value, "changed before it was stored"


async def _answered(scene: Scene, channel: str, before: int) -> None:
    visitor = scene.visitors[channel]
    await until(lambda: len(visitor.read()) > before)
    said = " ".join(word for read in visitor.read()[before:] for word in read.words)
    assert is_dutch(said), f"no ordinary Dutch: {said[:80]!r}"


async def _fill_in(scene: Scene, one: Input) -> None:
    """On the form it is what somebody answers to the first question, shown again as the rest is missing."""
    answer = await scene.form.send("tekst-sturing", one.value)
    assert 400 <= answer.status_code < 500, f"form: {answer.status_code}"
    assert '<html lang="nl">' in answer.text and is_dutch(answer.text), "form: no page of ours"
    if one.expect == "kept":
        shown = one.value.replace("\r\n", "\n").strip()
        assert shown in html.unescape(answer.text), "form: changed"
        assert "<script" not in answer.text, "form: markup became active"


async def _payload(scene: Scene, one: Input) -> None:
    async def at(scene: Scene, one: Input, channel: str) -> None:
        before = len(scene.visitors[channel].read())
        status = await use_button(scene.visitors[channel], one.value)
        assert status == 200, f"status {status}"
        await scene.visitors[channel].settled()
        await _answered(scene, channel, before)

    await everywhere(scene, one, at)
    answer = await scene.form.send("niveau-sturing", one.value)
    assert answer.status_code == 422, f"form: {answer.status_code}"


async def _id(scene: Scene, one: Input) -> None:
    async def at(scene: Scene, one: Input, channel: str) -> None:
        before = len(scene.visitors[channel].read())
        status = await name_oneself(scene, channel, one.value)
        if channel == "slack":  # Slack alone can send these, and it names people itself
            assert status < 500, f"status {status}"
        elif one.expect == "refused":
            assert 400 <= status < 500, f"status {status}"
        else:
            assert status == 200, f"status {status}"
        await scene.visitors[channel].settled()
        if one.expect == "reply" and channel in ("web", "teams"):
            await _answered(scene, channel, before)

    await everywhere(scene, one, at)


# --- requests that are not ours ------------------------------------------------------------------


async def _body(scene: Scene, one: Input) -> None:
    body = one.value.encode(errors="surrogatepass")
    for target in TARGETS:
        headers = dict(JSON)
        if target == "/slack/events":
            headers = payloads.headers(body)
        elif target == "/webhooks/teams":
            headers["authorization"] = f"Bearer {scene.house.microsoft.token()}"
        elif target == PATH:
            headers["content-type"] = "application/x-www-form-urlencoded"
        try:
            answer = await scene.house.client.post(target, content=body, headers=headers)
        except httpx.WriteError:  # it hung up on us half-way, which is as good
            continue
        assert answer.status_code < 500, f"{target}: {answer.status_code}"
        if target in (
            "/slack/events",
            "/web/session",
        ):  # nobody reads it there; a session may be empty
            continue
        assert answer.status_code >= 400, f"{target}: {answer.status_code}"
        assert is_refusal(answer.text) or '<html lang="nl">' in answer.text, f"{target}: no Dutch"


async def _path(scene: Scene, one: Input) -> None:
    # from outside, as a proxy passes it on: this machine itself may read more
    path, outside = quote(one.value, safe="%/.;:?=&"), "X-Forwarded-For: 203.0.113.7"
    answer = await raw.get(scene.house.url, path, outside)
    _refused(scene, answer, one.value[:40])


async def _link(scene: Scene, one: Input) -> None:
    for paper in Paper:
        path = f"/{paper}/{quote(one.value, safe='%')}.html"
        _refused(scene, await raw.get(scene.house.url, path, "Accept: text/html"), str(paper))


def _refused(scene: Scene, answer: raw.Answer, what: str) -> None:
    scene.bodies.append(answer.text)
    assert 400 <= answer.status < 500, f"{what}: {answer.status}"
    assert is_refusal(answer.text), f"{what}: {answer.text[-60:]!r}"


async def _header(scene: Scene, one: Input) -> None:
    url, said = scene.house.url, json.dumps({"sender": "kop", "message": "hallo"}).encode()
    answers = {
        "rest": await raw.post(url, "/webhooks/rest/webhook", said, one.value),
        "session": await raw.post(url, "/web/session", b'{"token": null}', one.value),
        "form": await raw.get(url, PATH, one.value),
        "page": await raw.get(url, "/", one.value),
        "socket": await raw.get(url, "/socket.io/?EIO=4&transport=polling", one.value),
    }
    for name, answer in answers.items():
        scene.bodies.append(answer.text)
        assert answer.count == 1 and 200 <= answer.status < 500, f"{name}: {answer.raw[:60]!r}"


async def _http(scene: Scene, one: Input) -> None:
    answer = await raw.exchange(scene.house.url, one.value.encode())
    scene.bodies.append(answer.text)
    assert answer.count <= 1 and answer.status < 500, answer.raw[:80]


# --- sessions ------------------------------------------------------------------------------------


async def _token(scene: Scene, one: Input) -> None:
    """At the session, the page, the form, the socket, Teams and Slack: nobody knows who this is."""
    real = str(scene.quiet["web"].tab.token)  # type: ignore[attr-defined]
    token = forge(one.value["forge"], real) if isinstance(one.value, dict) else one.value
    url, client = scene.house.url, scene.house.client
    body = json.dumps({"token": token}).encode()
    given = await client.post("/web/session", content=body, headers=JSON)
    assert given.status_code < 500 and not given.json().get("resumed"), "a session was resumed"
    cookie = f"Cookie: {COOKIE}={token}"
    _refused(scene, await raw.get(url, "/web/talk", cookie), "cookie")
    form = await raw.get(url, PATH, cookie)
    assert form.status < 500 and "checked" not in form.text, f"form: {form.status}"
    tab = Tab(url, token)
    try:
        await tab.__aenter__()
        await tab.__aexit__()
        raise AssertionError("a socket was opened")
    except NotConnected:
        scene.bodies.append(json.dumps(tab.heard, default=str, ensure_ascii=False))
    await _platforms(scene, token)


async def _platforms(scene: Scene, token: str) -> None:
    """As the bearer of Teams, and as the signature of Slack."""
    url, event = scene.house.url, json.dumps(payloads.callback(payloads.message("hallo"))).encode()
    activity = json.dumps(scene.house.microsoft.recorded("message")).encode()
    teams = await raw.post(url, "/webhooks/teams", activity, f"Authorization: Bearer {token}")
    now = payloads.headers(event)["x-slack-request-timestamp"]
    signed = (f"X-Slack-Request-Timestamp: {now}", f"X-Slack-Signature: v0={token}")
    slack = await raw.post(url, "/slack/events", event, *signed)
    for name, answer in (("teams", teams), ("slack", slack)):
        scene.bodies.append(answer.text)
        assert 400 <= answer.status < 500, f"{name}: {answer.status}"


SENDERS: dict[str, Any] = {
    "text": _text, "value": _text, "payload": _payload, "id": _id, "body": _body, "path": _path,
    "link": _link, "header": _header, "http": _http, "token": _token,
}  # fmt: skip
