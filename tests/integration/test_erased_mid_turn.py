"""Whoever is erased in the middle of a turn stays erased; `bench/erasures.py` does a thousand."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from erasing import TOKEN, left, races
from sqlalchemy.engine import make_url
from talking import Store

from bot.turns.worker import Turns
from coach.store.tables import talks

PEOPLE = 12


async def test_nothing_comes_back_and_nothing_is_left(
    turns: Turns, stores: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await races(turns, PEOPLE, seed=1)
    assert stores.count(talks) == 0
    file = None if stores.is_postgres else Path(str(make_url(stores.url).database)).parent
    found, looked = left(stores, file)
    assert found == [] and looked > 0
    assert not TOKEN.search(caplog.text)
