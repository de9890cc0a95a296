"""The REST door: Rasa's own JSON, and a Dutch sentence for everything that it does not take."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from starlette.applications import Starlette
from talking import SECRET, Person, Store, value_of
from talking import bare as bare_state

from bot.answers import HEADERS
from bot.channels.guard import MOST_CHARACTERS, Refused, _sentences
from bot.engine import Engine, Held
from bot.turns.worker import Turns
from coach.store import database
from coach.store.tables import inbox, talks

PATH = "/webhooks/rest/webhook"
LEAKS = re.compile(
    r"Traceback|File \"|bot/turns|coach/store|site-packages|sqlalchemy|psycopg|sqlite|uvicorn|3\.6\.21"
)

DAMAGED = {
    "slots": {"part": "interview", "interview": {"geheim-2718": 1}},
    "loop": "interview_loop",
}

Make = Callable[..., Starlette]
Door = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def rest(application: Make, door: Door, stores: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with _open(application(stores), door) as client:
        yield client


@asynccontextmanager
async def _open(app: Starlette, door: Door, *more: str) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app), door(app, *more) as client:
        yield client


async def _say(client: httpx.AsyncClient, text: Any, sender: Any = "iemand", **more: Any) -> Any:
    response = await client.post(PATH, json={"sender": sender, "message": text, **more})
    assert response.status_code == 200, response.text
    return response.json()


def _state(answer: list[dict[str, Any]]) -> dict[str, Any]:
    [state] = [m["custom"]["state"] for m in answer if "state" in m.get("custom", {})]
    assert "custom" in answer[-1]
    return dict(state)


def _payload(answer: list[dict[str, Any]], value: str) -> str:
    buttons = [b for message in answer for b in message.get("buttons", [])]
    return next(b["payload"] for b in buttons if value_of(b["payload"]) == value)


async def _reach_question(client: httpx.AsyncClient, sender: str = "iemand") -> Any:
    answer = await _say(client, "hallo", sender)
    for value in ("medewerker", "team", "ja"):
        answer = await _say(client, _payload(answer, value), sender)
    return answer


def _expect_refusal(response: httpx.Response, *statuses: int) -> None:
    """A refusal is JSON with a Dutch sentence, and tells nothing about the house."""
    assert response.status_code in statuses, response.text
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert error["message"] == _sentences()[error["code"]]
    assert not LEAKS.search(response.text)


# --- the contract --------------------------------------------------------------------------------


async def test_the_answer_is_a_list_of_rasas_messages_with_the_state_once(
    rest: httpx.AsyncClient,
) -> None:
    answer = await _say(rest, "hallo")
    assert {m["recipient_id"] for m in answer} == {"iemand"}
    assert all(isinstance(m["text"], str) and m["text"] for m in answer[:-1])
    [buttons] = [m["buttons"] for m in answer if "buttons" in m]
    assert all(set(b) == {"title", "payload"} for b in buttons)
    assert set(answer[-1]) == {"recipient_id", "custom"}
    assert {"phase", "construct", "ring"} <= set(_state(answer))


async def test_the_state_says_where_the_talk_is(rest: httpx.AsyncClient) -> None:
    answer = await _reach_question(rest)
    assert _state(answer) | {"phase": "question", "construct": "sturing", "ring": None} == _state(
        answer
    )
    for _ in range(3):
        answer = await _say(rest, _payload(answer, "niveau_1"))
    now = _state(answer)
    assert (now["construct"], now["ring"]) == ("doelen_stellen", "activatie")
    answer = await _say(rest, _payload(answer, "niveau_1"))
    now = _state(answer)
    assert (now["phase"], now["construct"], now["ring"]) == ("review", None, None)
    assert now["position"] == "activatie-doelen_stellen"
    [image] = [m["image"] for m in answer if "image" in m]
    assert image.endswith("/figuur/activatie-doelen_stellen.png")


async def test_senders_have_talks_of_their_own(rest: httpx.AsyncClient) -> None:
    await _reach_question(rest, "een")
    assert _state(await _say(rest, "hallo", "twee"))["phase"] == "role"


async def test_the_same_message_id_is_one_message(rest: httpx.AsyncClient, stores: Store) -> None:
    answer = await _reach_question(rest)
    press = _payload(answer, "niveau_2")
    first = await _say(rest, press, message_id="dubbel")
    assert await _say(rest, press, message_id="dubbel") == first
    assert _state(first)["construct"] == "weten"
    assert len(stores.rows(talks)[0].state["slots"]["interview"]["trail"]) == 1


async def test_replies_that_were_never_shown_come_with_the_next_answer(
    rest: httpx.AsyncClient, stores: Store, engine: Engine
) -> None:
    """The service stopped between storing and showing."""
    await _say(rest, "hallo")
    stopped = Turns(engine, stores.ledger, SECRET)
    stored = await Person(stopped).say("ik ben medewerker")
    stopped.close()
    unseen = [reply.message["text"] for reply in stored]
    answer = [m["text"] for m in await _say(rest, "mijn team") if "text" in m]
    assert answer[: len(unseen)] == unseen and len(answer) > len(unseen)
    assert unseen[0] not in [m.get("text") for m in await _say(rest, "hoeveel nog?")]


# --- what is refused -----------------------------------------------------------------------------

DEEP = "[" * 4_000
BODIES: dict[str, Any] = {
    "no sender": {"message": "hallo"},
    "sender null": {"sender": None, "message": "hallo"},
    "sender empty": {"sender": "", "message": "hallo"},
    "sender blank": {"sender": " \t", "message": "hallo"},
    "sender list": {"sender": ["a", "b"], "message": "hallo"},
    "sender dict": {"sender": {"a": 1}, "message": "hallo"},
    "sender bool": {"sender": True, "message": "hallo"},
    "sender number": {"sender": 7, "message": "hallo"},
    "sender with NUL": {"sender": "a\x00b", "message": "hallo"},
    "sender with a lone surrogate": {"sender": "a\ud800b", "message": "hallo"},
    "sender of 300 characters": {"sender": "a" * 300, "message": "hallo"},
    "no message": {"sender": "a"},
    "message null": {"sender": "a", "message": None},
    "message list": {"sender": "a", "message": ["hallo"]},
    "message dict": {"sender": "a", "message": {"text": "hallo"}},
    "message bool": {"sender": "a", "message": False},
    "message number": {"sender": "a", "message": 3},
    "message empty": {"sender": "a", "message": ""},
    "message blank": {"sender": "a", "message": " \n "},
    "message with NUL": {"sender": "a", "message": "ha\x00llo"},
    "message with a lone surrogate": {"sender": "a", "message": "ha\udfffllo"},
    "message of 4001 characters": {"sender": "a", "message": "x" * 4_001},
    "body of 20 kB": {"sender": "a", "message": "hallo", "more": "x" * 20_000},
    "id list": {"sender": "a", "message": "hallo", "message_id": ["x"]},
    "id true": {"sender": "a", "message": "hallo", "message_id": True},
    "id with NUL": {"sender": "a", "message": "hallo", "message_id": "\x00"},
    "id of 300 characters": {"sender": "a", "message": "hallo", "message_id": "x" * 300},
    "a list": [1],
    "null": None,
    "a text": "hallo",
    "a number": 1e999,
}
RAW: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "application/json"),
    "broken JSON": (b'{"sender": "a", "message": ', "application/json"),
    "deep nesting": (DEEP.encode(), "application/json"),
    "deep nesting in a key": (b'{"sender":"a","message":' + DEEP.encode(), "application/json"),
    "no UTF-8": (b'{"sender": "\xff", "message": "hallo"}', "application/json"),
    "a very long number": (b'{"sender": ' + b"9" * 5_000 + b"}", "application/json"),
    "plain text": (b'{"sender": "a", "message": "hallo"}', "text/plain"),
    "a form": (b"sender=a&message=hallo", "application/x-www-form-urlencoded"),
    "no content type": (b'{"sender": "a", "message": "hallo"}', ""),
    "many bytes": (b" " * 1_000_000, "application/json"),
}


@pytest.fixture
async def bare(application: Make, door: Door, stores: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The door without its warming up: what is refused never comes to a turn."""
    async with door(application(stores)) as client:
        yield client


