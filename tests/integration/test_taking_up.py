"""Messages that have nobody any more are taken up by whoever lives; those that somebody has are left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from served import until
from talking import SECRET, Store

from bot.engine import Held
from bot.turns.delivery import Delivery
from bot.turns.taking_up import LOOKS, TakingUp
from bot.turns.worker import Turns
from coach.store.tables import inbox, talks
from coach.store.turn import Waiting

COPIES = pytest.mark.parametrize("kind", ["postgres"])
"""SQLite has one copy."""


class Slow:
    """An engine whose turns last until they may end, and that tells how many were begun."""

    def __init__(self) -> None:
        self.begun, self.gate = 0, asyncio.Event()

    async def hold(self, talk: str, state: Any, text: str, *, command: bool) -> Held:
        self.begun += 1
        await self.gate.wait()
        return Held([{"text": text}], {"slots": {}}, [], [])

    def sentence(self, response: str, turn: int) -> str:
        return response


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def others(stores: Store, slow: Any) -> AsyncIterator[TakingUp]:
    """What another living copy does; on SQLite this one, for it has no other."""
    other = stores.again()
    with closing(other), closing(Turns(slow, other.ledger, SECRET)) as turns:
        yield TakingUp(Delivery(turns, other.ledger), other.ledger)


def left(stores: Store, sender: str = "h", message_id: str = "m1") -> Waiting:
    """A message that a copy took, and then died."""
    return stores.ledger.accept("rest", sender, message_id, message_id)


async def looked(copy: TakingUp, times: int = LOOKS) -> list[int]:
    return [await copy.look() for _ in range(times)]


async def test_a_message_with_nobody_is_taken_up_at_the_second_look(
    stores: Store, slow: Slow, others: TakingUp
) -> None:
    left(stores), left(stores, "i")
    slow.gate.set()
    assert await looked(others, 3) == [0, 2, 0]
    assert [row.status for row in stores.rows(inbox)] == ["done", "done"]


async def test_what_is_left_of_one_talk_is_done_in_order(
    stores: Store, slow: Slow, others: TakingUp
) -> None:
    for n in range(4):
        left(stores, message_id=f"m{n}")
    slow.gate.set()
    assert await looked(others) == [0, 1]
    assert [row.line for row in stores.rows(inbox)] == [1, 3, 5, 7]


async def test_a_turn_that_this_copy_is_at_is_left_alone(stores: Store, slow: Any) -> None:
    with closing(Turns(slow, stores.ledger, SECRET)) as turns:
        looking = TakingUp(Delivery(turns, stores.ledger), stores.ledger)
        holding = asyncio.create_task(turns.handle(left(stores)))
        await until(lambda: slow.begun)
        assert await looked(looking, 20) == [0] * 20
        slow.gate.set()
        await holding
    assert (slow.begun, stores.rows(inbox)[0].attempts) == (1, 0)


@COPIES
async def test_a_turn_that_a_living_copy_is_at_is_left_alone(
    stores: Store, slow: Any, others: TakingUp
) -> None:
    with closing(Turns(slow, stores.ledger, SECRET)) as mine:
        message = left(stores)
        holding = asyncio.create_task(mine.handle(message))
        await until(lambda: slow.begun)
        assert await looked(others, 40) == [0] * 40
        assert (slow.begun, stores.rows(inbox)[0].attempts) == (1, 0)
        slow.gate.set()
        assert len(await holding) == 1
    assert await looked(others) == [0, 0]
    assert stores.rows(talks)[0].seq == slow.begun == 1


@COPIES
async def test_a_copy_that_starts_waits_for_the_turn_that_another_is_at(
    stores: Store, slow: Any
) -> None:
    other = stores.again()
    with (
        closing(other),
        closing(Turns(slow, stores.ledger, SECRET)) as mine,
        closing(Turns(slow, other.ledger, SECRET)) as starting,
    ):
        holding = asyncio.create_task(mine.handle(left(stores)))
        await until(lambda: slow.begun)
        resuming = asyncio.create_task(starting.resume())
        await asyncio.sleep(0.1)
        assert not resuming.done()
        slow.gate.set()
        await asyncio.gather(holding, resuming)
    assert (slow.begun, stores.rows(inbox)[0].attempts, stores.rows(talks)[0].seq) == (1, 0, 1)


async def test_what_fails_is_tried_less_often_each_time_and_then_told(
    stores: Store, slow: Slow, others: TakingUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that stumbles for a while must not use up the attempts."""

    async def broken(*_: Any, **__: Any) -> Held:
        class Broken:
            def write(self, *_: Any) -> None:
                raise ValueError("this record is broken")

        slow.begun += 1
        return Held([{"text": "x"}], {}, [], [Broken()])

    monkeypatch.setattr(slow, "hold", broken)
    left(stores)
    tried = []
    for look in range(1, 200):
        before = slow.begun
        await others.look()
        if slow.begun > before:
            tried.append(look)
    assert tried == [2, 8, 32]
    assert [row.status for row in stores.rows(inbox)] == ["failed"]
