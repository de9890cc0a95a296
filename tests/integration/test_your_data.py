"""Your own data: seen, copied, erased and let go of, until nothing of it is found anywhere."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar
from served import Served, Tab, until
from sqlalchemy import update
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from talking import SECRET, Person, Store, texts

from bot.turns.housekeeping import Housekeeping
from coach import wiring
from coach.cli import privacy as command
from coach.store.advisers import Advisers, DeskRole
from coach.store.deliveries import keep_address
from coach.store.desk_tables import figures, handover_lines, handovers, unclear
from coach.store.retention import expire
from coach.store.tables import (
    agreed,
    answers,
    assessments,
    erasures,
    events,
    inbox,
    metadata,
    opinions,
    outbox,
    plans,
    talks,
    tombstones,
)  # fmt: skip
from coach.usecases.privacy import CLOSED, IDLE, Terms
from coach.wiring import current_settings

OF_NOBODY = {agreed.name, erasures.name, opinions.name, figures.name, tombstones.name, unclear.name}
"""Counts, words without a name, and a mark of the secret."""
OF_THE_DESK = {
    "access", "advisers", "audit", "blocks", "desk_sessions", "groups", "invitations", "organisations",
    "pairings", "round_groups", "rounds", "sign_in_failures",
}  # fmt: skip
"""Of advisers and their organisations, not of who talks with the bot."""

MARK = "zwaluwstaartje"
SAID = f"wij doen {MARK} altijd samen op maandag"
OWN_STEP = f"Ik bel {MARK} en vraag wat zij wil leren"
TERMS = Terms()
Make = Callable[..., Starlette]
Door = Callable[..., httpx.AsyncClient]


@pytest.fixture(autouse=True)
def same_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The actions sign links with the key by which the application reads them."""
    monkeypatch.setenv("PADWIJZER_SECRET", SECRET.decode())
    current_settings.cache_clear()
    wiring.links.cache_clear()


