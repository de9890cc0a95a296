"""Coming back after a pause or from another device, in talk with the real bot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from served import Served, Tab, until
from sqlalchemy import update
from starlette.applications import Starlette
from talking import SECRET, Person, Store, texts, value_of

from bot.turns.worker import Turns
from coach.store.tables import codes, opinions, plans, talks
from coach.wiring import current_settings

Make = Callable[..., Starlette]
Door = Callable[..., httpx.AsyncClient]
CODE = re.compile(r"[A-Z]{3}\d{2}-[A-Z]{3}\d{2}")
HOURS = timedelta(hours=5)


@pytest.fixture(autouse=True)
def same_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions make codes and links with the key by which the doors read them."""
    from coach import wiring

    monkeypatch.setenv("PADWIJZER_SECRET", SECRET.decode())
    current_settings.cache_clear()
    wiring.links.cache_clear()


def leave(store: Store, away: timedelta = HOURS) -> None:
    """Everybody was away for so long."""
    rows = store.rows(talks)
    with store.database.begin() as db:
        for row in rows:
            then: datetime = row.updated_at - away
            db.execute(update(talks).where(talks.c.id == row.id).values(updated_at=then))


def buttons(replies: list[Any]) -> list[str]:
    return [value_of(b["payload"]) for r in replies for b in r.message.get("buttons", ())]


async def code_from(person: Person) -> str:
    said = " ".join(texts(await person.say("Geef me een code", None)))
    found = CODE.search(said)
    assert found, said
    return found[0]


# --- after a pause -------------------------------------------------------------------------------


async def test_a_greeting_after_hours_gets_the_place_and_the_offer(
    person: Person, stores: Store
) -> None:
    await person.reach("question")
    await person.press("niveau_1")
    leave(stores)
    replies = await person.say("hallo")
    assert "vraag 2" in texts(replies)[0].lower() and "10" in texts(replies)[0]
    assert buttons(replies) == ["resume", "correct", "later"]
    assert len(await person.trail()) == 1
    replies = await person.press("resume")
    assert {"niveau_1", "niveau_2", "niveau_3"} <= set(buttons(replies))


async def test_an_answer_after_days_counts(person: Person, stores: Store) -> None:
    await person.reach("question")
    talk = await person.talk()
    label = next(title for payload, title in talk.offered.items() if "niveau_2" in payload)
    await person.say("ik ga later verder")
    leave(stores, timedelta(days=3))
    replies = await person.say(label)
    assert "vraag 1" in texts(replies)[0].lower()
    assert [entry["level"] for entry in map(_answer, await person.trail())] == [2]


def _answer(entry: dict[str, Any]) -> dict[str, Any]:
    return dict(entry.get("answer", entry))


async def test_yes_and_no_are_about_the_offer(person: Person, stores: Store) -> None:
    await person.reach("review")
    leave(stores)
    assert "place" in buttons(await person.say("hoi"))
    await person.say("nee")
    assert await person.phase() == "review"
    leave(stores)
    await person.say("hoi")
    replies = await person.say("ja")
    assert await person.phase() == "review" and "ja" in buttons(replies)


async def test_a_promise_is_what_one_comes_back_to(person: Person, stores: Store) -> None:
    await person.reach("done")
    leave(stores, timedelta(days=2))
    replies = await person.say("hallo")
    assert "Wanneer" in texts(replies)[0] or "De dag" in texts(replies)[0]
    assert buttons(replies) == ["plan", "place", "later"]


async def test_nothing_is_said_when_nobody_was_away(person: Person) -> None:
    await person.reach("question")
    assert "later" not in buttons(await person.say("hallo"))


# --- on another device ---------------------------------------------------------------------------


async def test_the_talk_goes_on_over_there(turns: Turns, person: Person) -> None:
    await person.reach("question")
    await person.press("niveau_1")
    code = await code_from(person)
    phone = Person(turns, "telefoon", "slack")
    replies = await phone.say(code.lower().replace("-", " "))
    assert "vraag 2" in " ".join(texts(replies)).lower()
    await phone.say("ja")
    await phone.press("niveau_1")
    assert len(await person.trail()) == len(await phone.trail()) == 2
    assert (await person.talk()).id == (await phone.talk()).id


async def test_a_wrong_code_is_said_and_nothing_else_changes(person: Person) -> None:
    await person.reach("question")
    before = (await person.talk()).state["slots"]
    replies = await person.say("BCD23-FGH45")
    assert "ken ik niet" in texts(replies)[0]
    assert (await person.talk()).state["slots"] == before


