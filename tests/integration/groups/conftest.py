"""An organisation at the desk, on both databases or on one."""

from __future__ import annotations

import pytest
from measured import Measured
from talking import Store


@pytest.fixture
def measured(stores: Store) -> Measured:
    """On SQLite and on PostgreSQL."""
    return Measured(stores.database)


@pytest.fixture
def small(sqlite: Store) -> Measured:
    """On SQLite alone, where the kind of database makes no difference."""
    return Measured(sqlite.database)
