"""A user asks for a person, an adviser answers at the desk: the real engine and the real desk on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from adviser import AtWork
from doors import CHANNELS, House
from served import until
from sqlalchemy import insert, update
from starlette.applications import Starlette
from talking import SECRET, Person, Store, texts

from bot.engine import Engine
from bot.turns.worker import Turns
from coach.domain.handover import State
from coach.store.advisers import Adviser, Advisers
from coach.store.desk_tables import audit, groups, handover_lines, handovers, memberships, rounds
from coach.store.handovers import DOOR, Handovers
from coach.store.organisations import Organisations
from coach.store.tables import check_ins, inbox, outbox, talks

Door = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def service(
    stores: Store, application: Callable[..., Starlette], door: Door
) -> AsyncIterator[httpx.AsyncClient]:
    """The whole service over a database; `person` talks with a second copy of it."""
    made = application(stores)
    async with made.router.lifespan_context(made), door(made) as client:
        yield client


@pytest.fixture
def anna(service: httpx.AsyncClient, stores: Store) -> AtWork:
    return AtWork.begin(stores.database, service, "Anna de Vries")


class Asked:
    """Somebody in the middle of the questions who asked for a person."""

    def __init__(self, person: Person, store: Store) -> None:
        self.person, self.store = person, store

    async def say(self, text: str) -> str:
        return "\n".join(texts(await self.person.say(text)))

    async def press(self, value: str) -> str:
        return "\n".join(texts(await self.person.press(value)))

    async def ask(self) -> str:
        await self.person.reach("question")
        return await self.say("ik wil een mens spreken")

    async def send(self) -> None:
        await self.ask()
        await self.press("ja")

    async def slot(self) -> Any:
        return (await self.person.talk()).state["slots"].get("handover")

    def came(self) -> list[str]:
        """What nobody asked for and was not shown yet, as a channel would find it."""
        return [row.message.get("text", "") for row in self.store.rows(outbox) if not row.sent]

    def newest(self, number: int = 1) -> str:
        rows = sorted(self.store.rows(outbox), key=lambda row: row.line)
        return "\n".join(row.message.get("text", "") for row in rows[-number:])

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.store.rows(handovers)]

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(row.by, row.text) for row in self.store.rows(handover_lines)]


@pytest.fixture
def asked(person: Person, stores: Store) -> Asked:
    return Asked(person, stores)


# --- what is sent --------------------------------------------------------------------------------


async def test_from_question_to_answer_and_back(asked: Asked, anna: AtWork) -> None:
    shown = await asked.ask()
    assert "Mijn rol: medewerker" in shown and "uiterlijk om" in shown
    assert asked.states == [] and await anna.waiting() == []
    open_before = (await asked.person.state())["construct"]

    assert "uiterlijk om" in await asked.press("ja")
    [address] = await anna.waiting()
    assert "Mijn rol: medewerker" in await anna.read(address)

    assert "terug" in await asked.say("Bel mij gerust")
    assert await asked.say("Het mag ook morgen") == ""
    assert (await anna.take(address)).status_code == 303
    for _ in range(2):  # a double click
        assert (await anna.answer(address, "Dag, waarmee kan ik helpen?")).status_code == 303
    assert asked.newest() == "Anna de Vries van het leerloket: Dag, waarmee kan ik helpen?"
    page = await anna.read(address)
    assert page.index("Bel mij gerust") < page.index("Het mag ook morgen") < page.index("waarmee")
    assert [by for by, _ in asked.lines] == ["user", "user", "adviser"]

    assert (await anna.give_back(address)).status_code == 303
    assert asked.states == ["klaar"] and await asked.slot() is None
    assert "Anna de Vries van het leerloket" in asked.newest(3)
    assert (await asked.person.state())["construct"] == open_before
    await asked.person.press("niveau_2")
    assert len(await asked.person.trail()) == 1
    said = [row.what for row in asked.store.rows(audit)]
    assert said == ["handover_taken", "handover_answered", "handover_given_back"]


async def test_own_words_take_the_place_of_ours(asked: Asked, anna: AtWork) -> None:
    await asked.ask()
    await asked.press("wijzigen")
    assert "Mijn chef zegt steeds nee" in await asked.say("Mijn chef zegt steeds nee")
    assert asked.states == []
    await asked.say("Ja, stuur maar")
    [row] = asked.store.rows(handovers)
    assert row.summary == "Mijn chef zegt steeds nee"


async def test_no_sends_nothing_and_the_question_comes_back(asked: Asked, anna: AtWork) -> None:
    await asked.ask()
    said = await asked.press("nee")
    assert asked.states == [] and await asked.slot() is None
    assert (await asked.person.talk()).state["loop"] == "interview_loop"
    assert len(said.splitlines()) > 1
    await asked.person.press("niveau_1")
    assert len(await asked.person.trail()) == 1


async def test_what_is_no_plain_yes_sends_nothing(asked: Asked, anna: AtWork) -> None:
    await asked.ask()
    await asked.say("ja maar niet waar mijn team bij staat")
    assert asked.states == [] and await asked.slot() is not None
    assert "beheer" in await asked.say("wie kan dit lezen?")
    await asked.press("ja")
    assert asked.states == ["nieuw"]


async def test_without_anybody_at_the_desk_the_bot_says_where_people_are(asked: Asked) -> None:
    assert "leerloket" not in await asked.ask()
    assert await asked.slot() is None


async def test_after_misunderstandings_a_person_is_offered(asked: Asked, anna: AtWork) -> None:
    await asked.person.reach("consent")
    for _ in range(3):
        await asked.say("gordijn")
    await asked.press("human")
    await asked.press("ja")
    [row] = asked.store.rows(handovers)
    assert row.reason == "onduidelijk"
    assert "Padwijzer begreep het niet" in await anna.read()


async def test_after_distress_a_person_is_offered_but_help_stands_first(
    asked: Asked, anna: AtWork
) -> None:
    await asked.person.reach("question")
    said = await asked.say("ik word hier elke dag gepest door de ploeg")
    assert "vertrouwenspersoon" in said
    await asked.press("nood")
    await asked.press("ja")
    [row] = asked.store.rows(handovers)
    assert row.reason == "nood" and "Heeft het zwaar" in await anna.read()


async def test_who_is_in_danger_is_not_sent_to_a_desk(asked: Asked, anna: AtWork) -> None:
    await asked.person.reach("question")
    replies = await asked.person.say("ik wil niet meer leven")
    assert "113" in texts(replies)[0] and not replies[0].message.get("buttons")


# --- while a person has it -----------------------------------------------------------------------


async def test_words_of_distress_get_help_at_once_and_reach_the_adviser(
    asked: Asked, anna: AtWork
) -> None:
    await asked.send()
    assert "113" in await asked.say("ik wil niet meer leven")
    assert asked.lines == [("user", "ik wil niet meer leven")]
    assert "ik wil niet meer leven" not in {row.text for row in asked.store.rows(inbox)}


async def test_the_user_goes_back_to_the_bot(asked: Asked, anna: AtWork) -> None:
    await asked.send()
    [address] = await anna.waiting()
    await anna.take(address)
    said = await asked.say("Terug")
    assert asked.states == ["klaar"] and len(said.splitlines()) > 1
    assert "ging terug naar Padwijzer" in await anna.read(address)
    late = await anna.answer(address, "Ben je er nog?")
    assert late.status_code == 409 and "Ben je er nog?" in late.text
    assert (await asked.person.talk()).state["loop"] == "interview_loop"


async def test_an_answer_that_crosses_the_way_back_is_still_read(
    asked: Asked, anna: AtWork, stores: Store
) -> None:
    await asked.send()
    [address] = await anna.waiting()
    await anna.take(address)
    adviser = next(a for a in _advisers(stores) if a.id == anna.id)
    key = address.rpartition("/")[2]
    message = Handovers(stores.database).say(key, adviser, "Tot zo", "x", _now())
    await asked.say("terug")  # what waited in the inbox goes first
    assert asked.lines == [("adviser", "Tot zo"), ("bot", "left")]
    said = [line.text for line in stores.ledger.lines(message.talk)]
    assert said.index("Anna de Vries van het leerloket: Tot zo") < said.index("terug")


async def test_who_wants_everything_erased_is_asked_by_the_bot(asked: Asked, anna: AtWork) -> None:
    await asked.send()
    await asked.say("wis mijn gegevens")
    await asked.press("wissen_ja")
    assert asked.states == []


async def test_to_begin_again_takes_the_talk_back(asked: Asked, anna: AtWork) -> None:
    await asked.send()
    assert texts(await asked.person.say("", "/restart"))
    assert asked.states == ["klaar"] and await asked.slot() is None


async def test_a_check_in_waits_until_the_bot_has_the_talk_again(
    asked: Asked, anna: AtWork, stores: Store
) -> None:
    await asked.person.reach("done")
    await asked.say("ik wil een mens spreken")
    await asked.press("ja")
    [due] = stores.rows(check_ins)
    then = due.due_at + timedelta(hours=1)
    assert stores.check_ins.take(then, 5) == []
    await asked.say("terug")
    with stores.database.begin() as db:
        db.execute(update(talks).values(updated_at=due.due_at - timedelta(days=1)))
    assert len(stores.check_ins.take(then, 5)) == 1


async def test_without_consent_the_talk_stays_as_long_as_somebody_is_to_answer(
    asked: Asked, anna: AtWork, stores: Store
) -> None:
    await asked.person.reach("question", consent=False)
    assert stores.rows(talks)[0].forget_at is not None
    await asked.send()
    assert stores.rows(talks)[0].forget_at is None
    await asked.say("terug")
    assert stores.rows(talks)[0].forget_at is not None


# --- at the desk ---------------------------------------------------------------------------------


async def test_of_two_advisers_one_gets_the_talk_and_the_other_is_told(
    asked: Asked, anna: AtWork, stores: Store
) -> None:
    bram = AtWork.begin(stores.database, anna.client, "Bram Bos")
    await asked.send()
    [address] = await anna.waiting()
    both = await asyncio.gather(anna.take(address), bram.take(address))
    assert sorted(answer.status_code for answer in both) == [303, 409]
    [row] = stores.rows(handovers)
    other = bram if row.adviser == anna.id else anna
    refused = await other.answer(address, "Ik had dit al geschreven")
    assert refused.status_code == 409 and "Ik had dit al geschreven" in refused.text
    assert asked.lines == []
    assert (await other.take(address, seen=row.adviser)).status_code == 303  # a colleague is ill


async def test_a_talk_can_be_laid_back_for_a_colleague(asked: Asked, anna: AtWork) -> None:
    await asked.send()
    [address] = await anna.waiting()
    await anna.take(address)
    assert await anna.waiting() == []
    await anna.submit(f"{address}/terugleggen")
    assert await anna.waiting() == [address] and asked.states == ["nieuw"]


async def test_an_empty_or_endless_answer_is_shown_again(asked: Asked, anna: AtWork) -> None:
    await asked.send()
    [address] = await anna.waiting()
    await anna.take(address)
    empty = await anna.answer(address, "  ")
    assert empty.status_code == 422 and "Schrijf eerst een antwoord" in empty.text
    long = await anna.answer(address, "a" * 4_001)
    assert long.status_code == 422 and "a" * 4_001 in long.text
    assert asked.lines == []


async def test_who_came_through_an_organisation_is_seen_by_its_advisers_alone(
    asked: Asked, anna: AtWork, stores: Store
) -> None:
    bram = AtWork.begin(stores.database, anna.client, "Bram Bos")
    chief = AtWork.begin(stores.database, anna.client, "Chris Chef", manager=True)
    own = Organisations(stores.database).add("Zorggroep De Linde", anna.id, _now())
    await asked.ask()
    [talk] = stores.rows(talks)
    top = next(row.id for row in stores.rows(groups) if row.organisation == own)
    with stores.database.begin() as db:
        of = {"organisation": own, "top": top, "n": 1, "ends_on": _now().date()}
        db.execute(insert(rounds).values(id="r", opened_at=_now(), **of))
        belongs = {"talk": talk.id, "round": "r", "group": top, "joined_on": _now().date()}
        db.execute(insert(memberships).values(**belongs))
    await asked.press("ja")
    [address] = await anna.waiting()
    assert "Zorggroep De Linde" in await anna.read(address)
    assert await bram.waiting() == [] and await bram.status(address) == 404
    assert (await bram.take(address)).status_code == 404
    assert await chief.waiting() == [address]


async def test_the_row_is_paged_and_says_who_is_late(
    asked: Asked, anna: AtWork, stores: Store
) -> None:
    await asked.send()
    [row] = stores.rows(handovers)
    long_ago = _now() - timedelta(days=9)
    with stores.database.begin() as db:
        for n in range(24):
            other = {**row._mapping, "id": f"{n:016x}", "asked_at": long_ago}
            db.execute(insert(handovers).values(**other))
    assert len(await anna.waiting()) == 20 and "Te laat" in await anna.read()
    rest = await anna.read("/desk/overdrachten?staat=nieuw&pagina=2")
    assert rest.count("Gesprek ") == 5
    assert "25" in await anna.read("/desk")


# --- nothing lost, nothing twice -----------------------------------------------------------------


async def test_an_answer_that_no_copy_brought_is_brought_by_the_next(
    asked: Asked, anna: AtWork, stores: Store, engine: Engine
) -> None:
    await asked.send()
    [address] = await anna.waiting()
    await anna.take(address)
    adviser = next(a for a in _advisers(stores) if a.id == anna.id)
    key = address.rpartition("/")[2]
    message = Handovers(stores.database).say(key, adviser, "Dag", "x", _now())
    assert "Onderweg" in await anna.read(address)
    again = stores.again()
    with closing(again), closing(Turns(engine, again.ledger, SECRET)) as other:
        # both copies at once, and each of them twice
        await asyncio.gather(
            *(turns.handle(message) for turns in (other, asked.person.turns) for _ in range(2))
        )
    assert asked.lines == [("adviser", "Dag")]
    assert [row.status for row in stores.rows(inbox) if row.channel == DOOR] == ["done"]
    assert sum("leerloket: Dag" in row.message.get("text", "") for row in stores.rows(outbox)) == 1
    assert "Onderweg" not in await anna.read(address)


async def test_no_user_can_speak_as_the_desk(asked: Asked, anna: AtWork) -> None:
    await asked.send()
    payload = '{"handover": "x", "kind": "back", "name": "Anna"}'
    await asked.person.say(payload, payload)
    assert asked.states == ["nieuw"] and await asked.slot() is not None


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_answer_is_read_where_the_user_is(house: House, channel: str) -> None:
    anna = AtWork.begin(house.store.database, house.client, "Anna de Vries")
    visitor = await house.visitor(channel, "vrager")
    await visitor.say("ik wil een mens spreken")
    await visitor.press("ja")
    [address] = await anna.waiting()
    await visitor.say("Kan het vandaag nog?")
    read = len(visitor.read())
    await visitor.say("Ik ben er tot vijf uur")
    assert len(visitor.read()) == read, "the bot is silent"
    await anna.take(address)
    await anna.answer(address, "Ja hoor, ik bel je om vier uur.")
    if channel == "rest":  # it is not called, so it asks
        await visitor.send("Fijn")
    await until(
        lambda: any("ik bel je om vier uur" in line for r in visitor.read() for line in r.words)
    )
    await anna.give_back(address)
    if channel == "rest":
        await visitor.send("hallo")
    await until(
        lambda: any("met mij, Padwijzer" in line for r in visitor.read() for line in r.words)
    )
    assert [row.state for row in house.store.rows(handovers)] == [State.DONE.value]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _advisers(store: Store) -> list[Adviser]:
    return Advisers(store.database).all()
