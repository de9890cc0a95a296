"""A personal code in the store: it works once, for a while, for who has it, and nobody can guess it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from talking import Store, turn_of

from bot.turns.arriving import ALL_EVERY, ALL_TRIES, EVERY, TRIES, Arrivals
from coach.domain.code import BITS, MASK, drawn, shown
from coach.store.codes import CodeRecord, Outcome, Wish, code_of, hash_of
from coach.store.privacy import Erasure, Withdrawal
from coach.store.tables import codes, senders, talks
from coach.store.turn import Waiting

SECRET = b"a secret of thirty-two characters"
NONCE = "00112233aabbccdd"
WEEK = timedelta(days=7)
TALKED = {"slots": {"interview": {"trail": [{"n": 1}]}, "part": "interview"}}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def talk_with_code(store: Store, sender: str = "laptop") -> tuple[str, str]:
    """A talk with an answer in it, and a code for it."""
    message = store.ledger.accept("web", sender, "begin", "hallo")
    code = code_of(SECRET, message.talk, NONCE)
    record = CodeRecord(hash_of(SECRET, code), WEEK)
    store.ledger.commit(turn_of(message, 0, given=TALKED, records=[record]))
    return message.talk, code


def come(store: Store, sender: str, text: str, n: int = 1, channel: str = "slack") -> Waiting:
    """A message as the worker takes it in."""
    coming = Arrivals(SECRET).look(channel, sender, text, None)
    assert coming is not None
    return store.ledger.accept(
        channel, sender, f"m{n}", coming.text, door="code", arrival=coming.arrival
    )


def filled(store: Store, sender: str, channel: str = "slack") -> str:
    """Somebody with a talk of their own at the new place."""
    message = store.ledger.accept(channel, sender, "own", "hallo")
    store.ledger.commit(turn_of(message, 0, given=TALKED))
    return message.talk


def test_a_code_brings_a_new_device_to_the_talk(stores: Store) -> None:
    talk, code = talk_with_code(stores)
    assert stores.ledger.talk_of("slack", "telefoon") is None
    arrived = come(stores, "telefoon", f" {shown(code).lower()} ")
    assert (arrived.talk, arrived.payload) == (talk, Outcome.JOINED)
    assert (
        stores.ledger.talk_of("slack", "telefoon") == talk == stores.ledger.talk_of("web", "laptop")
    )
    again = come(stores, "telefoon", code)  # the same message, sent twice
    assert (again.id, again.fresh) == (arrived.id, False)
    assert [row.id for row in stores.rows(talks)] == [talk]


def test_a_code_works_once(stores: Store) -> None:
    _, code = talk_with_code(stores)
    come(stores, "telefoon", code)
    assert come(stores, "vreemde", code).payload == Outcome.UNKNOWN
    assert stores.count(codes) == 0


def test_a_code_works_for_a_while(stores: Store) -> None:
    _, code = talk_with_code(stores)
    with stores.database.begin() as db:
        db.execute(update(codes).values(expires_at=datetime.now(UTC).replace(tzinfo=None)))
    assert come(stores, "telefoon", code).payload == Outcome.UNKNOWN


def test_a_new_code_ends_the_old_one(stores: Store) -> None:
    talk, old = talk_with_code(stores)
    message = stores.ledger.accept("web", "laptop", "more", "code")
    new = code_of(SECRET, talk, "ffeeddccbbaa9988")
    record = CodeRecord(hash_of(SECRET, new), WEEK)
    stores.ledger.commit(turn_of(message, 1, given=TALKED, records=[record]))
    assert come(stores, "telefoon", old).payload == Outcome.UNKNOWN
    assert come(stores, "telefoon", new, 2).payload == Outcome.JOINED


def test_no_code_stands_in_the_database(stores: Store) -> None:
    _, code = talk_with_code(stores)
    come(stores, "telefoon", code)
    come(stores, "telefoon", drawn(12345), 2)
    kept = repr([tuple(row) for rows in stores.everything().values() for row in rows])
    assert code not in kept and shown(code) not in kept and drawn(12345) not in kept
    assert MASK in kept


def test_a_talk_that_stood_there_is_asked_about_and_never_lost(stores: Store) -> None:
    talk, code = talk_with_code(stores)
    own = filled(stores, "telefoon")
    asked = come(stores, "telefoon", code)
    assert (asked.talk, asked.payload) == (own, Outcome.ASK)
    assert stores.ledger.talk_of("slack", "telefoon") == own
    agreed = come(stores, "telefoon", '7:/other_device{"value": "ja"}', 2)
    assert (agreed.talk, agreed.payload) == (talk, Outcome.JOINED_TWO)
    for n, there in ((3, own), (4, talk)):
        switched = come(stores, "telefoon", "wissel", n)
        assert (switched.talk, switched.payload) == (there, Outcome.SWITCHED)
        assert stores.ledger.talk_of("slack", "telefoon") == there
    assert {row.id for row in stores.rows(talks)} == {talk, own}


def test_typing_the_code_again_agrees_as_well(stores: Store) -> None:
    talk, code = talk_with_code(stores)
    filled(stores, "telefoon")
    assert come(stores, "telefoon", code).payload == Outcome.ASK
    assert come(stores, "telefoon", code, 2).talk == talk


def test_nobody_agrees_to_what_was_not_asked(stores: Store) -> None:
    talk_with_code(stores)
    own = filled(stores, "telefoon")
    agreed = come(stores, "telefoon", '/other_device{"value": "ja"}')
    assert (agreed.talk, agreed.payload) == (own, Outcome.GONE)
    assert come(stores, "telefoon", "wissel", 2).payload == Outcome.NO_OTHER


def test_a_code_typed_in_its_own_talk_stays_good(stores: Store) -> None:
    talk, code = talk_with_code(stores)
    assert come(stores, "laptop", code, channel="web").payload == Outcome.SAME
    assert come(stores, "telefoon", code).talk == talk


@pytest.mark.parametrize("record", [Erasure(), Withdrawal(1)])
def test_taking_back_consent_or_erasing_ends_a_code(
    stores: Store, record: Erasure | Withdrawal
) -> None:
    _, code = talk_with_code(stores)
    message = stores.ledger.accept("web", "laptop", "more", "weg")
    stores.ledger.commit(turn_of(message, 1, given=TALKED, records=[record]))
    assert stores.count(codes) == 0
    assert come(stores, "telefoon", code).payload == Outcome.UNKNOWN


@pytest.mark.parametrize("by_chat", [True, False])
def test_erasing_from_a_joined_device_takes_the_talk_that_was_set_aside(
    stores: Store, by_chat: bool
) -> None:
    talk, code = talk_with_code(stores)
    filled(stores, "telefoon")
    come(stores, "telefoon", code)
    message = come(stores, "telefoon", code, 2)
    if by_chat:
        stores.ledger.commit(turn_of(message, 1, given={}, records=[Erasure()]))
        assert [row.id for row in stores.rows(talks)] == [talk]
        assert stores.ledger.talk_of("slack", "telefoon") == talk  # its answer is still to be shown
    stores.ledger.vault.erase(talk)
    assert stores.count(talks) == stores.count(senders) == 0


def test_guessing_is_slow_for_one_and_for_all(stores: Store) -> None:
    """A right guess behind the limit is not even looked at."""
    _, code = talk_with_code(stores)
    clock, dice = Clock(), random.Random(5)
    arrivals = Arrivals(SECRET, clock)

    def wish(sender: str, text: str) -> Wish:
        coming = arrivals.look("web", sender, text, None)
        assert coming is not None and coming.text == MASK
        return coming.arrival.wish

    guesses = [wish("een", drawn(dice.getrandbits(BITS))) for _ in range(50)]
    assert guesses.count(Wish.TYPED) == TRIES
    assert wish("een", code) is Wish.WAIT
    many = [wish(f"gast {n}", drawn(dice.getrandbits(BITS))) for n in range(500)]
    assert many.count(Wish.TYPED) == ALL_TRIES - TRIES
    assert wish("nieuw", code) is Wish.WAIT
    clock.now += ALL_EVERY
    assert wish("nieuw", code) is Wish.TYPED
    clock.now += EVERY
    assert wish("een", code) is Wish.TYPED


def test_a_first_turn_that_failed_is_forgotten_too(stores: Store) -> None:
    message = stores.ledger.accept("web", "laptop", "begin", "hallo zwaluw")
    stores.ledger.commit(turn_of(message, 0, given={}, failed=True))
    [row] = stores.rows(talks)
    assert row.forget_at is not None
    later = row.forget_at + timedelta(days=1)
    with stores.database.begin() as db:
        db.execute(update(talks).values(forget_at=row.forget_at - timedelta(days=2)))
    assert stores.ledger.vault.forget_due(later) == 1
    assert stores.count(talks) == 0