async def test_a_talk_over_there_is_asked_about(turns: Turns, person: Person) -> None:
    phone = Person(turns, "telefoon", "slack")
    for someone in (person, phone):
        await someone.reach("question")
        await someone.press("niveau_1")
    own = (await phone.talk()).id
    replies = await phone.say(await code_from(person))
    assert buttons(replies) == ["ja", "resume"]
    await phone.press("ja")
    assert (await phone.talk()).id == (await person.talk()).id
    await phone.say("wissel")
    assert (await phone.talk()).id == own and len(await phone.trail()) == 1


async def test_what_is_not_kept_gets_no_code(person: Person, stores: Store) -> None:
    assert not any(map(CODE.search, texts(await person.say("geef me een code"))))
    await person.say("hallo")
    await person.reach("question", consent=False)
    said = " ".join(texts(await person.say("geef me een code")))
    assert "bewaar" in said and not CODE.search(said)
    assert stores.count(codes) == 0


async def test_later_offers_a_code(person: Person) -> None:
    await person.reach("question")
    assert "other_device" in buttons(await person.say("ik ga later verder"))


async def test_a_tab_sees_the_whole_talk_it_came_to(
    application: Make, serve: Callable[..., Any], sqlite: Store, turns: Turns
) -> None:
    served: Served = await serve(application(sqlite))
    async with (
        Tab(served.url, await served.token()) as old,
        Tab(served.url, await served.token()) as new,
    ):
        await old.turn("", "/greet")
        await old.press("medewerker", "team", "ja")
        await old.turn("geef me een code")
        code = next(m for m in map(CODE.search, (m["text"] for m in reversed(old.got))) if m)[0]
        moved: list[Any] = []
        new.client.on("moved", moved.append)
        await new.turn(code)
        await until(lambda: moved)
        here = (await new.history())["messages"]
        there = (await old.history())["messages"]
        assert [m["n"] for m in here] == [m["n"] for m in there]
        assert code in " ".join(m["text"] for m in here if m["from"] == "bot")
        assert code not in " ".join(m["text"] for m in here if m["from"] == "user")


async def test_a_page_that_opens_after_hours_may_greet_once(
    application: Make, serve: Callable[..., Any], sqlite: Store, turns: Turns
) -> None:
    served: Served = await serve(application(sqlite))
    async with Tab(served.url, await served.token()) as tab:
        await tab.turn("", "/greet")
        assert (await tab.history())["state"]["back"] is None
        leave(sqlite)
        back = (await tab.history())["state"]["back"]
        for _ in range(2):
            await tab.say("", "/greet", back)
        await until(lambda: any("/later" in b["payload"] for m in tab.got for b in m["buttons"]))
        now = await tab.history()
        assert now["state"]["back"] is None
        # by what is stored: a line may reach the tab twice, which knows it by its number
        offered = [b["payload"] for m in now["messages"] for b in m["buttons"]]
        assert sum("/later" in payload for payload in offered) == 1


# --- what the user thinks ------------------------------------------------------------------------


async def test_the_mark_of_then_comes_back_at_the_check_in(person: Person, stores: Store) -> None:
    await person.reach("done")
    assert "40" in texts(await person.say("40"))[0]
    assert [row.start for row in stores.rows(plans)] == [40]
    await person.say("mijn stap is gelukt")
    assert await person.phase() == "rate"
    said = texts(await person.say("75"))[0]
    assert "40" in said and "75" in said
    assert [(row.start, row.rating) for row in stores.rows(plans)] == [(40, 75)]


async def test_an_opinion_is_counted_and_leads_to_nobody(
    person: Person, stores: Store, application: Make, door: Door
) -> None:
    await person.reach("done")
    replies = await person.press("overslaan")
    [page] = [r.message["attachment"]["url"] for r in replies if "attachment" in r.message]
    path = page[page.index("/mening/") :]
    async with door(application(stores)) as client:
        shown = await client.get(path)
        assert shown.text.count("<fieldset>") == 11
        assert (await client.post(path, data={"x": "1"})).status_code == 422
        assert stores.count(opinions) == 0
        chosen = {"doel": "5", "wachten": "4", "draad": "9", "vreemd": "1"}
        assert "geteld" in (await client.post(path, data=chosen)).text
        assert "één keer" in (await client.post(path, data=chosen)).text
        assert (await client.get("/mening/verzonnen.html")).status_code == 404
    rows = [tuple(row)[1:] for row in stores.rows(opinions)]
    assert rows == [("doel", 5, 1), ("wachten", 4, 1)]
    assert {c.name for c in opinions.c} == {"week", "item", "mark", "number"}
    assert {row.week.weekday() for row in stores.rows(opinions)} == {0}