async def test_what_is_no_message_is_refused_in_dutch(
    bare: httpx.AsyncClient, stores: Store
) -> None:
    wanted = {"message of 4001 characters": 413, "body of 20 kB": 413, "many bytes": 413}
    wanted |= dict.fromkeys(("plain text", "a form", "no content type"), 415)
    sent = {name: (json.dumps(body).encode(), "application/json") for name, body in BODIES.items()}
    for name, (content, kind) in {**sent, **RAW}.items():
        headers = {"content-type": kind} if kind else {}
        response = await bare.post(PATH, content=content, headers=headers)
        _expect_refusal(response, wanted.get(name, 400))
    assert not stores.count(talks) and not stores.count(inbox)


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json;charset=UTF-8"]
)
async def test_json_with_a_charset_is_json(rest: httpx.AsyncClient, kind: str) -> None:
    body = json.dumps({"sender": "a", "message": "hallo"}).encode()
    response = await rest.post(PATH, content=body, headers={"content-type": kind})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        "é" * MOST_CHARACTERS,
        "ik 👩🏽‍🏭 \u202eleer\u202c \x1b[31m {naam.__class__} '; DROP TABLE talks; --",
    ],
)
async def test_odd_but_honest_text_is_kept_exactly(
    rest: httpx.AsyncClient, stores: Store, words: str
) -> None:
    response = await rest.post(
        PATH,
        content=json.dumps({"sender": "a", "message": words}, ensure_ascii=False).encode(),
        headers={"content-type": "application/json"},
    )
    assert response.status_code == 200
    assert [row.text for row in stores.rows(inbox)] == [words]
    assert response.json()[0]["text"]