@pytest.fixture
def ours(stores: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store of the test is also the one that actions and commands look into."""
    for module in (wiring, command):
        monkeypatch.setattr(module, "ledger", lambda: stores.ledger)
        monkeypatch.setattr(module, "database", lambda: stores.database)
    monkeypatch.setattr("actions.privacy.ledger", lambda: stores.ledger)
    return stores


@pytest.fixture
async def client(ours: Store, application: Make, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    made = application(ours)
    async with made.router.lifespan_context(made), door(made) as client:
        yield client


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def dump(store: Store) -> str:
    """Every row of every table, as text."""
    return "\n".join(
        repr(tuple(row)) for table in metadata.sorted_tables for row in store.rows(table)
    )


def on_disk(store: Store) -> bytes:
    """The bytes of a SQLite file and of its log."""
    file = Path(str(make_url(store.url).database))
    return b"".join(f.read_bytes() for f in sorted(file.parent.glob(f"{file.name}*")))


def expect_nothing_left(store: Store) -> None:
    assert MARK not in dump(store)
    if not store.is_postgres:
        store.ledger.vault.scrub()
        assert MARK.encode() not in on_disk(store)


async def told(person: Person) -> None:
    """A whole talk with the marker in every place where words can be said."""
    await person.reach("question")
    await person.say(SAID)
    await person.reach("reality")
    await person.say(SAID)
    await person.press("eigen")
    await person.say(OWN_STEP)
    await person.press("niets")
    await person.say(OWN_STEP)
    if await person.phase() == "who":  # else the step itself told who
        await person.say(f"mijn collega {MARK}")
    await person.reach("done")


async def read(client: httpx.AsyncClient, replies: list[Any], end: str) -> httpx.Response:
    """What a link in the replies leads to."""
    files = [r.message["attachment"]["url"] for r in replies if "attachment" in r.message]
    return await client.get(urlsplit(next(url for url in files if url.endswith(end))).path)


async def erase(person: Person) -> list[str]:
    await person.say("wis mijn gegevens")
    return texts(await person.press("wissen_ja"))


# --- the plan --------------------------------------------------------------------------------------


async def test_after_the_plan_its_papers_are_offered_and_open(
    client: httpx.AsyncClient, person: Person
) -> None:
    await person.reach("come_back")
    replies = await person.press("week")
    page = await read(client, replies, ".html")
    assert page.status_code == 200 and "Jouw afspraak" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'sha256-"
    )
    calendar = await read(client, replies, ".ics")
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == 2
    pdf = re.search(r'href="([^"]+\.pdf)"', page.text)
    assert pdf and (await client.get(f"/plan/{pdf[1]}")).content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "path", ["/plan/x.html", "/plan/a.b.c.pdf", "/plan/nothing", "/gegevens/x.json"]
)
async def test_a_made_up_link_opens_nothing(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 404 and "Deze link werkt niet meer" in answer.text
    assert answer.headers["cache-control"] == "no-store"


# --- seeing ----------------------------------------------------------------------------------------


async def test_everything_that_is_kept_is_shown_and_copied(
    client: httpx.AsyncClient, person: Person, ours: Store
) -> None:
    await told(person)
    [talk] = ours.rows(talks)
    with ours.database.begin() as db:
        keep_address(db, talk.id, "rest", {"room": "plek-waar-ik-ben"})
    replies = await person.say("wat weten jullie van mij")
    page = (await read(client, replies, ".html")).text
    for words in (SAID, OWN_STEP, "plek-waar-ik-ben", "12 maanden", "30 dagen", "reservekopie"):
        assert words in page, words
    copy = (await read(client, replies, ".json")).json()
    stored = {t.name: len(ours.rows(t)) for t in metadata.sorted_tables if t.name not in OF_NOBODY}
    assert stored["answers"] and stored["plans"]
    asked = {"inbox": 1, "outbox": len(replies), "events": 99}
    for name, number in stored.items():
        held = len(copy.get(name, ()))
        assert number - asked.get(name, 0) <= held <= number, name


def test_every_table_belongs_to_a_talk_or_to_nobody() -> None:
    """What the page, the copy and the erasing go by: a new table must hang on a talk."""
    hanging = {"talks"}
    for table in metadata.sorted_tables:
        if any(key.column.table.name in hanging for key in table.foreign_keys):
            hanging.add(table.name)
    assert {table.name for table in metadata.sorted_tables} - hanging == OF_NOBODY | OF_THE_DESK


# --- erasing ---------------------------------------------------------------------------------------


async def test_a_talk_erased_by_chat_is_found_nowhere(
    client: httpx.AsyncClient, person: Person, ours: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await told(person)
    before = await person.say("geef me een kopie van mijn gegevens")
    assert MARK in dump(ours)
    said = await erase(person)
    assert any("zijn gewist" in line for line in said) and "30 dagen" in " ".join(said)
    expect_nothing_left(ours)
    assert (await read(client, before, ".json")).json()["answers"] == []
    await asyncio.to_thread(ours.ledger.mark_sent, [row.id for row in ours.rows(outbox)])
    assert ours.ledger.vault.forget_due(now()) == 1
    left = {t.name: ours.count(t) for t in metadata.sorted_tables if ours.count(t)}
    assert left.pop("figures") and left == {"erasures": 1, "tombstones": 1}
    assert (await read(client, before, ".html")).status_code == 404
    expect_nothing_left(ours)
    assert MARK not in caplog.text


async def test_a_talk_erased_in_the_middle_begins_anew_without_it(
    person: Person, ours: Store
) -> None:
    await person.reach("question")
    await person.say(SAID)
    await erase(person)
    await person.say("hallo")
    assert await person.phase() == "role"
    assert ours.ledger.vault.forget_due(now()) == 0
    expect_nothing_left(ours)


async def test_erasing_asks_once_and_no_erases_nothing(person: Person, ours: Store) -> None:
    await told(person)
    await person.say("wis mijn gegevens")
    await person.say("Nee, bewaar het")
    assert ours.count(plans) == 1 and SAID in dump(ours)
    await person.say('/faq_privacy{"value": "wissen_ja"}')
    assert ours.count(plans) == 1


async def test_the_menu_and_the_chat_leave_the_same_number(
    client: httpx.AsyncClient, ours: Store, person: Person
) -> None:
    await person.reach("question")
    await person.say(SAID)
    await person.turns.forget(person.channel, person.sender)
    expect_nothing_left(ours)
    await person.reach("question")
    await erase(person)
    assert ours.ledger.vault.counts() == {"by_person": 2}


async def test_a_tab_forgets_what_the_chat_erased(
    ours: Store, application: Make, serve: Any
) -> None:
    served: Served = await serve(application(ours))
    async with Tab(served.url, await served.token()) as tab:
        await tab.turn("hallo")
        await tab.turn(f"ik ben medewerker {MARK}")
        await tab.turn("wis mijn gegevens")
        await tab.press("wissen_ja")
        assert ("forgotten", {}) in tab.heard
        assert any("zijn gewist" in m["text"] for m in tab.got)
    expect_nothing_left(ours)


# --- not keeping -----------------------------------------------------------------------------------


async def test_without_consent_a_talk_leaves_no_trace(
    client: httpx.AsyncClient, person: Person, ours: Store
) -> None:
    await person.reach("question", consent=False)
    await person.say(SAID)
    assert (ours.count(assessments), ours.count(plans)) == (0, 0)
    await asyncio.to_thread(ours.ledger.mark_sent, [row.id for row in ours.rows(outbox)])
    vault = ours.ledger.vault
    assert vault.forget_due(now() + IDLE - timedelta(minutes=5)) == 0
    assert vault.forget_due(now() + IDLE) == 1
    assert ours.count(talks) == 0 and vault.counts() == {"unkept": 1}
    expect_nothing_left(ours)


async def test_a_finished_talk_without_consent_goes_within_the_hour(
    client: httpx.AsyncClient, person: Person, ours: Store
) -> None:
    await person.reach("come_back", consent=False)
    replies = await person.press("week")
    assert (await read(client, replies, ".ics")).status_code == 200
    await asyncio.to_thread(ours.ledger.mark_sent, [row.id for row in ours.rows(outbox)])
    assert ours.ledger.vault.forget_due(now() + CLOSED) == 1
    assert (await read(client, replies, ".ics")).status_code == 404


async def test_who_asks_about_it_within_a_question_reads_what_to_type(
    person: Person, ours: Store
) -> None:
    await person.reach("question")
    replies = await person.say("wat gebeurt er met mijn antwoorden?")
    assert any("mijn gegevens zien" in text for text in texts(replies))
    offered = [b["payload"] for r in replies for b in r.message.get("buttons", ())]
    assert not any("faq_privacy" in payload for payload in offered)


async def test_consent_taken_back_removes_what_was_on_record(person: Person, ours: Store) -> None:
    await person.reach("question")
    await person.press("niveau_1")
    assert ours.count(assessments) == 1
    await person.say("bewaar dit gesprek niet")
    assert ours.count(assessments) == 0 and await person.phase() in ("question", "check", "probe")
    [talk] = ours.rows(talks)
    assert talk.forget_at is not None


async def test_with_consent_a_talk_stays(person: Person, ours: Store) -> None:
    await person.reach("question")
    await person.say(SAID)
    assert ours.ledger.vault.forget_due(now() + timedelta(days=365)) == 0
    assert ours.count(talks) == 1


async def test_a_message_that_waits_is_not_forgotten(person: Person, ours: Store) -> None:
    await person.say("hallo")
    hashed = person.turns.sender_hash(person.channel, person.sender)
    ours.ledger.accept(person.channel, hashed, "laat", SAID)
    assert ours.ledger.vault.forget_due(now() + IDLE * 2) == 0
    assert ours.count(talks) == 1


# --- retention and commands ------------------------------------------------------------------------


async def test_words_go_first_and_the_rest_later(person: Person, ours: Store) -> None:
    await told(person)
    later = now() + timedelta(days=31)
    done = expire(ours.database, TERMS, later)
    assert done["texts"] and done["states"] == 1 and not done["talks"]
    assert (ours.count(inbox), ours.count(outbox), ours.count(events)) == (0, 0, 0)
    assert SAID not in dump(ours) and OWN_STEP in dump(ours)
    assert {row.words for row in ours.rows(answers)} == {""}
    assert texts(await person.say("wat was mijn stap"))
    assert expire(ours.database, TERMS, now() + timedelta(days=370))["talks"] == 1
    expect_nothing_left(ours)


async def test_young_talks_are_left_alone(person: Person, ours: Store) -> None:
    await told(person)
    before = ours.everything()
    assert not any(expire(ours.database, TERMS, now() + timedelta(days=29)).values())
    assert ours.everything() == before


async def test_the_service_clears_by_itself_once_a_day(person: Person, ours: Store) -> None:
    await person.say(SAID)
    with ours.database.begin() as db:
        old = now() - timedelta(days=400)
        db.execute(update(talks).values(updated_at=old, forget_at=None))
    days = [now()]
    keeper = Housekeeping(ours.database, TERMS, every=0.01, now=lambda: days[0])
    await keeper.start()
    await until(lambda: not ours.count(talks))
    await keeper.stop()
    keeper.clear()
    assert ours.ledger.vault.counts()["talks"] == 1


async def test_the_operator_exports_and_forgets_one_person(
    person: Person, ours: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    await told(person)
    await Person(person.turns, "een ander").say("hallo")
    assert command.export("", person.channel, person.sender) == 0
    written = capsys.readouterr().out
    assert json.loads(written)["plans"][0]["what"] == OWN_STEP
    assert command.export("", "", "") == 1 and command.forget("", "web", "niemand", True) == 1
    assert command.forget("", person.channel, person.sender, True) == 0
    assert MARK not in dump(ours) and ours.count(talks) == 1
    assert command.retention() == 0
    expect_nothing_left(ours)


async def test_what_went_to_the_desk_is_on_the_page_and_goes_with_the_rest(
    client: httpx.AsyncClient, person: Person, ours: Store
) -> None:
    Advisers(ours.database).add("a@desk.test", "Anna", DeskRole.ADVISER, None, now())
    await told(person)
    await person.say("ik wil een mens spreken")
    await person.press("wijzigen")
    await person.say(f"{SAID} eerst")
    await person.press("ja")
    await person.say(f"{SAID} daarna")
    await person.say("terug")
    page = (
        await read(client, await person.say("geef me een kopie van mijn gegevens"), ".html")
    ).text
    assert "Naar het leerloket" in page and f"{SAID} eerst" in page and f"{SAID} daarna" in page
    await erase(person)
    expect_nothing_left(ours)
    assert ours.count(handovers) == ours.count(handover_lines) == 0


async def test_words_at_the_desk_grow_old_as_well(person: Person, ours: Store) -> None:
    Advisers(ours.database).add("a@desk.test", "Anna", DeskRole.ADVISER, None, now())
    await person.say("ik wil een mens spreken")
    await person.press("wijzigen")
    await person.say(SAID)
    await person.press("ja")
    await person.say(SAID)
    assert expire(ours.database, TERMS, now() + timedelta(days=31))["texts"]
    assert MARK not in dump(ours) and ours.count(handovers) == 1
