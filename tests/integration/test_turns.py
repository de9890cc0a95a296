"""Whole turns of the real engine on both databases: stored before shown, once, in order, or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from talking import OWN_WORDS, SECRET, Person, Store, put, texts

from bot import inside
from bot.engine import Engine, Held, TurnTrackers
from bot.turns.worker import Kept, Turns
from coach.store import database
from coach.store.ledger import MOST_ATTEMPTS
from coach.store.tables import answers, assessments, events, inbox, outbox, plans, talks


class Broken:
    """A record that cannot be stored."""

    def write(self, db: Connection, talk: str) -> None:
        raise ValueError("this record is broken")


@pytest.fixture
def errors(engine: Engine) -> list[str]:
    """Every wording in which the bot says that a turn went wrong."""
    return [engine.sentence("utter_error", n) for n in range(12)]


@pytest.fixture
def replace_action(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def replace(name: str, run: Callable[..., Any]) -> None:
        actions = inside.executor().actions
        assert name in actions
        monkeypatch.setitem(actions, name, run)

    return replace


@pytest.fixture
def spoil(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Gives every turn a record that cannot be stored, until it is called."""
    hold = engine.hold

    async def spoiled(*given: Any, **named: Any) -> Held:
        held = await hold(*given, **named)
        held.records.append(Broken())
        return held

    with monkeypatch.context() as patch:
        patch.setattr(engine, "hold", spoiled)
        yield patch.undo


def _boom(*_: Any) -> None:
    raise ValueError("geheim-2718 en meer van wat iemand zei")


async def _hang(*_: Any) -> None:
    await asyncio.Event().wait()


# --- one transaction a turn ----------------------------------------------------------------------


async def test_a_turn_is_stored_before_it_is_shown(person: Person, stores: Store) -> None:
    replies = await person.say("hallo")
    [talk], [message] = stores.rows(talks), stores.rows(inbox)
    assert (talk.seq, message.status, message.line) == (1, "done", 1)
    assert talk.state["loop"] == "interview_loop"
    assert [(r.id, r.line, r.message) for r in stores.rows(outbox)] == [
        (r.id, r.line, r.message) for r in replies
    ]
    heard = [e.data for e in stores.rows(events) if e.data["event"] == "user"]
    assert [e["text"] for e in heard] == ["hallo"]
    assert not any(row.sent for row in stores.rows(outbox))
    await person.turns.shown(replies)
    assert all(row.sent for row in stores.rows(outbox))


async def test_a_commit_that_fails_stores_nothing_and_the_message_waits(
    person: Person, stores: Store, engine: Engine, spoil: Callable[[], None]
) -> None:
    with pytest.raises(Kept):
        await person.say("hallo", message_id="m0")
    [talk], [message] = stores.rows(talks), stores.rows(inbox)
    assert (talk.seq, talk.lines, talk.state, talk.offered) == (0, 0, {}, {})
    assert (message.status, message.line, message.text) == ("new", None, "hallo")
    assert not stores.count(events) and not stores.count(outbox)

    spoil()
    with closing(Turns(engine, stores.ledger, SECRET)) as restarted:
        assert await restarted.resume() == 1
        assert await restarted.resume() == 0
    assert [row.status for row in stores.rows(inbox)] == ["done"]
    assert stores.rows(talks)[0].seq == 1
    assert texts(await person.say("", message_id="m0")) == [
        row.message["text"] for row in stores.rows(outbox)
    ]


async def test_a_message_that_can_never_be_stored_holds_up_nobody(
    turns: Turns, stores: Store, engine: Engine, spoil: Callable[[], None], errors: list[str]
) -> None:
    with pytest.raises(Kept):
        await Person(turns, "pech").say("hallo", message_id="m0")
    spoil()
    hold = engine.hold

    async def unlucky(talk: str, *given: Any, **named: Any) -> Held:
        held = await hold(talk, *given, **named)
        if talk == unhappy:
            held.records.append(Broken())
        return held

    unhappy = stores.rows(talks)[0].id
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "hold", unlucky)
        other = stores.ledger.accept("rest", turns.sender_hash("rest", "geluk"), "m0", "hallo")
        for _ in range(MOST_ATTEMPTS):
            await turns.resume()
        assert {row.id: row.status for row in stores.rows(inbox)}[other.id] == "done"
        await turns.resume()
    assert sorted(row.status for row in stores.rows(inbox)) == ["done", "failed"]
    assert texts(await Person(turns, "pech").say("hallo", message_id="m0"))[0] in errors


# --- actions that go wrong -----------------------------------------------------------------------