async def test_other_ways_in_do_not_exist(bare: httpx.AsyncClient) -> None:
    """None of Rasa's own API is here: no trackers, no model, no version, no way to inject events."""
    assert (await bare.get(PATH)).status_code == 405
    for path in (
        "/version", "/status", "/domain", "/model", "/model/parse", "/webhooks/rest", "/webhook",
        "/conversations/iemand/tracker", "/conversations/iemand/tracker/events", "/docs",
        "/webhooks/rest/../../etc/passwd", "/widget/../package.json", "/widget/%2e%2e/package.json",
    ):  # fmt: skip
        for method in ("GET", "POST", "PUT", "DELETE"):
            response = await bare.request(method, path)
            assert response.status_code in (404, 405), (method, path)
            assert not LEAKS.search(response.text)


# --- a text is never a command -------------------------------------------------------------------

VEIL = "\u200b"
"""Behind it a slash is no command, not even to Rasa: so it is understood as a text."""
COMMANDS = (
    "/restart",
    "/session_start",
    '/choose{"value":"niveau_3"}',
    '/choose{"value": "leidinggevende"}',
    " /back",
    "\n/back",
    '/slot{"role":"x"}',
    '/inform{"role": "x", "consent": true}',
    "/greet",
    "/",
    "//",
)


@pytest.mark.parametrize("typed", COMMANDS)
async def test_a_typed_command_is_only_text(
    sqlite: Store, application: Make, door: Door, engine: Engine, typed: str
) -> None:
    async with _open(application(sqlite), door) as client:
        answer = await _reach_question(client)
        await _say(client, _payload(answer, "niveau_2"))
        before = sqlite.rows(talks)[0].state
        as_text = await engine.hold("x", before, f"{VEIL}{typed.strip()}", command=False)
        answer = await _say(client, typed)
        after = sqlite.rows(talks)[0].state
    assert [m["text"] for m in answer if "text" in m]
    assert bare_state(after) == bare_state(as_text.state)
    slots = after["slots"]
    assert set(slots) <= {*before["slots"], "missed"}
    assert slots["role"] == "medewerker" and slots["part"] == "interview"
    interview, was = slots["interview"], before["slots"]["interview"]
    assert (interview["role"], interview["subject"], interview["consent"]) == (
        "medewerker", "team", True,
    )  # fmt: skip
    assert all(e["read_as"] != "button" for e in interview["trail"][len(was["trail"]) :])
    assert sqlite.rows(inbox)[-1].text == typed


