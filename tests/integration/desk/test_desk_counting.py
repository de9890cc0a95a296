"""What the desk counts of real talks: everything once, whatever fails or comes twice; sentences only with consent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from adviser import AtWork
from client_visitor import ClientVisitor
from sqlalchemy import update
from sqlalchemy.engine import Connection
from starlette.applications import Starlette
from talking import SECRET, Person, Store, texts

from bot.engine import Engine, Held
from bot.turns.counting import COUNTED
from bot.turns.worker import Kept, Turns
from coach.store.desk_tables import figures, handovers, unclear
from coach.store.figures import FigureRecord, Figures
from coach.store.retention import expire
from coach.store.tables import talks
from coach.store.unclear import THROWN, Unclear
from coach.usecases.privacy import Terms

Door = Callable[..., httpx.AsyncClient]
PUZZLING = "het is een lang verhaal van Jan de Vries"
STRIPPED = "het is een lang verhaal van …"
GRIM = "het is een lang verhaal en ik wil niet meer leven"


def counted(store: Store) -> dict[str, int]:
    return Figures(store.database).since(date.min)


def kept(store: Store) -> list[tuple[str, str, int]]:
    return [(row.text, row.asked, row.number) for row in store.rows(unclear)]


# --- once ----------------------------------------------------------------------------------------


async def test_a_whole_talk_counts_every_step_once(person: Person, stores: Store) -> None:
    await person.say("hallo", message_id="eerste")
    await person.say("hallo", message_id="eerste")
    await person.reach("done")
    await person.say("wat was mijn stap?")
    numbers = counted(stores)
    for name in ("begonnen", "plek", "klopt", "beloofd", "toestemming:ja"):
        assert numbers[name] == 1, name
    assert numbers["kanaal:rest:beloofd"] == numbers["rol:medewerker:beloofd"] == 1
    assert set(numbers.values()) == {1}
    asked = {name[6:] for name in numbers if name.startswith("vraag:")}
    assert asked == {name[9:] for name in numbers if name.startswith("antwoord:")} and asked


async def test_beginning_again_is_no_second_talk(person: Person, stores: Store) -> None:
    await person.reach("question")
    await person.press("niveau_1")
    await person.say("opnieuw beginnen")
    await person.say("ja, opnieuw beginnen")
    assert await person.trail() == []
    await person.reach("question")
    assert set(counted(stores).values()) == {1}


async def test_a_turn_that_fails_counts_nothing_until_it_is_held(
    person: Person, stores: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, wrong = engine.hold, [True]

    async def once(*given: Any, **named: Any) -> Held:
        if wrong.pop() if wrong else False:
            raise RuntimeError("this turn fails")
        return await hold(*given, **named)

    monkeypatch.setattr(engine, "hold", once)
    await person.say("hallo")
    assert counted(stores) == {}
    await person.say("hallo")
    assert counted(stores) == {"begonnen": 1, "kanaal:rest:begonnen": 1}


async def test_counts_that_were_not_stored_come_with_the_turn_that_is(
    person: Person, stores: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, wrong = FigureRecord.write, [True]

    def broken(record: FigureRecord, db: Connection, talk: str) -> None:
        write(record, db, talk)
        if wrong:
            raise RuntimeError("the service stops here")

    monkeypatch.setattr(FigureRecord, "write", broken)
    with pytest.raises(Kept):
        await person.say("hallo", message_id="m")
    assert counted(stores) == {}
    wrong.clear()
    await person.turns.resume()
    await person.say("hallo", message_id="m")
    assert counted(stores) == {"begonnen": 1, "kanaal:rest:begonnen": 1}


async def test_two_copies_and_many_people_at_once(
    engine: Engine, stores: Store, turns: Turns
) -> None:
    other = Turns(engine, stores.again().ledger, SECRET)
    people = [Person(copy, f"p{n}") for n in range(4) for copy in (turns, other)]
    await asyncio.gather(*(one.say("hallo", message_id="m") for one in people))
    other.close()
    assert counted(stores) == {"begonnen": 4, "kanaal:rest:begonnen": 4}


async def test_a_talk_for_a_client_is_counted_apart(
    application: Callable[..., Starlette], stores: Store
) -> None:
    anna = ClientVisitor(stores, application(stores))
    talk = await anna.begin()
    await anna.type(talk, PUZZLING)
    numbers = counted(stores)
    assert numbers["klant:begonnen"] == numbers["klant:vraag:sturing"] == 1
    assert all(name.startswith("klant:") for name in numbers)
    assert kept(stores) == [], "an adviser's words are nobody's"


# --- handovers -----------------------------------------------------------------------------------


@pytest.fixture
async def anna(
    stores: Store, application: Callable[..., Starlette], door: Door
) -> AsyncIterator[AtWork]:
    made = application(stores)
    async with made.router.lifespan_context(made), door(made) as client:
        yield AtWork.begin(stores.database, client, "Anna de Vries")


async def test_the_wait_is_counted_at_the_first_answer_alone(
    person: Person, stores: Store, anna: AtWork
) -> None:
    await person.reach("question")
    await person.say("ik wil een mens spreken")
    await person.press("ja")
    await person.say("Bel mij gerust")
    assert counted(stores)["overdracht"] == counted(stores)["overdracht:gevraagd"] == 1
    with stores.database.begin() as db:
        [asked_at] = [row.asked_at for row in db.execute(handovers.select())]
        db.execute(update(handovers).values(asked_at=asked_at - timedelta(minutes=25)))
    [address] = await anna.waiting()
    await anna.take(address)
    for form in ("een", "een", "twee"):
        await anna.answer(address, "Dag, waarmee kan ik helpen?", form)
    waited = {name: n for name, n in counted(stores).items() if name.startswith("wacht:")}
    assert list(waited.values()) == [1] and next(iter(waited)) in ("wacht:25", "wacht:26")
    assert kept(stores) == [], "what is said to a person is for nobody else"


# --- sentences -----------------------------------------------------------------------------------


async def test_a_sentence_is_kept_without_names_and_with_how_often(
    person: Person, stores: Store
) -> None:
    await person.reach("question")
    await person.say(PUZZLING)
    [once] = kept(stores)
    assert once == (STRIPPED, "sturing", 1)
    await person.say(PUZZLING, message_id="zelfde")
    await person.say(PUZZLING, message_id="zelfde")
    assert kept(stores) == [(STRIPPED, "sturing", 2)]
    [row] = stores.rows(unclear)
    assert row.seen_on.weekday() == 0 and "Vries" not in repr(row)


@pytest.mark.parametrize("consent", [True, False])
async def test_without_consent_nothing_is_kept(
    person: Person, stores: Store, consent: bool
) -> None:
    await person.reach("consent")
    await person.say(PUZZLING)
    assert kept(stores) == [], "nobody has said yes yet"
    await person.say("ja" if consent else "nee")
    assert await person.phase() == "question"
    await person.say(PUZZLING)
    assert bool(kept(stores)) is consent


async def test_who_takes_consent_back_is_not_kept_any_more(person: Person, stores: Store) -> None:
    await person.reach("question")
    await person.say("bewaar dit gesprek niet")
    await person.say(PUZZLING)
    assert kept(stores) == []


async def test_a_yes_to_the_older_question_does_not_count(person: Person, stores: Store) -> None:
    await person.reach("question")
    with stores.database.begin() as db:
        [row] = db.execute(talks.select()).all()
        older = {key: value for key, value in row.state.items() if key != COUNTED}
        db.execute(update(talks).values(state=older))
    for _ in range(2):
        await person.say(PUZZLING)
    assert kept(stores) == []


async def test_words_of_distress_are_never_kept(person: Person, stores: Store) -> None:
    await person.reach("question")
    await person.say(GRIM)
    assert kept(stores) == []


async def test_a_button_and_an_answer_are_understood(person: Person, stores: Store) -> None:
    await person.reach("question")
    await person.press("niveau_1")
    await person.say("wat bedoel je?")
    assert kept(stores) == []


async def test_an_operator_can_keep_none(
    person: Person, stores: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.turns import counting
    from coach import settings

    monkeypatch.setattr(
        counting,
        "current_settings",
        lambda: settings.read(
            {"PADWIJZER_SECRET": SECRET.decode(), "PADWIJZER_KEEP_SENTENCE_DAYS": "0"}
        ),
    )
    await person.reach("question")
    await person.say(PUZZLING)
    assert kept(stores) == []


async def test_a_sentence_that_cannot_be_made_nameless_stops_no_talk(
    person: Person, stores: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.turns import counting

    def broken() -> None:
        raise RuntimeError("no vocabulary")

    await person.reach("question")
    monkeypatch.setattr(counting, "anonymous", broken)
    assert texts(await person.say(PUZZLING)) and kept(stores) == []
    assert await person.phase() == "question"


async def test_what_was_thrown_away_does_not_come_back(person: Person, stores: Store) -> None:
    await person.reach("question")
    await person.say(PUZZLING)
    [row] = stores.rows(unclear)
    assert Unclear(stores.database).throw_away(row.id, None)
    await person.say(PUZZLING)
    [gone] = stores.rows(unclear)
    assert (gone.text, gone.state, gone.number) == ("", THROWN, 2)


async def test_erasing_and_time_take_what_they_say(person: Person, stores: Store) -> None:
    await person.reach("question")
    await person.say(PUZZLING)
    await person.say("wis mijn gegevens")
    await person.press("wissen_ja")
    assert len(kept(stores)) == 1 and COUNTED not in stores.rows(talks)[0].state
    week = datetime.combine(stores.rows(unclear)[0].seen_on, time.min)
    expire(stores.database, Terms(), week + timedelta(days=90))
    assert len(kept(stores)) == 1
    expire(stores.database, Terms(), week + timedelta(days=91))
    assert kept(stores) == [] and stores.count(figures) > 0
