"""The bot comes back to a promise: the real engine on both databases, with a clock that is moved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import pytest
from returning import Came, Clock
from served import until
from starlette.applications import Starlette
from talking import SECRET, Person, Store

from bot.channels.guard import Refused, check_id
from bot.engine import Engine
from bot.turns.worker import Turns
from coach.store.tables import check_ins, inbox, plans

# --- a check-in is made, or not ------------------------------------------------------------------


async def test_a_promise_with_a_day_makes_one_check_in_in_daytime(came: Came) -> None:
    await came.promise()
    [row] = came.queue
    assert (row.state, row.round, row.n) == ("due", 1, 1)
    assert (row.due_at.date(), row.due_at.hour) == (came.plan.come_back, 8)


async def test_without_consent_there_is_no_check_in_and_the_bot_says_so(came: Came) -> None:
    await came.person.reach("come_back", consent=False)
    assert "bewaar" in await came.press("week")
    assert came.queue == [] and came.store.count(plans) == 0


async def test_without_a_day_there_is_no_check_in(came: Came) -> None:
    await came.person.reach("come_back")
    said = await came.press("later")
    assert came.queue == [] and "vraag" not in said.split("Vraag gerust")[0]


async def test_a_step_back_takes_the_check_in_away_and_forward_makes_one_again(came: Came) -> None:
    await came.promise()
    await came.say("vorige")
    assert came.states == ["stopped"]
    await came.press("maand")
    assert came.states == ["stopped", "due"]


# --- the talk that comes back --------------------------------------------------------------------


async def test_the_bot_opens_with_the_promise_and_leads_on_when_it_was_done(came: Came) -> None:
    await came.promise()
    assert await came.sweep() == []
    opened, _ = await came.come_back()
    assert came.plan.what[:40] in opened
    assert (await came.person.state())["phase"] == "how"
    await came.say("ja, het is gelukt!")
    assert came.states == ["answered"] and came.plan.outcome == "gelukt"
    await came.press("75")
    said = await came.say("mijn collega dacht met me mee")
    assert "mijn collega dacht met me mee" in said and came.plan.rating == 75
    await came.press("stap")
    assert (await came.person.state())["phase"] == "option"
    await came.person.reach("done")
    assert [(p.n, p.outcome) for p in came.store.rows(plans)] == [(1, "gelukt"), (2, "open")]
    assert came.states == ["answered", "due"]


async def test_a_second_measurement_begins_a_new_round(came: Came) -> None:
    await came.promise()
    await came.come_back()
    await came.press("gelukt", "overslaan", "overslaan", "meten")
    assert (await came.person.state())["phase"] == "scope"
    await came.promise()
    assert [(p.round, p.n) for p in came.store.rows(plans)] == [(1, 1), (2, 1)]


async def test_partly_leads_to_a_smaller_step_and_a_new_date(came: Came) -> None:
    await came.promise()
    await came.come_back()
    await came.say("een beetje")
    await came.press("50")
    await came.say("het eerste gesprek lukte wel")
    await came.say("volgende week tien minuten met Ilse praten")
    await came.press("week")
    said = await came.press("week")
    assert "tien minuten met Ilse" in said
    assert [(p.n, p.outcome) for p in came.store.rows(plans)] == [(1, "deels"), (2, "open")]
    assert came.states == ["answered", "due"]
    opened, *_ = await came.come_back()
    assert "tien minuten met Ilse" in opened


async def test_not_done_is_met_with_the_obstacle_and_a_way_on(came: Came) -> None:
    await came.promise()
    await came.come_back()
    await came.say("nee, het is niet gelukt")
    assert (await came.person.state())["phase"] == "hindered"
    await came.say("het was veel te druk op de afdeling")
    assert (await came.person.state())["phase"] in ("earlier", "way")
    if (await came.person.state())["phase"] == "earlier":
        await came.press("nee")
    await came.press("zelfde", "week")
    await came.press("week")
    assert came.states == ["answered", "due"] and came.plan.n == 1


async def test_stop_ends_all_check_ins_in_one_sentence(came: Came) -> None:
    await came.promise()
    await came.come_back()
    said = await came.say("stop")
    assert "berichten" in said and said.count(".") == 1
    assert came.states == ["stopped"]
    came.clock.now += timedelta(days=30)
    assert await came.sweep() == []
    assert await came.person.phase() == "done"


async def test_the_button_ends_them_and_another_brings_them_back(came: Came) -> None:
    await came.promise()
    await came.say("stuur me geen berichten meer")
    assert came.states == ["stopped"]
    await came.person.say("opnieuw")
    await came.press("ja")
    await came.person.reach("come_back")
    await came.press("week")
    assert came.states == ["stopped"]
    await came.press("aan")
    assert came.states == ["stopped", "due"]


async def test_the_reminder_comes_once_and_not_after_an_answer(came: Came) -> None:
    await came.promise()
    await came.come_back()
    [again, _] = await came.come_back()
    assert "nog" in again.lower() and came.states == ["reminded"]
    came.clock.now += timedelta(days=60)
    assert await came.sweep() == []
    await came.press("niet")
    assert came.states == ["answered"]


# --- by chat, at any time ------------------------------------------------------------------------


async def test_the_plan_can_be_changed_and_the_check_in_moves_with_it(came: Came) -> None:
    await came.promise()
    before, [row] = came.plan, came.queue
    assert before.what[:30] in await came.say("wat was mijn plan")
    await came.say("ik wil mijn plan aanpassen")
    await came.press("dag")
    await came.press("twee_weken")
    moved = came.plan.on_date - before.on_date
    assert moved.days > 0 and came.plan.come_back == before.come_back + moved
    [after] = came.queue
    assert after.id == row.id and after.due_at.date() >= came.plan.come_back
    await came.say("verander mijn stap")
    await came.press("wat")
    assert "een kwartier oefenen" in await came.say("een kwartier oefenen met de ploeg")
    assert came.plan.what == "een kwartier oefenen met de ploeg"
    assert came.states == ["due"]


async def test_a_plan_that_is_dropped_has_no_check_in(came: Came) -> None:
    await came.promise()
    await came.say("laat mijn plan maar vallen")
    assert came.states == ["due"]
    await came.press("ja")
    assert came.states == ["stopped"] and came.plan.outcome == "vervallen"
    came.clock.now += timedelta(days=60)
    assert await came.sweep() == []


async def test_a_plan_that_is_done_early_is_not_asked_about(came: Came) -> None:
    await came.promise()
    await came.say("mijn stap is gezet")
    assert came.states == ["stopped"] and came.plan.outcome == "gelukt"
    assert (await came.person.state())["phase"] == "rate"


# --- whoever sends it ----------------------------------------------------------------------------


async def test_a_check_in_waits_for_the_interview_that_rests_and_gives_it_back(came: Came) -> None:
    await came.promise()
    await came.say("opnieuw")
    await came.press("ja")
    await came.person.reach("question")
    await came.say("pauze")
    await came.come_back()
    said = await came.press("gelukt", "overslaan", "overslaan", "klaar")
    assert "verder" in said
    await came.say("verder")
    assert await came.person.phase() == "question"


async def test_a_user_cannot_send_what_the_service_sends(came: Came) -> None:
    await came.promise()
    payload = '/plan{"value": "check_in"}'
    for text, sent in ((payload, None), ("x", payload)):
        await came.person.say(text, sent, "kwaad" + str(sent is None))
        assert (await came.person.state())["phase"] == "done"
    with pytest.raises(Refused):
        check_id("checkin:1")


async def test_a_message_of_the_service_is_no_line_of_the_user(came: Came) -> None:
    await came.promise()
    await came.come_back()
    lines = await came.person.turns.lines((await came.person.talk()).id, 0)
    assert [line.n for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.text for line in lines if line.by_user)


async def test_a_crash_between_claim_and_turn_loses_nothing_and_sends_once(
    came: Came, engine: Engine
) -> None:
    await came.promise()
    came.clock.to(came.queue[0].due_at.date(), 11)
    assert len(came.store.check_ins.take(came.clock.now, 5)) == 1
    again = came.store.again()
    with closing(again), closing(Turns(engine, again.ledger, SECRET)) as restarted:
        assert await restarted.resume() == 1
        person = Person(restarted, came.person.sender)
        assert (await person.state())["phase"] == "how"
        later = Came(person, again, came.clock)
        assert await later.sweep() == []
        assert await restarted.resume() == 0
    own = [row for row in came.store.rows(inbox) if row.own]
    assert [row.status for row in own] == ["done"]


async def test_two_copies_that_look_at_once_send_once(came: Came, engine: Engine) -> None:
    await came.promise()
    came.clock.to(came.queue[0].due_at.date(), 11)
    other = came.store.again() if came.store.is_postgres else came.store
    with closing(Turns(engine, other.ledger, SECRET)) as turns:
        second = Came(Person(turns), other, came.clock)
        brought = await asyncio.gather(came.coming.sweep(), second.coming.sweep())
    assert sum(brought) == 1
    assert sum(row.own for row in came.store.rows(inbox)) == 1


def nothing_waits(store: Store) -> bool:
    return all(row.status == "done" for row in store.rows(inbox))


async def test_the_service_comes_back_by_itself_and_stops(
    came: Came, application: Callable[..., Starlette]
) -> None:
    """The loop in the front door takes what is due, and ends with it."""
    await came.promise()
    came.clock.to(came.queue[0].due_at.date(), 11)
    served = application(came.store)
    async with served.router.lifespan_context(served):
        await until(lambda: came.states == ["sent"] and nothing_waits(came.store))


async def test_the_whole_talk_over_rest(
    sqlite: Store,
    application: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    clock: Clock,
) -> None:
    """The replies that came by themselves are there at the next message."""
    served = application(sqlite)
    async with served.router.lifespan_context(served), door(served) as client:

        async def say(text: str) -> tuple[str, Any]:
            sent = {"sender": "ilse", "message": text}
            answer = (await client.post("/webhooks/rest/webhook", json=sent)).json()
            said = "\n".join(m.get("text", "") for m in answer)
            return said, answer[-1]["custom"]["state"]

        for text in ("hallo", "ik ben medewerker", "mijn team", "ja"):
            said, state = await say(text)
        for _ in range(12):
            if state["phase"] != "question":
                break
            said, state = await say("1")
        assert state["phase"] == "review"
        for text in (
            "ja", "we doen nu bijna niets samen", "1", "niets", "ja", "ik", "over een week", "8",
            "een week erna",
        ):  # fmt: skip
            said, state = await say(text)
        assert state["phase"] == "done" and "hoe het ging" in said
        clock.to(sqlite.rows(check_ins)[0].due_at.date(), 11)
        await until(lambda: sqlite.rows(check_ins)[0].state == "sent" and nothing_waits(sqlite))
        said, state = await say("het is deels gelukt")
        assert sqlite.rows(plans)[0].what[:40] in said and state["phase"] == "rate"
        for text in (
            "40",
            "dat mijn collega met me meedeed",
            "elke dag vijf minuten oefenen",
            "over een week",
        ):
            said, state = await say(text)
        said, state = await say("een week erna")
        assert "elke dag vijf minuten oefenen" in said and state["phase"] == "done"
        assert [row.state for row in sqlite.rows(check_ins)] == ["answered", "due"]