# --- who may use it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "host", "given", "status"),
    [
        ("", "127.0.0.1", None, 200),
        ("", "::1", None, 200),
        ("", "10.0.0.5", None, 403),
        ("", "10.0.0.5", "Bearer ", 403),
        ("t0ken", "127.0.0.1", None, 200),
        ("t0ken", "10.0.0.5", None, 403),
        ("t0ken", "10.0.0.5", "Bearer anders", 403),
        ("t0ken", "10.0.0.5", b"Bearer \xe9", 403),
        ("t0ken", "10.0.0.5", "Bearer t0ken", 200),
    ],
)
async def test_a_token_is_wanted_from_others_than_this_machine(
    sqlite: Store, application: Make, door: Door,
    token: str, host: str, given: str | bytes | None, status: int,
) -> None:  # fmt: skip
    async with door(application(sqlite, PADWIJZER_REST_TOKEN=token), host) as client:
        headers = {} if given is None else {"authorization": given}
        response = await client.post(
            PATH, json={"sender": "a", "message": "hallo"}, headers=headers
        )
    if status == 200:
        assert response.status_code == 200
    else:
        _expect_refusal(response, status)
        assert not sqlite.count(inbox)


# --- when something breaks -----------------------------------------------------------------------


@pytest.fixture
def impatient(stores: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """SQLite waits long for a lock; here it gives up soon."""
    monkeypatch.setattr(database, "BUSY_MS", 50)
    store = stores.again()
    yield store
    store.close()


async def test_a_database_that_is_away_is_told_and_then_it_works_again(
    impatient: Store, application: Make, door: Door
) -> None:
    async with _open(application(impatient), door) as client:
        await _say(client, "hallo")
        before = impatient.everything()
        with impatient.down():
            response = await client.post(PATH, json={"sender": "iemand", "message": "medewerker"})
            _expect_refusal(response, 503)
            assert response.json()["error"]["code"] == "broken"
        assert impatient.everything() == before
        assert _state(await _say(client, "ik ben medewerker"))["phase"] == "subject"


async def test_a_turn_that_could_not_be_stored_is_told_and_comes_later(
    impatient: Store,
    application: Make,
    door: Door,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hold = engine.hold
    away = impatient.down()

    async def cut_off(*given: Any, **named: Any) -> Held:
        held = await hold(*given, **named)
        away.__enter__()
        return held

    async with _open(application(impatient), door) as client:
        await _say(client, "hallo")
        monkeypatch.setattr(engine, "hold", cut_off)
        said = {"sender": "iemand", "message": "ik ben medewerker geheim-2718"}
        with caplog.at_level(logging.DEBUG):
            response = await client.post(PATH, json=said)
        monkeypatch.setattr(engine, "hold", hold)
        away.__exit__(None, None, None)
        _expect_refusal(response, 503)
        assert response.json()["error"]["code"] == "kept"
        assert "geheim-2718" not in caplog.text
        assert _state(await _say(client, "mijn team"))["phase"] == "consent"


async def test_a_damaged_talk_harms_nobody_else(
    rest: httpx.AsyncClient, stores: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await _say(rest, "hallo", "pech")
    with stores.database.begin() as db:
        db.execute(update(talks).values(state=DAMAGED))
    with caplog.at_level(logging.DEBUG):
        response = await rest.post(PATH, json={"sender": "pech", "message": "ik ben medewerker"})
    _expect_refusal(response, 500)
    assert "geheim-2718" not in caplog.text
    assert [row.status for row in stores.rows(inbox)] == ["done", "failed"]
    assert _state(await _say(rest, "hallo", "geluk"))["phase"] == "role"


async def test_every_answer_carries_the_protective_headers(
    rest: httpx.AsyncClient, stores: Store
) -> None:
    await _say(rest, "hallo", "pech")
    with stores.database.begin() as db:
        db.execute(update(talks).values(state=DAMAGED))
    body = {"sender": "pech", "message": "hallo"}
    answers = [
        await rest.post(PATH, json={"sender": "a", "message": "hallo"}),
        await rest.post(PATH, json={"sender": None}),
        await rest.post(PATH, json=body),
        await rest.get(PATH),
        await rest.get("/nergens"),
    ]
    assert [a.status_code for a in answers] == [200, 400, 500, 405, 404]
    for answer in answers:
        assert HEADERS.items() <= dict(answer.headers).items()
        assert "server" not in answer.headers


def test_every_refusal_has_a_dutch_sentence() -> None:
    for code in _sentences():
        sentence = Refused(400, code).sentence()
        assert sentence[0].isupper() and sentence.endswith(".")
