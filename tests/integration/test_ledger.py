"""The ledger of turns on both databases: once, in order, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, inspect, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from talking import Store, open_store, turn_of

from coach.domain.answers import Construct, ReadAs, Role, Subject
from coach.domain.content import Content
from coach.domain.path import Process, Ring
from coach.domain.placement import Certainty
from coach.store.database import MIGRATIONS, migrate, open_database
from coach.store.ledger import MOST_ATTEMPTS
from coach.store.tables import (
    answers,
    assessments,
    events,
    inbox,
    metadata,
    outbox,
    plans,
    talks,
)
from coach.store.turn import Overtaken, Waiting

T = TypeVar("T")

ODD_TEXTS = {
    "emoji": "ik 👩🏽‍🏭 leer 🎉 van m'n collega's",
    "right to left": "\u202eאני לומד\u202c en \u2067تعلم\u2069",
    "zalgo": "l̷̢e̴̛r̵e̸n̶̡",
    "ansi": "\x1b[31mrood\x1b[0m \x07",
    "braces": "{naam.__class__} {0} %s %(x)s ${PATH} {{x}}",
    "quotes": "'; DROP TABLE talks; -- \" `x` \\' \\",
    "markup": "<script>alert(1)</script> <!channel> [x](javascript:1)",
    "white space": "  \t regel een\r\nregel twee\u2028drie \u00a0 ",
    "long": "é" * 4_000,
    "nothing": "",
    "beyond the basic plane": "\U0001f9d1\U0010ffff",
    "not normalised": "e\u0301 is geen é",
}


class Broken:
    """A record that cannot be stored."""

    def write(self, db: Connection, talk: str) -> None:
        raise ValueError("this record is broken")


def _at_once(calls: list[Callable[[], T]]) -> list[T]:
    """Call all of them from threads that start together."""
    gate = threading.Barrier(len(calls))

    def start(call: Callable[[], T]) -> T:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))


# --- the inbox -----------------------------------------------------------------------------------


def test_the_same_message_id_is_one_row(stores: Store) -> None:
    first = stores.ledger.accept("web", "h", "m1", "hallo", "/greet")
    again = stores.ledger.accept("web", "h", "m1", "iets anders")
    assert first.fresh and not again.fresh
    assert (again.id, again.talk, again.text, again.payload) == (
        first.id, first.talk, "hallo", "/greet",
    )  # fmt: skip
    assert stores.count(inbox) == stores.count(talks) == 1


def test_ids_are_of_a_talk_and_talks_of_a_channel(stores: Store) -> None:
    taken = [
        stores.ledger.accept(channel, sender, "m1", "hallo")
        for channel, sender in (("web", "h"), ("web", "i"), ("rest", "h"))
    ]
    assert len({w.talk for w in taken}) == len({w.id for w in taken}) == 3


def test_nobody_known_has_no_talk(stores: Store) -> None:
    assert stores.ledger.talk_of("web", "nobody") is None


@pytest.mark.parametrize("round_", range(5))
def test_two_at_once_of_a_new_talk_are_one_talk(stores: Store, round_: int) -> None:
    accept = stores.ledger.accept
    taken = _at_once([lambda n=n: accept("web", "h", f"m{n}", f"t{n}") for n in range(2)])
    assert len({w.talk for w in taken}) == 1
    assert sorted(r.message_id for r in stores.rows(inbox)) == ["m0", "m1"]


@pytest.mark.parametrize("round_", range(3))
def test_many_at_once_with_doubles_are_each_taken_once(stores: Store, round_: int) -> None:
    accept = stores.ledger.accept
    ids = [f"m{n % 3}" for n in range(12)]
    taken = _at_once([lambda i=i: accept("web", "h", i, i) for i in ids])
    assert stores.count(talks) == 1
    assert sorted(r.message_id for r in stores.rows(inbox)) == ["m0", "m1", "m2"]
    assert {(w.text, w.id) for w in taken} == {(r.message_id, r.id) for r in stores.rows(inbox)}
    assert sum(w.fresh for w in taken) == 3


# --- committing a turn ---------------------------------------------------------------------------


def test_a_turn_stores_its_state_events_replies_and_line(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    stored = stores.ledger.commit(turn_of(message, 0, ["Dag", "Wie ben je?"]))
    talk = stores.ledger.load(message.talk)
    assert (talk.seq, talk.state) == (1, {"slots": {"turn": 1}})
    assert [(e.seq, e.n, e.data["event"]) for e in stores.rows(events)] == [
        (1, 0, "user"), (1, 1, "action"),
    ]  # fmt: skip
    assert [line for _, line, _ in stored] == [2, 3]
    assert stores.ledger.replies(message) == stored
    [row] = stores.rows(inbox)
    assert (row.status, row.line) == ("done", 1)


def test_a_turn_computed_from_an_older_state_stores_nothing(stores: Store) -> None:
    first, second = (stores.ledger.accept("web", "h", i, i) for i in ("m1", "m2"))
    stores.ledger.commit(turn_of(first, 0))
    before = stores.everything()
    with pytest.raises(Overtaken):
        stores.ledger.commit(turn_of(second, 0))
    assert stores.everything() == before
    assert stores.ledger.is_waiting(second)


def test_a_message_is_handled_once(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    stores.ledger.commit(turn_of(message, 0))
    before = stores.everything()
    with pytest.raises(Overtaken):
        stores.ledger.commit(turn_of(message, 1))
    assert stores.everything() == before
    assert not stores.ledger.is_waiting(message)


def test_of_turns_that_commit_at_once_one_wins(stores: Store) -> None:
    messages = [stores.ledger.accept("web", "h", f"m{n}", "x") for n in range(6)]

    def commit(message: Waiting) -> bool:
        try:
            stores.ledger.commit(turn_of(message, 0))
        except Overtaken:
            return False
        return True

    won = _at_once([lambda m=m: commit(m) for m in messages])
    assert sum(won) == 1
    assert stores.ledger.load(messages[0].talk).seq == 1
    assert stores.count(outbox) == 1
    assert [r.status for r in stores.rows(inbox)].count("done") == 1


def test_a_talk_that_is_gone_takes_no_turn(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    with stores.database.begin() as db:
        db.execute(delete(talks))
    with pytest.raises(Overtaken):
        stores.ledger.commit(turn_of(message, 0))
    assert not any(stores.everything().values())


def test_a_broken_record_takes_the_whole_turn_with_it(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    before = stores.everything()
    with pytest.raises(ValueError, match="broken"):
        stores.ledger.commit(turn_of(message, 0, records=[Broken()]))
    assert stores.everything() == before
    assert stores.ledger.is_waiting(message)


def test_a_failed_turn_keeps_the_message_and_tells_it(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    stores.ledger.commit(turn_of(message, 0, ["Sorry"], failed=True))
    assert [r.status for r in stores.rows(inbox)] == ["failed"]
    assert [line.text for line in stores.ledger.lines(message.talk)] == ["hallo", "Sorry"]
    assert not stores.ledger.is_waiting(message)


def test_lines_are_numbered_from_one_without_gaps(stores: Store) -> None:
    said = [("een", []), ("twee", ["a", "b", "c"]), ("drie", ["d"]), ("vier", [])]
    for seq, (words, replies) in enumerate(said):
        message = stores.ledger.accept("web", "h", words, words)
        stores.ledger.commit(turn_of(message, seq, replies))
    waiting = stores.ledger.accept("web", "h", "vijf", "vijf")
    lines = stores.ledger.lines(message.talk)
    assert [line.n for line in lines] == list(range(1, 9))
    assert [line.text for line in lines] == ["een", "twee", "a", "b", "c", "drie", "d", "vier"]
    assert [line.by_user for line in lines] == [True, True, False, False, False, True, False, True]
    assert [line.n for line in stores.ledger.lines(waiting.talk, after=5)] == [6, 7, 8]


def test_replies_are_unsent_until_they_are_shown(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    other = stores.ledger.accept("web", "i", "m1", "hallo")
    stored = stores.ledger.commit(turn_of(message, 0, ["een", "twee", "drie"]))
    ids = [reply for reply, _, _ in stored]
    stores.ledger.commit(turn_of(other, 0, ["van een ander"]))
    assert [i for i, _, _ in stores.ledger.unsent(message.talk)] == ids
    stores.ledger.mark_sent(ids[:2])
    assert [m["text"] for _, _, m in stores.ledger.unsent(message.talk)] == ["drie"]
    stores.ledger.mark_sent([])
    stores.ledger.mark_sent(ids)
    assert stores.ledger.unsent(message.talk) == []
    assert len(stores.ledger.unsent(other.talk)) == 1


def test_what_waits_is_told_and_its_attempts_are_those_that_were_made(stores: Store) -> None:
    first, second = (stores.ledger.accept("web", s, "m1", s) for s in ("h", "i"))
    assert [(w.id, w.attempts, w.fresh) for w in stores.ledger.waiting()] == [
        (first.id, 0, False), (second.id, 0, False),
    ]  # fmt: skip
    stores.ledger.commit(turn_of(first, 0))
    assert [w.attempts for w in stores.ledger.begin(second)[0]] == [0]
    again = stores.ledger.waiting()[0]
    assert [w.attempts for w in stores.ledger.begin(again)[0]] == [1]
    assert [(w.id, w.attempts) for w in stores.ledger.waiting()] == [(second.id, 1)]
    assert stores.ledger.accept("web", "i", "m1", "i").attempts == 1


def test_earlier_messages_of_the_talk_are_due_first(stores: Store) -> None:
    first, second, third = (stores.ledger.accept("web", "h", i, i) for i in ("m1", "m2", "m3"))
    stores.ledger.accept("web", "i", "m1", "van een ander")
    assert [w.id for w in stores.ledger.begin(second)[0]] == [first.id, second.id]
    stores.ledger.commit(turn_of(first, 0))
    assert [(w.id, w.attempts) for w in stores.ledger.begin(third)[0]] == [
        (second.id, 1), (third.id, 0),
    ]  # fmt: skip
    assert stores.ledger.begin(first) == ([], None)


def test_a_message_that_keeps_failing_is_given_up(stores: Store) -> None:
    bad = stores.ledger.accept("web", "h", "bad", "x")
    for n in range(MOST_ATTEMPTS + 1):
        last = stores.ledger.begin(stores.ledger.accept("web", "h", f"m{n}", "x"))[0]
    assert (last[0].id, last[0].attempts) == (bad.id, MOST_ATTEMPTS + 1)


# --- what is stored ------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_is_stored_exactly(stores: Store, words: str) -> None:
    _expect_exact(stores, "m1", words)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")))
def test_any_text_is_stored_exactly(stores: Store, words: str) -> None:
    with stores.database.begin() as db:
        db.execute(delete(talks))
    _expect_exact(stores, "m1", words)


def _expect_exact(store: Store, message_id: str, words: str) -> None:
    message = store.ledger.accept("web", "h", message_id, words, words)
    given_ = {"slots": {words or "x": [words]}}
    store.ledger.commit(turn_of(message, 0, [words], given_))
    other = store.again()
    try:
        again = other.ledger.accept("web", "h", message_id, "")
        assert (again.text, again.payload) == (words, words)
        assert other.ledger.load(message.talk).state == given_
        assert [line.text for line in other.ledger.lines(message.talk)] == [words, words]
        assert other.rows(events)[0].data["text"] == words
    finally:
        other.close()


def test_every_name_of_the_model_fits_its_column(content: Content) -> None:
    named = {
        assessments.c.version: content.questionnaires,
        assessments.c.role: Role,
        assessments.c.subject: Subject,
        assessments.c.ring: Ring,
        assessments.c.process: Process,
        assessments.c.certainty: Certainty,
        answers.c.construct: Construct,
        answers.c.read_as: ReadAs,
        answers.c.ring: Ring,
        plans.c.ring: Ring,
        plans.c.process: Process,
        plans.c.step: [step.id for place in content.places.values() for step in place.steps],
    }
    for column, names in named.items():
        assert max(map(len, names)) <= column.type.length, column


def test_an_error_of_the_database_names_no_words(stores: Store) -> None:
    message = stores.ledger.accept("web", "h", "m1", "hallo")
    with pytest.raises(DBAPIError) as caught, stores.database.begin() as db:
        db.execute(update(inbox).values(talk="no such talk", text="geheim-3141"))
        db.execute(text("SELECT 1"))
    assert "geheim-3141" not in str(caught.value)
    assert stores.ledger.is_waiting(message)


def test_a_talk_takes_all_that_is_its_own_along(stores: Store) -> None:
    gone, stays = (stores.ledger.accept("web", s, "m1", s) for s in ("h", "i"))
    for message in (gone, stays):
        stores.ledger.commit(turn_of(message, 0))
    with stores.database.begin() as db:
        db.execute(delete(talks).where(talks.c.id == gone.talk))
    for table in (inbox, outbox, events):
        assert {row.talk for row in stores.rows(table)} == {stays.talk}


# --- one turn of a talk at a time ----------------------------------------------------------------


def test_hold_keeps_a_second_copy_out(stores: Store) -> None:
    if not stores.is_postgres:
        with stores.ledger.hold("t"), stores.ledger.hold("t"):
            return  # SQLite has one copy of the service: coach/store/single.py sees to that
    order: list[str] = []
    with _second_copy(stores, "t", order) as second:
        with stores.ledger.hold("t"):
            second.start()
            _until_somebody_waits(stores)
            order.append("first")
        second.join()
    assert order == ["first", "second"]


def test_hold_lets_other_talks_pass(stores: Store) -> None:
    order: list[str] = []
    with _second_copy(stores, "another talk", order) as second, stores.ledger.hold("t"):
        second.start()
        second.join()
        order.append("first")
    assert order == ["second", "first"]


def test_hold_ends_with_the_connection_of_a_killed_copy(stores: Store) -> None:
    if not stores.is_postgres:
        return
    order: list[str] = []
    holding = stores.ledger.hold("t")
    with _second_copy(stores, "t", order) as second:
        holding.__enter__()
        second.start()
        _until_somebody_waits(stores)
        with stores.database.begin() as db:
            db.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        second.join()
    assert order == ["second"]
    with pytest.raises(DBAPIError):
        holding.__exit__(None, None, None)


@contextmanager
def _second_copy(store: Store, talk: str, order: list[str]) -> Iterator[threading.Thread]:
    """Another copy of the service that waits to hold a talk; it must not outlive the test."""
    other = store.again()

    def take() -> None:
        with other.ledger.hold(talk):
            order.append("second")

    try:
        yield threading.Thread(target=take)
    finally:
        other.close()


def _until_somebody_waits(store: Store) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    for _ in range(100_000):
        with store.database.begin() as db:
            if db.execute(waits).scalar():
                return
    raise AssertionError("nobody waits for the talk")


# --- migrations ----------------------------------------------------------------------------------


def test_migrations_make_exactly_the_tables_of_the_model(empty: str) -> None:
    store = open_store(empty)
    try:
        with store.database.begin() as db:
            context = MigrationContext.configure(db, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
            assert context.get_current_revision() == newest
    finally:
        store.close()


def test_migrating_again_changes_nothing(empty: str) -> None:
    store = open_store(empty)
    try:
        message = store.ledger.accept("web", "h", "m1", "hallo")
        before = store.everything()
        migrate(store.database)
        assert store.everything() == before
        assert store.ledger.is_waiting(message)
    finally:
        store.close()


def test_migrations_can_be_undone(empty: str) -> None:
    from alembic import command
    from alembic.config import Config

    database = open_database(empty)
    try:
        migrate(database)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with database.begin() as db:
            config.attributes["connection"] = db
            command.downgrade(config, "base")
        assert inspect(database).get_table_names() == ["alembic_version"]
        migrate(database)
        assert _tables(database) == {*metadata.tables, "alembic_version"}
    finally:
        database.dispose()


def _tables(database: Any) -> set[str]:
    return set(inspect(database).get_table_names())
