"""The form over HTTP: the same interview, kept as a turn of the same talk, without JavaScript."""

from __future__ import annotations

import asyncio
import html
import re
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from talking import Store, value_of

from bot.channels.form.page import texts
from bot.channels.guard import _sentences
from coach.cli import persona as personas
from coach.domain.answers import Question, process_questions, ring_questions
from coach.domain.interview import Interview
from coach.domain.path import Ring
from coach.store.tables import assessments, inbox, outbox, talks
from coach.usecases.side import standing_of

PATH = "/formulier"
OPENING = {"role": "medewerker", "subject": "team", "consent": "ja"}
ORIGIN = {"origin": "http://bot.test"}
PERSONAS = personas.read(Path(__file__).parents[1] / "personas" / "path.jsonl")
ALL = {f"niveau-{q.id}": "1" for q in ring_questions()}
AGREE = '/choose{"value": "ja"}'


Door = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def app(application: Callable[..., Starlette], sqlite: Store) -> AsyncIterator[Starlette]:
    made = application(sqlite)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def browser(app: Starlette, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with door(app) as client:
        yield client


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


async def _open(browser: httpx.AsyncClient) -> dict[str, str]:
    return _hidden((await browser.get(PATH)).text)


async def _send(browser: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Open the page and send it in with these fields; what is on it already stays."""
    return await browser.post(
        PATH, data={**await _open(browser), **OPENING, **fields}, headers=ORIGIN
    )


def _interview(store: Store) -> Interview:
    [talk] = store.rows(talks)
    interview = standing_of(talk.state["slots"]).interview
    assert interview is not None
    return interview


def _levels(persona: personas.Persona, ring: Ring | None) -> dict[str, str]:
    asked: list[Question] = [*ring_questions(), *(process_questions(ring) if ring else ())]
    known = {q.id: persona.knows(q).level for q in asked}
    return {f"niveau-{id_}": str(level or "onbekend") for id_, level in known.items()}


async def test_from_who_you_are_to_the_place_and_on_in_the_talk(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    first = await browser.get(PATH)
    cookie = first.headers["set-cookie"].lower()
    assert first.status_code == 200 and "httponly" in cookie and "samesite=lax" in cookie
    assert "niveau-sturing" not in first.text and sqlite.rows(talks) == []

    sent = await _send(browser)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{PATH}#vragen")
    assert "Wie koos dat meestal?" in (await browser.get(PATH)).text, "in the words of the role"

    sent = await _send(browser, **ALL)
    assert sent.headers["location"] == f"{PATH}#vervolg"
    page = (await browser.get(PATH)).text
    assert "niveau-activatie.leren" in page and "niveau-realisatie.leren" not in page
    assert page.count("checked") == len(OPENING) + len(ALL), "also the answers that were not needed"

    sent = await _send(browser, **ALL, **{"niveau-activatie.doelen_stellen": "2"})
    assert sent.headers["location"] == f"{PATH}#resultaat"
    page = (await browser.get(PATH)).text
    assert re.search(r'<img src="/figuur/activatie-doelen_stellen.svg" alt="[^"]{20,}"', page)
    assert html.escape(texts()["right"]) in page
    [kept] = sqlite.rows(assessments)
    assert (kept.ring, kept.process) == ("activatie", "doelen_stellen")

    on = await browser.post(f"{PATH}/verder", data=_hidden(page), headers=ORIGIN)
    assert (on.status_code, on.headers["location"]) == (303, "/")
    lines = (await browser.get("/web/talk")).json()
    assert lines["state"]["phase"] == "reality"
    said = [m["text"] for m in lines["messages"] if m["from"] == "user"]
    assert said == [texts()["chat_line"]] * 3 + ["Ja, dat klopt"]
    assert any(m["image"] for m in lines["messages"])


@pytest.mark.parametrize("persona", PERSONAS[::5], ids=lambda p: p.id)
async def test_a_form_gives_the_place_that_a_talk_gives(
    browser: httpx.AsyncClient, sqlite: Store, persona: personas.Persona
) -> None:
    who = {"role": persona.role.value, "subject": persona.subject.value}
    await _send(browser, **who)
    await _send(browser, **who, **_levels(persona, None))
    await _send(browser, **who, **_levels(persona, _interview(sqlite).ring()))
    by_form = _interview(sqlite)
    page = await browser.post("/web/session", json={"token": None}, headers=ORIGIN)
    assert page.json()["resumed"], "the chat of this browser is the same person"

    talking = httpx.AsyncClient(transport=browser._transport, base_url="http://bot.test")
    await talking.post("/web/session")
    await _press(talking, "", "/greet")
    for value in (persona.role.value, persona.subject.value, "ja"):
        await _choose(talking, value)
    while (state := await _state(talking))["phase"] in ("question", "probe"):
        known = persona.knows(Question.from_json(state))
        await _choose(talking, f"niveau_{known.level}" if known.level else "onbekend")
    by_talk = next(
        i for row in sqlite.rows(talks)
        if (i := standing_of(row.state["slots"]).interview) and i.order != () and row.seq > 3
        and i.trail and not row.state.get("form")
    )  # fmt: skip
    assert by_form.placement() is not None
    assert by_form.placement() == by_talk.placement()
    assert by_form.placement().position == persona.position  # type: ignore[union-attr]
    await talking.aclose()


async def _press(browser: httpx.AsyncClient, text: str, payload: str) -> None:
    data = {"id": uuid.uuid4().hex, "text": text, "payload": payload}
    assert (await browser.post("/web/messages", json=data)).status_code == 200


async def _choose(browser: httpx.AsyncClient, value: str) -> None:
    messages = (await browser.get("/web/talk")).json()["messages"]
    button = next(
        b for m in reversed(messages) for b in m["buttons"] if value_of(b["payload"]) == value
    )
    await _press(browser, button["title"], button["payload"])


async def _state(browser: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await browser.get("/web/talk")).json()["state"])


# --- what is missing -------------------------------------------------------------------------------


async def test_what_is_missing_is_named_and_nothing_is_lost(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    sent = await browser.post(
        PATH, data={**await _open(browser), "role": "medewerker"}, headers=ORIGIN
    )
    assert sent.status_code == 422
    for field in ("subject", "consent"):
        assert f'<a href="#{field}">' in sent.text and f'id="{field}"' in sent.text
    assert 'value="medewerker" checked' in sent.text and sqlite.rows(talks) == []

    await _send(browser)
    some = {"niveau-sturing": "3", "tekst-sturing": "Wij kiezen <zelf> & samen", "tekst-weten": ""}
    shown = {f"tekst-{q.id}": "" for q in ring_questions()} | some
    sent = await _send(browser, **shown)
    assert sent.status_code == 422
    assert '<a href="#weten">' in sent.text and '<a href="#sturing">' not in sent.text
    assert "Wij kiezen &lt;zelf&gt; &amp; samen" in sent.text
    assert _interview(sqlite).trail == ()


async def test_only_what_the_interview_asks_for_is_needed(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    await _send(browser)
    three = {f"niveau-{name}": "1" for name in ("sturing", "weten", "willen")}
    rest = {f"tekst-{name}": "" for name in ("kunnen", "durven", "mogen")}
    assert (await _send(browser, **three, **rest)).headers["location"] == f"{PATH}#vervolg"
    assert len(_interview(sqlite).trail) == 3


async def test_words_alone_are_read_and_asked_about(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    await _send(browser)
    words = {"tekst-sturing": "De leiding bepaalt alles en plant het voor ons in"}
    sent = await _send(browser, **{**ALL, **words, "niveau-sturing": ""})
    assert sent.status_code == 422 and '<a href="#sturing">' in sent.text
    assert re.search(r'name="niveau-sturing" value="1" checked', sent.text)
    assert _interview(sqlite).trail == (), "nothing is taken without a yes"


async def test_words_of_distress_stop_the_form_and_are_not_kept(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    await _send(browser)
    grave = "Ik wil niet meer leven"
    sent = await _send(browser, **ALL, **{"tekst-durven": grave})
    assert "113" in sent.text and grave not in sent.text
    assert 'name="niveau-weten" value="1" checked' in sent.text
    assert all(grave not in str(row) for table in (inbox, talks) for row in sqlite.rows(table))


async def test_consent_taken_back_on_the_form_removes_what_was_on_record(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    await _send(browser)
    await _send(browser, **ALL)
    assert sqlite.count(assessments) == 1
    await _send(browser, **{**ALL, "consent": "nee"})
    assert sqlite.count(assessments) == 0
    assert len(_interview(sqlite).trail) > 0, "the talk itself goes on"
    [talk] = sqlite.rows(talks)
    assert talk.forget_at is not None
    said = [row.message.get("text", "") for row in sqlite.rows(outbox)]
    assert any("in je dossier had gezet, is weg" in text for text in said)
    await _send(browser, **ALL)
    assert sqlite.count(assessments) == 1


async def test_a_changed_answer_moves_the_place(browser: httpx.AsyncClient, sqlite: Store) -> None:
    await _send(browser)
    await _send(browser, **ALL)
    await _send(browser, **ALL, **{"niveau-activatie.doelen_stellen": "1"})
    other = dict.fromkeys(ALL, "3")
    sent = await _send(browser, **other, **{"niveau-activatie.doelen_stellen": "1"})
    assert sent.headers["location"] == f"{PATH}#vervolg", "another ring has other questions"
    await _send(browser, **other, **{"niveau-realisatie.doelen_stellen": "1"})
    assert _interview(sqlite).placement().position.id == "realisatie-doelen_stellen"  # type: ignore[union-attr]
    assert len(sqlite.rows(assessments)) == 1


# --- sent again, and by others ---------------------------------------------------------------------


async def test_the_same_form_again_has_one_effect(
    browser: httpx.AsyncClient, sqlite: Store
) -> None:
    data = {**await _open(browser), **OPENING}
    sent = [browser.post(PATH, data=data, headers=ORIGIN) for _ in range(4)]
    assert {r.status_code for r in await asyncio.gather(*sent)} == {303}
    await browser.get(PATH)
    assert (await browser.post(PATH, data=data, headers=ORIGIN)).status_code == 303
    assert len(sqlite.rows(inbox)) == 1
    before = sqlite.count(outbox)
    assert (await _send(browser)).status_code == 303, "nothing new is no message"
    assert sqlite.count(outbox) == before


@pytest.mark.parametrize("origin", ["https://elders.example", "null"])
@pytest.mark.parametrize("path", [PATH, f"{PATH}/verder"])
async def test_another_site_sends_nothing_in(
    browser: httpx.AsyncClient, sqlite: Store, origin: str, path: str
) -> None:
    data = {**await _open(browser), **OPENING}
    sent = await browser.post(path, data=data, headers={"origin": origin})
    assert sent.status_code == 403 and html.escape(_sentences()["not_allowed"]) in sent.text
    assert sqlite.rows(talks) == []


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é"])
async def test_without_its_token_a_form_is_shown_again(
    browser: httpx.AsyncClient, sqlite: Store, token: str
) -> None:
    data = {**await _open(browser), **OPENING, "token": token}
    sent = await browser.post(PATH, data=data, headers=ORIGIN)
    assert sent.status_code == 403 and 'value="medewerker" checked' in sent.text
    assert sqlite.rows(talks) == []
    again = await browser.post(PATH, data={**_hidden(sent.text), **OPENING}, headers=ORIGIN)
    assert again.status_code == 303


HOSTILE: tuple[tuple[bytes, int], ...] = (
    (b"", 403),
    (b"role=%ff", 400),
    (b"role=%00", 400),
    (b"a=1&" * 100, 400),
    (b"x=" + b"y" * 1_000_000, 413),
    (b"tekst-sturing=" + b"y" * 4_001, 413),
    (b"token=a&token=b&version=%F0%9F%91%A9", 403),
)


@pytest.mark.parametrize(("body", "status"), HOSTILE, ids=range(len(HOSTILE)))
async def test_what_is_no_form_is_refused_with_a_sentence(
    browser: httpx.AsyncClient, sqlite: Store, body: bytes, status: int
) -> None:
    await _open(browser)
    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    sent = await browser.post(PATH, content=body, headers=headers)
    assert sent.status_code == status and '<html lang="nl">' in sent.text
    assert sqlite.rows(talks) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "koning"},
        {"subject": "klant"},
        {"consent": "misschien"},
        {"version": "1900-01"},
        {"niveau-sturing": "4", "tekst-sturing": ""},
        {"niveau-sturing": "1; drop table"},
        {"tekst-sturing": "x" * 501, "niveau-sturing": "1"},
    ],
    ids=str,
)
async def test_a_value_that_is_not_offered_is_not_taken(
    browser: httpx.AsyncClient, sqlite: Store, fields: dict[str, str]
) -> None:
    sent = await _send(browser, **fields)
    assert sent.status_code == 422 and 'id="fouten"' in sent.text
    assert sqlite.rows(talks) == []


async def test_a_form_and_json_are_told_apart(browser: httpx.AsyncClient) -> None:
    sent = await browser.post(PATH, json={**await _open(browser), **OPENING}, headers=ORIGIN)
    assert sent.status_code == 415


async def test_no_socket_frame_can_be_a_form(browser: httpx.AsyncClient, sqlite: Store) -> None:
    await browser.post("/web/session")
    await _press(browser, "x", '{"version": "2026-11", "role": "medewerker"}')
    assert all(row.channel == "web" for row in sqlite.rows(inbox))
