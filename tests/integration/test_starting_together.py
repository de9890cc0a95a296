"""Copies of the service that start, or clear away, at the same moment."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import inspect
from talking import Store, known_store

from bot.turns import housekeeping
from bot.turns.housekeeping import Housekeeping
from coach.store import locks
from coach.store.database import migrate
from coach.usecases.privacy import Terms

pytestmark = pytest.mark.parametrize("kind", ["postgres"])
NOW = datetime(2026, 12, 7, 2, 30)


async def test_copies_that_start_on_an_empty_database_all_start(empty: str) -> None:
    copies = [known_store(empty) for _ in range(4)]
    await asyncio.gather(*(asyncio.to_thread(migrate, copy.database) for copy in copies))
    assert "outbox" in inspect(copies[0].database).get_table_names()
    for copy in copies:
        copy.close()


def test_one_copy_at_a_time_clears_away(stores: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[datetime] = []
    monkeypatch.setattr(
        housekeeping, "expire", lambda _database, _terms, now: done.append(now) or {}
    )
    other = stores.again()
    with closing(other):
        keeper = Housekeeping(other.database, Terms(), now=lambda: NOW)
        with locks.hold_if_free(stores.database, "housekeeping") as ours:
            assert ours
            keeper.clear()
            assert done == []
        keeper.clear()
        assert done == [NOW], "what it left to the other is looked at again"
