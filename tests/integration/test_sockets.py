"""The web door over a socket, on a real port: one talk in every tab, and nothing for whoever should have nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import jwt
import pytest
import socketio
from served import PATIENCE, Served, Tab, until
from starlette.applications import Starlette
from talking import SECRET, Store

from bot.channels.guard import MOST_CHARACTERS, _sentences
from bot.channels.sessions import Tokens
from bot.engine import Engine
from coach.store.tables import addresses, inbox, outbox, talks

Make = Callable[..., Starlette]
INTRANET = "https://intranet.example.nl"
SLOW = {"PADWIJZER_BURST": "10"}


@pytest.fixture
async def bot(application: Make, serve: Any, stores: Store) -> Served:
    return await serve(application(stores))


@pytest.fixture
async def quick(application: Make, serve: Any, sqlite: Store) -> Served:
    """Where the kind of database makes no difference."""
    return await serve(application(sqlite, PADWIJZER_ORIGINS=INTRANET))


def _expect_refusal(answer: Any, code: str) -> None:
    assert answer == {"ok": False, "code": code, "message": _sentences()[code]}


async def _begin(tab: Tab) -> dict[str, Any]:
    await tab.turn("", "/greet")
    return await tab.press("medewerker", "team", "ja")


# --- one talk ------------------------------------------------------------------------------------


async def test_a_message_is_acknowledged_and_its_answer_comes(bot: Served, stores: Store) -> None:
    async with Tab(bot.url, await bot.token()) as tab:
        state = await tab.turn("hallo")
        assert (state["phase"], state["progress"]) == ("role", None)
        assert [m["from"] for m in tab.got] == ["user", "bot", "bot"]
        assert tab.got[0]["text"] == "hallo" and tab.got[-1]["buttons"]
        assert all(set(b) == {"title", "payload"} for b in tab.got[-1]["buttons"])
        assert tab.heard[0] == ("working", {"on": True})
        state = await tab.press("medewerker", "team", "ja")
        assert (state["phase"], state["progress"]["asked"]) == ("question", 1)
        assert tab.numbers == list(range(1, len(tab.got) + 1))
        history = await tab.history()
        assert history["messages"] == tab.got and history["state"] == state
        assert history["working"] is False
    assert all(row.sent for row in stores.rows(outbox))
    assert stores.count(addresses) == stores.count(talks) == 1


async def test_an_acknowledged_message_is_in_the_inbox(
    quick: Served, sqlite: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, gate = engine.hold, asyncio.Event()

    async def waiting(*given: Any, **named: Any) -> Any:
        await gate.wait()
        return await hold(*given, **named)

    monkeypatch.setattr(engine, "hold", waiting)
    async with Tab(quick.url, await quick.token()) as tab:
        assert await tab.say("hallo", message_id="m1") == {"ok": True}
        assert [(r.message_id, r.status) for r in sqlite.rows(inbox)] == [("m1", "new")]
        assert (await tab.history())["working"] is True and not tab.got
        gate.set()
        await until(lambda: tab.got)


async def test_two_tabs_see_one_talk(bot: Served) -> None:
    token = await bot.token()
    async with Tab(bot.url, token) as one, Tab(bot.url, await bot.token(token)) as two:
        await one.turn("hallo")
        await until(lambda: len(two.got) == len(one.got))
        await two.press("medewerker")
        await one.press("team")
        await until(lambda: two.numbers == one.numbers and two.state == one.state)
        assert one.got == two.got
        assert one.got[0]["text"] == "hallo"


async def test_a_reload_goes_on_where_it_was(bot: Served) -> None:
    token = await bot.token()
    async with Tab(bot.url, token) as tab:
        await _begin(tab)
        before = tab.got
    async with httpx.AsyncClient(base_url=bot.url) as client:
        answer = (await client.post("/web/session", json={"token": token})).json()
    assert answer["resumed"] is True
    async with Tab(bot.url, answer["token"]) as tab:
        history = await tab.history()
        assert history["messages"] == before and history["state"]["phase"] == "question"
        tab.got.extend(history["messages"])
        assert (await tab.press("niveau_2"))["construct"] == "weten"
        later = await tab.history(tab.numbers[-2])
        assert [m["n"] for m in later["messages"]] == tab.numbers[-1:]


async def test_the_service_restarts_in_the_middle(
    application: Make, serve: Any, stores: Store, bot: Served
) -> None:
    async with Tab(bot.url, await bot.token()) as tab:
        await _begin(tab)
        await bot.stop()
        await until(lambda: not tab.client.connected)
        again = await serve(application(stores), bot.port)
        await until(lambda: tab.client.connected)
        history = await tab.history()
        assert history["messages"] == tab.got
        assert (await tab.press("niveau_2"))["construct"] == "weten"
        await again.stop()


async def test_what_was_acknowledged_before_a_crash_is_answered_after_it(
    application: Make, serve: Any, stores: Store, bot: Served, engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    token = await bot.token()

    async def dies(*_: Any, **__: Any) -> Any:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # as when the process ends in the turn
        await asyncio.sleep(0)

    async with Tab(bot.url, token) as tab:
        await _begin(tab)
        with monkeypatch.context() as patch:
            patch.setattr(engine, "hold", dies)
            assert await tab.say("dat weet ik niet", message_id="laatste") == {"ok": True}
            await bot.stop()
    assert [row.status for row in stores.rows(inbox)][-1] == "new"
    again = await serve(application(stores), bot.port)
    async with Tab(again.url, token) as tab:
        messages = (await tab.history())["messages"]
        assert messages[-1]["from"] == "bot"
        assert [m["text"] for m in messages].count("dat weet ik niet") == 1
        assert await tab.say("dat weet ik niet", message_id="laatste") == {"ok": True}
        await until(lambda: ("working", {"on": False}) in tab.heard)
        assert (await tab.history())["messages"] == messages
    await again.stop()


async def test_the_same_id_has_one_effect(bot: Served, stores: Store) -> None:
    token = await bot.token()
    async with Tab(bot.url, token) as tab, Tab(bot.url, token) as other:
        await _begin(tab)
        button = tab.got[-1]["buttons"][0]
        sent = [t.say(button["title"], button["payload"], "dubbel") for t in (tab, other) * 3]
        assert await asyncio.gather(*sent) == [{"ok": True}] * 6
        await until(
            lambda: (tab.state["construct"], tab.heard[-1]) == ("weten", ("working", {"on": False}))
        )
        history = (await tab.history())["messages"]
    assert [m["n"] for m in history] == list(range(1, len(history) + 1))
    assert len(stores.rows(talks)[0].state["slots"]["interview"]["trail"]) == 1
    assert [row.message_id for row in stores.rows(inbox)].count("dubbel") == 1


async def test_messages_in_a_row_are_answered_in_order(bot: Served, stores: Store) -> None:
    async with Tab(bot.url, await bot.token()) as tab:
        said = ["hallo", "ik ben medewerker", "mijn team", "ja"]
        for text in said:
            await tab.client.emit("say", {"id": text, "text": text})
        await until(lambda: ("working", {"on": False}) in tab.heard)
        assert [m["text"] for m in tab.got if m["from"] == "user"] == said
        assert tab.numbers == sorted(tab.numbers)
        assert tab.state["phase"] == "question"


async def test_a_message_from_ourselves_comes_by_itself(bot: Served, stores: Store) -> None:
    async with Tab(bot.url, await bot.token()) as tab:
        await tab.turn("hallo")
        last = stores.rows(outbox)[-1]
        row = {"talk": last.talk, "inbox": last.inbox, "line": last.line + 1, "sent": False}
        with stores.database.begin() as db:
            db.execute(outbox.insert().values(**row, message={"text": "Hoe ging het?"}))
        await until(lambda: tab.got[-1]["text"] == "Hoe ging het?")
        assert tab.got[-1]["n"] == last.line + 1 and tab.got[-1]["from"] == "bot"


async def test_forgetting_wipes_this_talk_and_no_other(bot: Served, stores: Store) -> None:
    token = await bot.token()
    alone = Tab(bot.url, await bot.token())
    async with Tab(bot.url, token) as tab, Tab(bot.url, token) as second, alone as other:
        await _begin(tab)
        await other.turn("hallo")
        assert await tab.call("forget") == {"ok": True}
        await until(lambda: ("forgotten", {}) in second.heard)
        await until(lambda: second.state["phase"] == "none")
        assert (await tab.history())["messages"] == []
        assert len((await other.history())["messages"]) == 3
        assert stores.count(talks) == 1
        assert (await tab.turn("hallo"))["phase"] == "role"


async def test_a_turn_that_could_not_be_stored_is_told_and_comes_later(
    bot: Served, stores: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def write(self, *_: Any) -> None:
            raise ValueError("this record is broken")

    hold, left = engine.hold, [1]

    async def unlucky(*given: Any, **named: Any) -> Any:
        held = await hold(*given, **named)
        if left[0]:
            left[0] -= 1
            held.records.append(Broken())
        return held

    async with Tab(bot.url, await bot.token()) as tab:
        monkeypatch.setattr(engine, "hold", unlucky)
        assert await tab.say("hallo") == {"ok": True}
        await until(lambda: any(event == "trouble" for event, _ in tab.heard))
        [trouble] = [data for event, data in tab.heard if event == "trouble"]
        assert trouble == {"code": "kept", "message": _sentences()["kept"]}
        await until(lambda: tab.got)
        assert (await tab.history())["state"]["phase"] == "role"


# --- who may come in -----------------------------------------------------------------------------


def _forged() -> dict[str, Any]:
    claims = {"aud": "padwijzer-web", "sub": "iemand", "exp": 4_000_000_000}
    none = jwt.encode(claims, None, algorithm="none")
    own = Tokens(SECRET)
    return {
        "nothing": None,
        "empty": "",
        "a list": ["x"],
        "a dict": {"sub": "iemand"},
        "a guessed id": "iemand",
        "forged": jwt.encode(claims, "k" * 32, algorithm="HS256"),
        "alg none": none,
        "expired": jwt.encode({**claims, "exp": 1}, own._key, algorithm="HS256"),
        "wrong aud": jwt.encode({**claims, "aud": "x"}, own._key, algorithm="HS256"),
        "a lone surrogate": "\ud800",
    }


REFUSED = {"message": _sentences()["no_session"], "data": {"code": "no_session"}}


async def test_a_bad_token_opens_nothing(quick: Served, sqlite: Store) -> None:
    for token in _forged().values():
        tab = Tab(quick.url, token)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await tab.__aenter__()
        assert tab.heard == [("connect_error", REFUSED)]
    assert not sqlite.count(inbox)


async def test_a_bad_token_opens_nothing_by_polling(quick: Served, sqlite: Store) -> None:
    given = [{"token": token} for token in _forged().values()]
    async with httpx.AsyncClient(base_url=quick.url) as client:
        for auth in ("", *map(json.dumps, (*given, None, "token", ["token"], 7))):
            opened = await client.get("/socket.io/?EIO=4&transport=polling")
            path = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened.text[1:])['sid']}"
            assert (await client.post(path, content=f"40{auth}")).status_code == 200
            answer = (await client.get(path)).text
            assert answer.startswith("44") and json.loads(answer[2:]) == REFUSED
            said = '42["say",{"id":"1","text":"hallo"}]'
            assert (await client.post(path, content=said)).status_code < 500
    assert not sqlite.count(inbox)


async def test_a_session_is_never_taken_from_what_somebody_says_it_is(
    quick: Served, sqlite: Store
) -> None:
    async with httpx.AsyncClient(base_url=quick.url) as client:
        given = set()
        for token in [*_forged().values(), *_forged().values()]:
            if token == "\ud800":
                continue
            answer = (await client.post("/web/session", json={"token": token})).json()
            assert answer["resumed"] is False
            given.add(Tokens(SECRET).read(answer["token"]))
        assert len(given) == 2 * (len(_forged()) - 1) and None not in given
        assert "set-cookie" not in (await client.post("/web/session", json={"token": None})).headers


async def test_two_browsers_with_the_same_guess_see_nothing_of_each_other(quick: Served) -> None:
    guess = "dezelfde-gok"
    tokens = [await quick.token(guess) for _ in range(2)]
    async with Tab(quick.url, tokens[0]) as one, Tab(quick.url, tokens[1]) as two:
        await one.turn("hallo")
        assert await one.call("say", {"id": "1", "text": "x", "sender": guess}) == {"ok": True}
        assert (await two.history())["messages"] == [] and not two.got and not two.heard


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://intranet.example.nl"])
async def test_another_site_is_kept_out(quick: Served, sqlite: Store, origin: str) -> None:
    token = await quick.token()
    for transport in ("websocket", "polling"):
        with pytest.raises(socketio.exceptions.ConnectionError):
            async with Tab(quick.url, token, origin, transport):
                pass
    async with httpx.AsyncClient(base_url=quick.url, headers={"origin": origin}) as client:
        told = await client.post("/web/session", json={"token": None})
        assert told.status_code == 403 and told.json()["error"]["code"] == "other_site"
        assert set(told.json()) == {"error"} and "set-cookie" not in told.headers
        assert told.headers["access-control-allow-origin"] == "*", "the widget there may say why"
        line = await client.get("/socket.io/?EIO=4&transport=polling")
        assert line.status_code == 403 and line.json()["error"]["code"] == "not_allowed"
        assert "access-control-allow-origin" not in line.headers


async def test_an_allowed_site_and_our_own_are_let_in(quick: Served) -> None:
    for origin in (INTRANET, quick.url, "http://localhost:8000"):
        async with httpx.AsyncClient(base_url=quick.url, headers={"origin": origin}) as client:
            asked = await client.options("/web/session")
            assert asked.status_code == 204
            assert asked.headers["access-control-allow-headers"] == "content-type"
            answer = await client.post("/web/session", json={"token": None})
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["vary"] == "origin"
        async with Tab(quick.url, answer.json()["token"], origin) as tab:
            assert (await tab.history())["messages"] == []


# --- what is refused -----------------------------------------------------------------------------

SAID: dict[str, tuple[Any, str]] = {
    "nothing": (None, "bad_message"),
    "a text": ("hallo", "bad_message"),
    "a list": (["hallo"], "bad_message"),
    "a number": (7, "bad_message"),
    "no id": ({"text": "hallo"}, "bad_id"),
    "id null": ({"id": None, "text": "hallo"}, "bad_id"),
    "id list": ({"id": ["x"], "text": "hallo"}, "bad_id"),
    "id with NUL": ({"id": "\x00", "text": "hallo"}, "bad_id"),
    "no text": ({"id": "1"}, "empty"),
    "text blank": ({"id": "1", "text": " \n"}, "empty"),
    "text null": ({"id": "1", "text": None}, "bad_message"),
    "text list": ({"id": "1", "text": ["hallo"]}, "bad_message"),
    "text dict": ({"id": "1", "text": {"text": "x"}}, "bad_message"),
    "text number": ({"id": "1", "text": 3}, "bad_message"),
    "text true": ({"id": "1", "text": True}, "bad_message"),
    "text with NUL": ({"id": "1", "text": "\x00"}, "bad_message"),
    "text with a lone surrogate": ({"id": "1", "text": "\ud800"}, "bad_message"),
    "payload number": ({"id": "1", "text": "x", "payload": 3}, "bad_message"),
    "payload dict": ({"id": "1", "text": "x", "payload": {"a": 1}}, "bad_message"),
    "text of 4001 characters": ({"id": "1", "text": "x" * (MOST_CHARACTERS + 1)}, "too_long"),
}
AFTERS = [
    None,
    [],
    3,
    {"after": "1"},
    {"after": -1},
    {"after": 1.5},
    {"after": True},
    {"after": 2**40},
]


async def test_what_is_no_message_is_refused_in_dutch(quick: Served, sqlite: Store) -> None:
    async with Tab(quick.url, await quick.token()) as tab:
        for said, code in SAID.values():
            _expect_refusal(await tab.call("say", said), code)
        for after in AFTERS:
            _expect_refusal(await tab.call("since", after), "bad_message")
        await tab.client.emit("nooit van gehoord", {"x": 1})
        await tab.client.emit("say", ("een", "twee", "drie"))
        await tab.client.emit("connect", {"token": "x"})
        await tab.client.emit("disconnect", "x")
        assert await tab.history() == {
            "ok": True, "messages": [], "working": False, "state": (await tab.history())["state"],
        }  # fmt: skip
    assert not sqlite.count(inbox)


RAW = (
    "", "x", "9", "4", "49", "43", '42', "42{", '42["say"', '42["say",' + "[" * 4_000, "42[]",
    "42[1]", "42[null]", '42[["say"]]', '42{"say":1}', "40", '40{"token":"x"}', "41", "44",
    '451-["say",{"_placeholder":true,"num":0}]', '4599999999-["say"]', "46" , "4/admin,",
    '42/admin,["say",{}]', '4212345678901234567890["say",{"id":"1"}]', "42" + "9" * 5_000 + "[]",
    '42["say",{"id":"1","text":' + "9" * 9_000 + "}]", "\x00", "é" * 100, "6", "5", "1",
)  # fmt: skip


async def test_strange_packets_harm_nobody(
    quick: Served, sqlite: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with Tab(quick.url, await quick.token()) as witness, aiohttp.ClientSession() as web:
        address = f"{quick.url}/socket.io/?EIO=4&transport=websocket"
        token = await quick.token()
        for packet in (*RAW, b"\x00\x01", b"x" * 1_000):
            async with web.ws_connect(address) as ws:
                await ws.receive()
                await ws.send_str("40" + json.dumps({"token": token}))
                await ws.receive()
                await (ws.send_bytes(packet) if isinstance(packet, bytes) else ws.send_str(packet))
                if not ws.closed:
                    await ws.send_str("2")
        assert (await witness.history())["ok"] is True
        assert (await witness.turn("hallo"))["phase"] == "role"
    assert sqlite.count(inbox) == 1
    assert "Traceback" not in caplog.text


async def test_a_megabyte_is_refused_before_it_is_read(
    quick: Served, sqlite: Store, caplog: pytest.LogCaptureFixture
) -> None:
    token = await quick.token()
    async with Tab(quick.url, await quick.token()) as witness:
        tab = Tab(quick.url, token)
        tab.client.reconnection = False
        async with tab:
            await tab.client.emit("say", {"id": "1", "text": "x" * 1_000_000})
            await until(lambda: not tab.client.connected)
        async with httpx.AsyncClient(base_url=quick.url) as client:
            big = b"x" * 1_000_000
            opened = await client.get("/socket.io/?EIO=4&transport=polling")
            sid = json.loads(opened.text[1:])["sid"]
            path = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
            answer = await client.post(path, content=big)
            assert answer.status_code == 413 and answer.json()["error"]["code"] == "too_big"

            async def chunks() -> Any:
                for _ in range(1_000):
                    yield b"x" * 1_000

            assert (await client.post(path, content=chunks())).status_code < 500
            posted = {"id": "1", "text": "x" * 1_000_000}
            assert (await client.post("/web/session", json=posted)).status_code == 413
        assert (await witness.turn("hallo"))["phase"] == "role"
    assert sqlite.count(inbox) == 1


async def test_the_longest_text_fits(quick: Served, sqlite: Store) -> None:
    """As a browser sends it: JSON with the characters themselves, four bytes each."""
    words = "👩" * MOST_CHARACTERS
    address = f"{quick.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as web, web.ws_connect(address) as ws:
        await ws.receive()
        await ws.send_str("40" + json.dumps({"token": await quick.token()}))
        await ws.receive()
        said = {"id": "a" * 36, "text": words}
        await ws.send_str("421" + json.dumps(["say", said], ensure_ascii=False))
        while not (received := (await ws.receive(PATIENCE)).data).startswith("43"):
            pass
    assert received == '431[{"ok":true}]'
    await until(lambda: [row.text for row in sqlite.rows(inbox)] == [words])


COMMANDS = (
    "/restart",
    " /restart",
    '/choose{"value": "niveau_3"}',
    "\n/back",
    "/session_start",
    "/",
)


@pytest.mark.parametrize("typed", COMMANDS)
async def test_a_command_that_was_not_offered_is_only_text(
    quick: Served, sqlite: Store, typed: str
) -> None:
    async with Tab(quick.url, await quick.token()) as tab:
        await tab.turn("hallo")
        before = sqlite.rows(talks)[0].state["slots"]["interview"]
        await tab.turn(typed)
        await tab.turn("x", typed if typed.strip() != "/restart" else " /restart")
        after = sqlite.rows(talks)[0].state
        assert after["slots"]["interview"] == before and after["loop"] == "interview_loop"
        assert [m["text"] for m in tab.got if m["from"] == "user"][1] == typed


# --- too fast ------------------------------------------------------------------------------------


async def test_a_hundred_messages_at_once_are_refused_and_cost_nobody_a_turn(
    application: Make, serve: Any, stores: Store
) -> None:
    bot = await serve(application(stores, **SLOW))
    async with Tab(bot.url, await bot.token()) as fast, Tab(bot.url, await bot.token()) as other:
        await other.turn("hallo")
        flood = [asyncio.create_task(fast.say(f"bericht {n}")) for n in range(100)]
        state = await other.press("medewerker", "team", "ja")
        assert state["phase"] == "question"
        answers = await asyncio.gather(*flood)
        codes = Counter(answer.get("code", "ok") for answer in answers)
        assert set(codes) == {"ok", "too_fast"} and codes["ok"] < 50
        _expect_refusal(next(a for a in answers if not a["ok"]), "too_fast")
        await until(lambda: all(row.status == "done" for row in stores.rows(inbox)))
        said = [m for m in (await fast.history())["messages"] if m["from"] == "user"]
        assert len(said) == codes["ok"]


async def test_the_same_over_http(application: Make, serve: Any, sqlite: Store) -> None:
    bot = await serve(application(sqlite, **SLOW))
    rest = "/webhooks/rest/webhook"
    async with httpx.AsyncClient(base_url=bot.url, timeout=PATIENCE) as client:
        await client.post("/web/session")
        ways: list[Callable[[int], tuple[str, Any]]] = [
            lambda n: ("/web/messages", {"id": str(n), "text": "hallo"}),
            lambda n: (rest, {"sender": "snel", "message": "hallo"}),
        ]
        for way in ways:
            sent = [client.post(path, json=body) for path, body in map(way, range(100))]
            codes = Counter()
            for response in await asyncio.gather(*sent):
                codes[response.status_code] += 1
                if response.status_code == 429:
                    error = response.json()["error"]
                    assert error == {"code": "too_fast", "message": _sentences()["too_fast"]}
                    assert response.headers["retry-after"] == "1"
            assert set(codes) == {200, 429} and codes[200] < 50
        other = await client.post(rest, json={"sender": "rustig", "message": "hallo"})
        assert other.status_code == 200


# --- logs ----------------------------------------------------------------------------------------


async def test_logs_tell_nothing_of_what_was_said(
    quick: Served, caplog: pytest.LogCaptureFixture
) -> None:
    token = await quick.token()
    with caplog.at_level(logging.INFO, "padwijzer"):
        async with Tab(quick.url, token) as tab:
            await tab.turn("hallo geheim-2718")
            await tab.call("say", {"id": "x", "text": ["geheim-2718"]})
            await tab.call("say", {"id": "\x00geheim-2718", "text": "x"})
    assert "message.refused channel=web code=bad_message" in caplog.text
    for secret in ("geheim-2718", token, str(Tokens(SECRET).read(token))):
        assert secret not in caplog.text