@pytest.mark.parametrize("run", [_boom, _hang])
@pytest.mark.parametrize("action", ["validate_interview_loop", "action_ask_interview_loop_answer"])
async def test_an_action_that_goes_wrong_is_told_and_changes_nothing(
    person: Person,
    stores: Store,
    errors: list[str],
    replace_action: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    action: str,
    run: Callable[..., Any],
) -> None:
    await person.say("hallo")
    before = await person.talk()
    monkeypatch.setattr(inside, "ACTION_SECONDS", 0.05)
    replace_action(action, run)
    with caplog.at_level(logging.DEBUG):
        [reply] = await person.say("ik ben medewerker geheim-2718")
    assert reply.message["text"] in errors
    after = await person.talk()
    assert (after.seq, after.state, after.offered) == (
        before.seq + 1, before.state, before.offered,
    )  # fmt: skip
    kept = stores.rows(inbox)[-1]
    assert (kept.status, kept.text) == ("failed", "ik ben medewerker geheim-2718")
    assert max(event.seq for event in stores.rows(events)) == before.seq
    assert "turn.failed" in caplog.text
    assert "geheim-2718" not in caplog.text
    assert person.sender not in caplog.text


async def test_the_talk_goes_on_after_an_action_that_went_wrong(
    person: Person, replace_action: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await person.reach("question")
    replace_action("action_why", _boom)
    await person.say("waarom vraag je dit?")
    monkeypatch.undo()
    await person.press("niveau_2")
    assert [entry["level"] for entry in await person.trail()] == [2]


async def test_a_side_question_that_goes_wrong_is_not_passed_over(
    person: Person, replace_action: Callable[..., None], errors: list[str]
) -> None:
    await person.reach("question")
    replace_action("action_why", _boom)
    assert [t in errors for t in texts(await person.say("waarom vraag je dit?"))] == [True]


async def test_no_words_reach_the_logs(
    engine: Engine, stores: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """At the lowest level, and with a database that is opened at that level."""
    with caplog.at_level(logging.DEBUG):
        opened = stores.again()
        with closing(opened), closing(Turns(engine, opened.ledger, SECRET)) as turns:
            person = Person(turns)
            await person.say("hallo, ik ben geheim-2718")
            await person.say('/slot{"role": "geheim-2718"}')
            await person.say("wat bedoel je met geheim-2718?")
            await turns.lines((await person.talk()).id, 0)
    assert "geheim-2718" not in caplog.text
    assert person.sender not in caplog.text


async def test_words_of_distress_are_answered_with_help_and_not_kept(
    person: Person, stores: Store
) -> None:
    await person.say("hallo")
    await person.say("ik ben medewerker")
    said = " ".join(
        str(r.message.get("text", ""))
        for r in await person.say("ik wil niet meer leven, zaag-4711")
    )
    assert "113" in said and "112" in said
    assert "zaag-4711" not in str(stores.everything())
    await person.say("verder")
    assert (await person.state())["phase"] == "subject"


@pytest.mark.parametrize("model_too", [False, True])
async def test_words_of_distress_are_answered_and_not_kept_when_the_turn_fails(
    person: Person, stores: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, model_too: bool
) -> None:
    await person.say("hallo")

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("something went wrong")

    monkeypatch.setattr(engine, "hold", broken)
    if model_too:
        monkeypatch.setattr(engine, "understand", broken)
    [reply] = await person.say("ik wil niet meer leven, zaag-4711")
    assert "113" in reply.message["text"]
    assert "zaag-4711" not in str(stores.everything())
    await person.say("gewone woorden blijven")
    assert [row.text for row in stores.rows(inbox)] == ["hallo", "", "gewone woorden blijven"]


# --- order ---------------------------------------------------------------------------------------


async def test_messages_of_a_talk_that_come_at_once_keep_their_order(
    person: Person, stores: Store
) -> None:
    await person.say("hallo")
    ids = [f"snel{n}" for n in range(6)]
    answers_ = await asyncio.gather(*(person.say("hoeveel nog?", message_id=i) for i in ids))
    said = [row for row in stores.rows(inbox) if row.message_id in ids]
    assert [row.line for row in said] == sorted(row.line for row in said)
    assert {row.status for row in said} == {"done"}
    assert stores.rows(talks)[0].seq == 1 + len(ids)
    seen = [reply.id for replies in answers_ for reply in replies]
    assert len(seen) == len(set(seen))
    lines = await person.turns.lines((await person.talk()).id, 0)
    assert [line.n for line in lines] == list(range(1, len(lines) + 1))


async def test_a_message_that_waited_goes_before_the_next(
    person: Person, stores: Store, spoil: Callable[[], None]
) -> None:
    """The answer that could not be stored is not heard later, as the answer to another question."""
    with pytest.raises(Kept):
        await person.say("hallo")
    spoil()
    await person.say("ik ben medewerker")
    assert await person.phase() == "subject"
    assert [(row.text, row.status) for row in stores.rows(inbox)] == [
        ("hallo", "done"), ("ik ben medewerker", "done"),
    ]  # fmt: skip
    assert [row.line for row in stores.rows(inbox)] == sorted(
        row.line for row in stores.rows(inbox)
    )


async def test_two_copies_of_the_service_keep_one_order(engine: Engine, stores: Store) -> None:
    """On SQLite a second copy is refused at the start, so there it is one copy with two callers."""
    other = stores.again() if stores.is_postgres else stores
    one, two = Turns(engine, stores.ledger, SECRET), Turns(engine, other.ledger, SECRET)
    with closing(one), closing(two), closing(other):
        people = [Person(one), Person(two if stores.is_postgres else one)]
        await people[0].say("hallo")
        await asyncio.gather(
            *(people[n % 2].say("hoeveel nog?", message_id=f"x{n}") for n in range(8))
        )
        said = stores.rows(inbox)
        assert {row.status for row in said} == {"done"}
        assert sorted(row.line for row in said) == [row.line for row in said]
        assert stores.rows(talks)[0].seq == len(said) == 9


async def test_many_talks_at_once_do_not_mix(turns: Turns, stores: Store) -> None:
    guide = Person(turns, "voorganger")
    await guide.reach("reality")
    reached = await guide.talk()
    people = [Person(turns, f"persoon-{n}") for n in range(50)]
    tokens = {person.sender: f"merk{n:02d}woord" for n, person in enumerate(people)}
    ids = {person.sender: put(stores, person.sender, reached, turns) for person in people}

    async def talk(person: Person) -> list[str]:
        token = tokens[person.sender]
        first = await person.say(f"{OWN_WORDS}, met {token} erbij")
        second = await person.say(f"ik wil zelf iets proberen met {token} en mijn team")
        return texts([*first, *second])

    answered = await asyncio.gather(*(talk(person) for person in people))
    for person, said in zip(people, answered, strict=True):
        own = tokens[person.sender]
        assert own in " ".join(said)
        _expect_only(own, tokens, " ".join(said))
    for table in (talks, events, inbox, outbox):
        for row in stores.rows(table):
            owner = next(
                (s for s, i in ids.items() if i in (getattr(row, "talk", None), row[0])), None
            )
            if owner:
                _expect_only(tokens[owner], tokens, repr(tuple(row)))
    assert Counter(row.status for row in stores.rows(inbox)) == {"done": stores.count(inbox)}


def _expect_only(own: str, tokens: dict[str, str], seen: str) -> None:
    assert [token for token in tokens.values() if token in seen and token != own] == []


# --- once ----------------------------------------------------------------------------------------


async def test_the_same_message_id_has_one_effect_and_the_same_replies(
    person: Person, stores: Store, engine: Engine
) -> None:
    await person.reach("question")
    payload = next(p for p in (await person.talk()).offered if "niveau_2" in p)
    first = await person.say("x", payload, "dubbel")
    seq = (await person.talk()).seq
    assert await person.say("x", payload, "dubbel") == first
    payload = next(p for p in (await person.talk()).offered if "niveau_2" in p)
    both = await asyncio.gather(*(person.say("x", payload, "nog een") for _ in range(5)))
    assert all(replies == both[0] for replies in both)
    assert len(await person.trail()) == 2
    with closing(Turns(engine, stores.ledger, SECRET)) as restarted:
        again = Person(restarted, person.sender)
        assert await again.say("x", payload, "dubbel") == first
    assert (await person.talk()).seq == seq + 1


# --- a database that is away ---------------------------------------------------------------------


@pytest.fixture
def impatient(stores: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """SQLite waits long for a lock; here it gives up soon."""
    monkeypatch.setattr(database, "BUSY_MS", 50)
    store = stores.again()
    yield store
    store.close()


async def test_a_database_that_is_away_takes_nothing_and_pretends_nothing(
    engine: Engine, impatient: Store
) -> None:
    with closing(Turns(engine, impatient.ledger, SECRET)) as turns:
        person = Person(turns)
        await person.say("hallo")
        before = impatient.everything()
        with impatient.down(), pytest.raises(SQLAlchemyError):
            await person.say("ik ben medewerker", message_id="weg")
        assert impatient.everything() == before
        await person.say("ik ben medewerker", message_id="weg")
        assert await person.phase() == "subject"


async def test_a_database_that_goes_away_in_a_turn_keeps_the_message(
    engine: Engine, impatient: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = engine.hold
    with closing(Turns(engine, impatient.ledger, SECRET)) as turns:
        person = Person(turns)
        await person.say("hallo")
        before = await person.talk()
        away = impatient.down()

        async def cut_off(*given: Any, **named: Any) -> Held:
            held = await hold(*given, **named)
            away.__enter__()
            return held

        monkeypatch.setattr(engine, "hold", cut_off)
        with pytest.raises(Kept):
            await person.say("ik ben medewerker", message_id="weg")
        monkeypatch.setattr(engine, "hold", hold)
        away.__exit__(None, None, None)
        assert await person.talk() == before
        assert [row.status for row in impatient.rows(inbox)] == ["done", "new"]
        await person.say("", message_id="weg")
        assert await person.phase() == "subject"
        assert (await person.talk()).seq == before.seq + 1


async def test_a_restart_of_the_database_is_not_noticed(person: Person, stores: Store) -> None:
    await person.say("hallo")
    with stores.down() if stores.is_postgres else closing(stores):
        pass
    await person.say("ik ben medewerker")
    assert await person.phase() == "subject"


# --- what is kept of a talk ----------------------------------------------------------------------


async def test_with_consent_the_answers_the_place_and_the_plan_are_kept(
    person: Person, stores: Store
) -> None:
    await person.reach("done")
    talk = await person.talk()
    [assessment], [plan] = stores.rows(assessments), stores.rows(plans)
    assert (assessment.talk, assessment.round, assessment.role) == (talk.id, 1, "medewerker")
    assert (assessment.subject, assessment.ring) == ("team", "activatie")
    trail = talk.state["slots"]["interview"]["trail"]
    kept = [(a.n, a.construct, a.level, a.read_as) for a in stores.rows(answers)]
    assert kept == [(n, e["construct"], e["level"], "button") for n, e in enumerate(trail)]
    assert f"{assessment.ring}-{assessment.process}" == (await person.state())["position"]
    assert (plan.talk, plan.round, plan.sure, plan.who != "") == (talk.id, 1, 8, True)
    assert plan.on_date and plan.come_back > plan.on_date


async def test_without_consent_nothing_is_kept_beside_the_talk(
    person: Person, stores: Store
) -> None:
    await person.reach("done", consent=False)
    assert (await person.state())["plan"]
    assert [stores.count(t) for t in (assessments, answers, plans)] == [0, 0, 0]


async def test_every_answer_is_kept_at_once_and_a_step_back_takes_it_away(
    person: Person, stores: Store
) -> None:
    await person.reach("question")
    assert not stores.count(assessments)
    for number in (1, 2):
        await person.press("niveau_2")
        assert stores.count(answers) == number
    await person.say("vorige")
    assert stores.count(answers) == 1
    assert stores.count(assessments) == 1


# --- a restart -----------------------------------------------------------------------------------


async def test_after_a_restart_the_talk_goes_on_at_the_same_question(
    engine: Engine, person: Person, stores: Store
) -> None:
    await person.reach("question")
    await person.press("niveau_2")
    before = await person.state()
    second = stores.again()
    with closing(Turns(engine, second.ledger, SECRET)) as restarted, closing(second):
        returned = Person(restarted, person.sender)
        assert await restarted.resume() == 0
        assert await returned.state() == before
        await returned.say("ben ik er nog?")
        assert (await returned.state())["construct"] == before["construct"]
        await returned.press("niveau_3")
        assert [entry["level"] for entry in await returned.trail()] == [2, 3]


async def test_rasa_has_no_store_of_its_own_to_fall_back_on(engine: Engine) -> None:
    assert type(engine.tracker_store) is TurnTrackers
    assert not isinstance(engine.tracker_store, FailSafeTrackerStore)
    assert not any(isinstance(part, TrackerStore) for part in vars(engine.tracker_store).values())
    assert list(await engine.tracker_store.keys()) == []


# --- cost ----------------------------------------------------------------------------------------


async def test_a_turn_costs_the_same_at_the_end_of_a_long_talk(
    person: Person, stores: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    keep = TurnTrackers.save

    async def measured(self: TurnTrackers, tracker: Any) -> None:
        lengths.append(len(tracker.events))
        await keep(self, tracker)

    monkeypatch.setattr(TurnTrackers, "save", measured)
    statements = stores.statements()
    await person.reach("question")
    lengths.clear()
    counts = []
    for _ in range(60):
        statements.clear()
        await person.say("", "/greet")
        counts.append(len(statements))
    assert len(lengths) == len(counts)
    assert (lengths[4], counts[4]) == (lengths[59], counts[59])
    assert set(lengths) == {lengths[4]} and set(counts) == {counts[4]}
