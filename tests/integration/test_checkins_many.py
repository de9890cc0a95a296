"""Ten thousand check-ins that are due at once go out exactly once, also when a copy of the service is killed.

The queue, the inbox, the turn's transaction and the outbox are the real ones; only the model is a cheap one
that answers every turn with the payload it was given.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
import traceback
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import event, insert, update
from talking import SECRET, Store

from bot.engine import Engine, Held
from bot.turns.checkins import ComingBack
from bot.turns.delivery import Delivery
from bot.turns.taking_up import TakingUp
from bot.turns.worker import Turns
from coach.domain.checkin import State
from coach.store.checkins import QUIET
from coach.store.tables import check_ins, inbox, outbox, talks
from coach.store.turn import Turn, Waiting

MANY = int(os.environ.get("PADWIJZER_CHECKINS", "10000"))
NOW = datetime(2026, 12, 7, 10, 0)
"""A Monday morning."""


class Echo:
    """An engine that answers with what it was told, and whether that was a command."""

    async def hold(self, talk: str, state: Any, text: str, *, command: bool) -> Held:
        return Held([{"text": text, "command": command}], {"slots": {}}, [], [])

    def sentence(self, response: str, turn: int) -> str:
        return response


def fill(store: Store, many: int = MANY) -> None:
    """So many talks, each with one check-in that is due."""
    before = NOW - timedelta(days=1)
    ids = [f"{n:032x}" for n in range(many)]
    times = {"created_at": before, "updated_at": before}
    with store.database.begin() as db:
        db.execute(
            insert(talks),
            [
                {"id": i, "channel": "rest", "sender_hash": i, "state": {}, "offered": {}} | times
                for i in ids
            ],
        )
        due = {"round": 1, "kind": "step", "n": 1, "state": "due", "due_at": before}
        db.execute(insert(check_ins), [{"talk": i, "updated_at": before, **due} for i in ids])


def quick(store: Store) -> Store:
    """Without waiting for the disk: a process is killed here, no machine."""

    @event.listens_for(store.database, "connect")
    def _tune(connection: Any, _record: Any) -> None:
        off = "SET synchronous_commit = off" if store.is_postgres else "PRAGMA synchronous=OFF"
        connection.cursor().execute(off)
        if store.is_postgres:
            connection.commit()

    return store


def drain(store: Store) -> None:
    """What a copy of the service does with all that is due; the model answers at once."""
    # one connection stays open, or SQLite folds its log into the file at the end of every turn
    with closing(store.database.raw_connection()):
        while taken := store.check_ins.take(NOW, 100):
            for message in taken:
                answer(store, message)


def answer(store: Store, message: Waiting) -> None:
    said = [{"text": message.payload}]
    store.ledger.commit(Turn(message, 0, {"slots": {}}, {}, said))


def take_up(store: Store) -> int:
    """What another copy does for one that is gone; returns how many there were."""
    left = store.ledger.waiting()
    for message in left:
        answer(store, message)
    return len(left)


def sweep(store: Store, now: datetime = NOW) -> int:
    """One copy of the service that brings all that is due."""
    turns = Turns(cast(Engine, Echo()), store.ledger, SECRET)
    coming = ComingBack(Delivery(turns, store.ledger), store.check_ins, now=lambda: now)
    with closing(turns):
        return asyncio.run(coming.sweep())


def copy_of(store: Store) -> int:
    """A process of its own that sweeps; returns its id."""
    store.close()  # no connection is shared with a child
    pid = os.fork()
    if pid == 0:
        try:
            drain(quick(store.again()))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)  # never back into the tests
    return pid


def kill_in_the_middle(store: Store, pid: int) -> None:
    """Kill a copy when most of the work is done: before that two share it, and the test is quicker."""
    while store.count(outbox) < MANY * 3 // 4:
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert store.count(outbox) < MANY


def expect_each_once(store: Store, many: int = MANY) -> None:
    rows, messages, replies = store.rows(check_ins), store.rows(inbox), store.rows(outbox)
    assert Counter(row.state for row in rows) == {State.SENT: many}
    assert sorted(m.message_id for m in messages) == sorted(row.message_id for row in rows)
    assert Counter(m.status for m in messages) == {"done": many}
    assert Counter(Counter(reply.talk for reply in replies).values()) == {1: many}
    assert all("check_in" in reply.message["text"] for reply in replies)
    assert {talk.seq for talk in store.rows(talks)} == {1}


def test_ten_thousand_check_ins_go_out_once_with_a_copy_killed(stores: Store) -> None:
    """Two copies on PostgreSQL; SQLite has one, and a second begins when the first is dead."""
    fill(stores)
    first = copy_of(stores)
    second = copy_of(stores) if stores.is_postgres else None
    kill_in_the_middle(stores, first)
    second = second or copy_of(stores)
    assert os.waitpid(second, 0)[1] == 0
    assert take_up(stores) <= 100
    expect_each_once(stores)


async def test_a_sweep_brings_all_that_is_due_and_a_look_what_a_dead_copy_left(
    stores: Store,
) -> None:
    fill(stores, 30)
    dead = stores.check_ins.take(NOW, 3)
    assert await asyncio.to_thread(sweep, stores) == 27
    with closing(Turns(cast(Engine, Echo()), stores.ledger, SECRET)) as turns:
        looking = TakingUp(Delivery(turns, stores.ledger), stores.ledger)
        assert await looking.look() == 0, "its copy may be about to do it"
        assert await looking.look() == len(dead)
    expect_each_once(stores, 30)


async def test_two_copies_that_sweep_at_once_bring_each_once(stores: Store) -> None:
    """SQLite has one copy, so there it is one with two callers."""
    fill(stores, 40)
    other = stores.again() if stores.is_postgres else stores
    with closing(other):
        brought = await asyncio.gather(*(asyncio.to_thread(sweep, s) for s in (stores, other)))
    assert sum(brought) == 40
    expect_each_once(stores, 40)


@pytest.mark.parametrize("most", [1, 7])
def test_rows_that_are_taken_are_not_taken_again(stores: Store, most: int) -> None:
    fill(stores, 10)
    taken = []
    while some := stores.check_ins.take(NOW, most):
        taken += some
    assert sorted(message.talk for message in taken) == [f"{n:032x}" for n in range(10)]
    assert stores.count(inbox) == 10


def test_nothing_is_taken_at_night_or_from_a_talk_that_goes_on(stores: Store) -> None:
    fill(stores, 3)
    assert stores.check_ins.take(NOW + timedelta(hours=9), 10) == []
    with stores.database.begin() as db:
        db.execute(update(talks).where(talks.c.id == f"{1:032x}").values(updated_at=NOW))
    assert len(stores.check_ins.take(NOW + QUIET / 2, 10)) == 2
    assert len(stores.check_ins.take(NOW + QUIET, 10)) == 1


def test_the_reminder_comes_once(stores: Store) -> None:
    fill(stores, 1)
    assert sweep(stores) == 1
    assert sweep(stores, NOW + timedelta(days=1)) == 0
    assert sweep(stores, NOW + timedelta(days=3)) == 1
    assert sweep(stores, NOW + timedelta(days=70)) == 0
    said = [reply.message["text"] for reply in stores.rows(outbox)]
    assert ["herinnering" in text for text in said] == [False, True]


def test_a_look_at_an_empty_queue_is_one_query(stores: Store) -> None:
    fill(stores, 1)
    stores.check_ins.take(NOW, 1)
    statements = stores.statements()
    assert stores.check_ins.take(NOW, 10) == []
    assert [s for s in statements if s.startswith("SELECT")] == statements[-1:]
