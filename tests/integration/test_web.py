"""The web door: a signed session, the history, buttons that count once, and the pictures."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from talking import OWN_WORDS, Store, value_of

from bot.answers import HEADERS
from bot.channels import pages
from bot.channels.guard import _sentences
from bot.channels.sessions import COOKIE
from coach.domain.path import POSITIONS
from coach.store.tables import inbox, talks

Make = Callable[..., Starlette]
Door = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def app(application: Make, stores: Store) -> AsyncIterator[Starlette]:
    made = application(stores)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def browser(app: Starlette, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with a session."""
    async with door(app) as client:
        await client.post("/web/session")
        yield client


@pytest.fixture
async def stranger(
    sqlite: Store, application: Make, door: Door
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session, at a door that need not hold a turn."""
    async with door(application(sqlite)) as client:
        yield client


async def _send(
    client: httpx.AsyncClient, message_id: str, text: str, payload: Any = None, **headers: str
) -> httpx.Response:
    body = {"id": message_id, "text": text} | ({} if payload is None else {"payload": payload})
    return await client.post("/web/messages", json=body, headers=headers)


async def _talk(client: httpx.AsyncClient, after: Any = 0) -> dict[str, Any]:
    response = await client.get("/web/talk", params={"after": after})
    assert response.status_code == 200, response.text
    return dict(response.json())


def _button(messages: list[dict[str, Any]], value: str) -> str:
    return next(
        b["payload"] for m in messages for b in m["buttons"] if value_of(b["payload"]) == value
    )


async def _press(client: httpx.AsyncClient, *values: str) -> dict[str, Any]:
    reply: dict[str, Any] = await _talk(client)
    for value in values:
        payload = _button(reply["messages"][-3:], value)
        response = await _send(client, f"{value}-{reply['messages'][-1]['n']}", value, payload)
        reply = response.json()
    return reply


def _expect_refusal(response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["message"] == _sentences()[error["code"]]


# --- the session ---------------------------------------------------------------------------------


async def test_a_session_is_a_signed_cookie_that_scripts_cannot_read(
    stranger: httpx.AsyncClient,
) -> None:
    first = await stranger.post("/web/session")
    assert first.json() == {"resumed": False}
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    sender, _, signature = stranger.cookies[COOKIE].rpartition(".")
    assert len(sender) >= 32 and re.fullmatch(r"[0-9a-f]{64}", signature)
    again = await stranger.post("/web/session")
    assert again.json() == {"resumed": True}
    assert stranger.cookies[COOKIE] == f"{sender}.{signature}"


async def test_sessions_differ(stranger: httpx.AsyncClient) -> None:
    seen = set()
    for _ in range(20):
        stranger.cookies.clear()
        await stranger.post("/web/session")
        seen.add(stranger.cookies[COOKIE])
    assert len(seen) == 20


async def test_over_https_the_cookie_stays_on_https(sqlite: Store, application: Make) -> None:
    transport = httpx.ASGITransport(application(sqlite))
    async with httpx.AsyncClient(transport=transport, base_url="https://bot.test") as client:
        cookie = (await client.post("/web/session")).headers["set-cookie"]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert cookie.startswith(f"__Host-{COOKIE}=") and {"secure", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
        assert (await client.get("/web/talk")).status_code == 200, "it is known again by it"


async def test_over_https_a_browser_is_told_never_to_come_without(
    sqlite: Store, application: Make
) -> None:
    for address in ("http://bot.test", "https://bot.test"):
        transport = httpx.ASGITransport(application(sqlite, PADWIJZER_BASE_URL=address))
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            for path in ("/", "/health", "/nergens", "/desk/inloggen", "/formulier"):
                told = (await client.get(path)).headers.get("strict-transport-security", "")
                if address.startswith("https:"):
                    seconds = int(told.partition(";")[0].removeprefix("max-age="))
                    assert seconds >= 365 * 24 * 3600 and "includeSubDomains" in told, path
                else:
                    assert not told, path


FORGED: dict[str, bytes] = {
    "nothing": b"",
    "no signature": b"abc",
    "an empty signature": b"abc.",
    "no id": b"." + b"0" * 64,
    "another signature": b"abc." + b"0" * 64,
    "no ASCII in the signature": b"abc.\xe9\xff",
    "no ASCII in the id": b"\xe9." + b"0" * 64,
    "a long one": b"a" * 5_000 + b"." + b"0" * 64,
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED)
async def test_a_forged_cookie_opens_nothing(
    stranger: httpx.AsyncClient, sqlite: Store, cookie: bytes
) -> None:
    headers = {b"cookie": COOKIE.encode() + b"=" + cookie}
    _expect_refusal(await stranger.get("/web/talk", headers=headers), 401)
    body = {"id": "1", "text": "hallo"}
    _expect_refusal(await stranger.post("/web/messages", json=body, headers=headers), 401)
    assert (await stranger.post("/web/session", headers=headers)).json() == {"resumed": False}
    assert not sqlite.count(inbox)


async def test_the_id_of_somebody_else_does_not_open_their_talk(
    stranger: httpx.AsyncClient,
) -> None:
    await stranger.post("/web/session")
    own = stranger.cookies[COOKIE]
    stranger.cookies.clear()
    await stranger.post("/web/session")
    signature = stranger.cookies[COOKIE].rpartition(".")[2]
    stranger.cookies.clear()
    mixed = f"{COOKIE}={own.rpartition('.')[0]}.{signature}"
    _expect_refusal(await stranger.get("/web/talk", headers={"cookie": mixed}), 401)


async def test_a_cookie_of_another_secret_is_worth_nothing(
    stranger: httpx.AsyncClient, sqlite: Store, application: Make, door: Door
) -> None:
    await stranger.post("/web/session")
    cookie = f"{COOKIE}={stranger.cookies[COOKIE]}"
    other = application(sqlite, PADWIJZER_SECRET="another secret of some thirty characters")
    async with door(other) as client:
        _expect_refusal(await client.get("/web/talk", headers={"cookie": cookie}), 401)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        "null",
        "http://bot.test.evil.test",
        "http://bot.test:81",
        "bot.test",
        "x",
    ],
)
async def test_another_site_is_kept_out(
    stranger: httpx.AsyncClient, sqlite: Store, origin: str
) -> None:
    await stranger.post("/web/session")
    _expect_refusal(await stranger.get("/web/talk", headers={"origin": origin}), 403)
    _expect_refusal(await _send(stranger, "1", "hallo", origin=origin), 403)
    assert not sqlite.count(inbox)


async def test_our_own_site_is_let_in(stranger: httpx.AsyncClient) -> None:
    await stranger.post("/web/session")
    for origin in ("http://bot.test", "https://bot.test"):
        response = await stranger.get("/web/talk", headers={"origin": origin})
        assert response.status_code == 200


# --- messages ------------------------------------------------------------------------------------


async def test_before_a_talk_there_is_nothing(stranger: httpx.AsyncClient) -> None:
    await stranger.post("/web/session")
    talk = await _talk(stranger)
    assert (talk["messages"], talk["state"]["phase"]) == ([], "none")


async def test_the_history_is_there_after_a_reload(browser: httpx.AsyncClient) -> None:
    sent = (await _send(browser, "1", "hallo")).json()
    assert [m["from"] for m in sent["messages"]] == ["user", "bot", "bot"]
    reply = await _press(browser, "medewerker", "team", "ja")
    assert reply["state"]["phase"] == "question"
    assert reply["state"]["progress"]["asked"] == 1
    talk = await _talk(browser)
    numbers = [m["n"] for m in talk["messages"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert talk["messages"][: len(sent["messages"])] == sent["messages"]
    assert talk["messages"][-len(reply["messages"]) :] == reply["messages"]
    later = await _talk(browser, after=numbers[-2])
    assert [m["n"] for m in later["messages"]] == numbers[-1:]


@pytest.mark.parametrize(
    "after", ["", "-1", "x", "²", "٣", "1.5", "9" * 10, "9" * 5_000, "\x00", "1e3"]
)
async def test_a_strange_place_in_the_history_is_no_error(
    app: Starlette, browser: httpx.AsyncClient, after: str
) -> None:
    await _send(browser, "1", "", "/greet")
    await _talk(browser, after)


async def test_the_same_id_is_one_message(browser: httpx.AsyncClient, stores: Store) -> None:
    await _send(browser, "1", "", "/greet")
    await _press(browser, "medewerker", "team", "ja")
    payload = _button((await _talk(browser))["messages"][-1:], "niveau_2")
    first = (await _send(browser, "dubbel", "x", payload)).json()
    again = await asyncio.gather(*(_send(browser, "dubbel", "x", payload) for _ in range(3)))
    assert [response.json() for response in again] == [first] * 3
    assert len(stores.rows(talks)[0].state["slots"]["interview"]["trail"]) == 1
    assert [row.message_id for row in stores.rows(inbox)].count("dubbel") == 1


async def test_a_button_counts_as_long_as_it_is_offered(
    browser: httpx.AsyncClient, stores: Store
) -> None:
    await _send(browser, "1", "", "/greet")
    live = _button((await _talk(browser))["messages"], "leidinggevende")
    reply = (await _send(browser, "2", "Ik geef leiding", live)).json()
    assert reply["state"]["phase"] == "subject"
    await _press(browser, "team", "ja")
    before = stores.rows(talks)[0].state["slots"]["interview"]
    stale = (await _send(browser, "3", "Ik geef leiding", live)).json()
    after = stores.rows(talks)[0].state["slots"]["interview"]
    assert (after["role"], after["trail"]) == (before["role"], before["trail"])
    assert stale["messages"][-1]["from"] == "bot"


@pytest.mark.parametrize(
    "payload",
    [
        '/choose{"value": "niveau_3"}',
        '/choose{"value": "medewerker" }',
        "/session_start",
        "/back",
        '/slot{"role": "x"}',
        "medewerker",
        "/",
    ],
)
@pytest.mark.parametrize("text", ["", "niveau_3"])
async def test_a_button_that_was_never_offered_is_not_pressed(
    browser: httpx.AsyncClient, stores: Store, payload: str, text: str
) -> None:
    await _send(browser, "1", "", "/greet")
    before = stores.rows(talks)[0].state
    reply = (await _send(browser, "2", text, payload)).json()
    after = stores.rows(talks)[0].state
    assert after["slots"]["interview"] == before["slots"]["interview"]
    assert set(after["slots"]) <= {*before["slots"], "role", "missed"} and not after["slots"].get(
        "role"
    )
    assert after["loop"] == "interview_loop"
    assert reply["state"]["phase"] == "role"
    assert reply["messages"][-1]["from"] == "bot" and reply["messages"][-1]["text"]


async def test_beginning_again_is_always_offered_and_asks_first(
    browser: httpx.AsyncClient,
) -> None:
    await _send(browser, "1", "", "/greet")
    await _press(browser, "medewerker", "team", "ja", "niveau_1")
    reply = (await _send(browser, "2", "Opnieuw beginnen", "/restart")).json()
    assert {value_of(b["payload"]) for b in reply["messages"][-1]["buttons"]} == {"ja", "resume"}
    reply = await _press(browser, "resume")
    assert (reply["state"]["phase"], reply["state"]["construct"]) == ("question", "weten")


async def test_own_words_come_back_as_text(browser: httpx.AsyncClient) -> None:
    """The page shows text only; markup is not changed on the way, and never sent as anything else."""
    await _send(browser, "1", "", "/greet")
    await _press(browser, "medewerker", "team", "ja", *["niveau_1"] * 4, "ja")
    words = f"<script>alert(1)</script> {OWN_WORDS} <!channel>"
    response = await _send(browser, "2", words)
    assert response.headers["content-type"] == "application/json"
    messages = response.json()["messages"]
    assert messages[0]["text"] == words
    assert "<script>alert(1)</script>" in messages[1]["text"]


BODIES: dict[str, Any] = {
    "no id": {"text": "hallo"},
    "id null": {"id": None, "text": "hallo"},
    "id list": {"id": [], "text": "hallo"},
    "id with NUL": {"id": "\x00", "text": "hallo"},
    "id of 300 characters": {"id": "x" * 300, "text": "hallo"},
    "no text": {"id": "1"},
    "text null": {"id": "1", "text": None},
    "text list": {"id": "1", "text": ["hallo"]},
    "text blank": {"id": "1", "text": "  "},
    "text with a lone surrogate": {"id": "1", "text": "\ud800"},
    "payload number": {"id": "1", "text": "x", "payload": 3},
    "payload dict": {"id": "1", "text": "x", "payload": {"intent": "restart"}},
    "payload with NUL": {"id": "1", "text": "x", "payload": "\x00"},
    "a list": ["hallo"],
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_what_is_no_message_is_refused_in_dutch(
    stranger: httpx.AsyncClient, sqlite: Store, body: Any
) -> None:
    await stranger.post("/web/session")
    response = await stranger.post(
        "/web/messages", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    _expect_refusal(response, 400)
    assert not sqlite.count(inbox)


@pytest.mark.parametrize(
    ("text", "status"), [("x" * 4_001, 413), ("x" * 20_000, 413), ("é" * 9_000, 413)]
)
async def test_a_text_that_is_too_long_is_refused(
    stranger: httpx.AsyncClient, text: str, status: int
) -> None:
    await stranger.post("/web/session")
    _expect_refusal(await _send(stranger, "1", text), status)


async def test_a_form_of_another_site_is_refused(stranger: httpx.AsyncClient) -> None:
    await stranger.post("/web/session")
    response = await stranger.post(
        "/web/messages",
        content='{"id": "1", "text": "hallo"}',
        headers={"content-type": "text/plain"},
    )
    _expect_refusal(response, 415)


# --- pictures and pages --------------------------------------------------------------------------


@pytest.mark.parametrize("position", POSITIONS, ids=lambda p: p.id)
async def test_every_position_has_its_picture(stranger: httpx.AsyncClient, position: Any) -> None:
    svg = await stranger.get(f"/figuur/{position.id}.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg") and "<script" not in svg.text
    png = await stranger.get(f"/figuur/{position.id}.png")
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")
    assert "max-age" in svg.headers["cache-control"]


@pytest.mark.parametrize(
    "name",
    ["x.svg", "activatie.svg", "activatie-leren", "activatie-leren.gif", "activatie-leren.svg.exe",
     ".svg", "activatie-leren.SVG", "%2e%2e%2fpage.svg", "activatie-leren.svg%00", "é.png"],
)  # fmt: skip
async def test_other_pictures_do_not_exist(stranger: httpx.AsyncClient, name: str) -> None:
    response = await stranger.get(f"/figuur/{name}")
    assert response.status_code == 404
    assert "Deze pagina bestaat niet" in response.text


async def test_the_pictures_of_a_talk_are_on_this_server(browser: httpx.AsyncClient) -> None:
    await _send(browser, "1", "", "/greet")
    reply = await _press(browser, "medewerker", "team", "ja", *["niveau_1"] * 4)
    [shown] = [m for m in reply["messages"] if m["image"]]
    assert shown["image"] == "/figuur/activatie-doelen_stellen.svg"
    assert shown["alt"]
    assert (await browser.get(shown["image"])).status_code == 200


async def test_every_answer_carries_the_protective_headers(stranger: httpx.AsyncClient) -> None:
    asked = {
        ("GET", "/"): 200,
        ("GET", "/formulier"): 200,
        ("GET", "/demo"): 200,
        ("GET", "/widget/padwijzer.js"): 200,
        ("GET", "/widget/padwijzer-chat.js"): 200,
        ("GET", "/widget/nergens.js"): 404,
        ("GET", "/figuur/activatie-leren.svg"): 200,
        ("GET", "/figuur/nergens.svg"): 404,
        ("GET", "/health"): 200,
        ("GET", "/ready"): 200,
        ("GET", "/web/talk"): 401,
        ("POST", "/web/messages"): 401,
        ("GET", "/web/session"): 405,
        ("GET", "/nergens"): 404,
        ("POST", "/web/session"): 200,
    }
    for (method, path), status in asked.items():
        stranger.cookies.clear()
        answer = await stranger.request(method, path)
        assert answer.status_code == status, path
        # only within our own site: without it a browser hides from which page a form was sent
        own = {"referrer-policy": "same-origin"} if path == "/formulier" else {}
        assert {**HEADERS, **own}.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("path", pages.PAGES)
async def test_the_pages_run_no_script_of_their_own(stranger: httpx.AsyncClient, path: str) -> None:
    """The policy allows scripts from this server only, so a page with one inline would be dead."""
    page = (await stranger.get(path)).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=|style=|javascript:", page)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    assert "'unsafe" not in HEADERS["content-security-policy"]


async def test_any_page_may_fetch_the_widget_and_always_gets_the_newest(
    stranger: httpx.AsyncClient,
) -> None:
    answer = await stranger.get(
        "/widget/padwijzer-chat.js", headers={"origin": "https://elders.test"}
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-cache" and answer.headers["etag"]
    talk = await stranger.get("/web/talk", headers={"origin": "https://elders.test"})
    assert "access-control-allow-origin" not in talk.headers


KINDS = {
    "/": "text/html; charset=utf-8",
    "/formulier": "text/html; charset=utf-8",
    "/demo": "text/html; charset=utf-8",
    "/desk/inloggen": "text/html; charset=utf-8",
    "/desk/static/desk.css": "text/css; charset=utf-8",
    "/widget/padwijzer.js": "text/javascript; charset=utf-8",
    "/figuur/activatie-leren.svg": "image/svg+xml",
    "/health": "application/json",
    "/ready": "application/json",
    "/nergens": "application/json",
    "/web/talk": "application/json",
}
"""JSON is UTF-8 by its own standard, and an SVG of ours says so itself."""


async def test_every_answer_says_what_it_is(stranger: httpx.AsyncClient) -> None:
    for path, kind in KINDS.items():
        answer = await stranger.get(path)
        assert answer.headers["content-type"].startswith(kind), path
        if kind == "application/json":
            assert isinstance(answer.json(), dict)


async def test_who_comes_without_https_is_not_sent_on(sqlite: Store, application: Make) -> None:
    """What was sent in the clear has leaked; a silent redirect would hide that. The proxy sends on who opens a page."""
    transport = httpx.ASGITransport(application(sqlite, PADWIJZER_BASE_URL="https://bot.test"))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
        for path in ("/webhooks/rest/webhook", "/web/session", "/web/messages", "/formulier"):
            assert not (await client.post(path, json={})).is_redirect, path
        assert not (await client.get("/web/talk")).is_redirect


HIDDEN = (
    "/docs", "/redoc", "/openapi.json", "/swagger.json", "/status", "/version", "/debug", "/admin", "/env",
    "/model", "/conversations/x/tracker", "/.git/HEAD", "/.git/config", "/.env", "/.svn/entries", "/uv.lock",
    "/pyproject.toml", "/widget/", "/desk/static/", "/figuur/", "/socket", "/widget/../app.py", "/desk/static/..%2fvisit.py",
)  # fmt: skip


async def test_no_list_no_manual_and_no_file_of_ours_is_shown(stranger: httpx.AsyncClient) -> None:
    for path in HIDDEN:
        answer = await stranger.get(path)
        assert answer.status_code in (404, 405), path
        assert "href" not in answer.text and "import" not in answer.text, path


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"])
async def test_methods_that_nobody_needs_are_refused(
    stranger: httpx.AsyncClient, method: str
) -> None:
    for path in ("/", "/web/session", "/desk/inloggen", "/health", "/socket.io/"):
        answer = await stranger.request(method, path, headers={"x-geheim": "2718"})
        assert answer.status_code in (400, 404, 405), path
        assert "2718" not in answer.text
