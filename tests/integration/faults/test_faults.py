"""Every kind of fault once, at one of the doors where it can happen; `bench/faults.py` does each fifty times, at all."""

from __future__ import annotations

import fault_database
import pytest
from fault_kinds import KINDS
from fault_scene import scene
from fault_trial import trial
from talking import Store, known_store

from bot.engine import Engine
from coach.store import database


@pytest.fixture
def impatient(stores: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """SQLite waits long for a lock; here it gives up soon."""
    monkeypatch.setattr(database, "BUSY_MS", 1_000)
    stores.close()
    return known_store(stores.url)


async def test_what_was_shown_is_stored_and_what_was_said_counts_once(
    engine: Engine, impatient: Store
) -> None:
    of_database = {n for n in KINDS if hasattr(fault_database, n)}
    kinds = [KINDS[n] for n in KINDS if n in of_database or not impatient.is_postgres]
    wrong = []
    async with scene(engine, impatient) as made:
        for n, kind in enumerate(kinds):
            wrong += await trial(made, kind, kind.doors[n % len(kind.doors)])
    assert not wrong, "\n".join(wrong)
    assert len(KINDS) >= 32
