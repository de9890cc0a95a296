"""Copies of the service on one database have one secret: the first one decides, and another is told."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing

import pytest
from talking import Store

from coach.store.agreed import accept, is_agreed
from coach.store.tables import agreed

OURS, OTHER = b"a secret of thirty-two characters", b"another one of at least as many"


def test_the_first_secret_is_the_one(stores: Store) -> None:
    assert is_agreed(stores.database, OURS) and is_agreed(stores.database, OURS)
    assert not is_agreed(stores.database, OTHER)
    with closing(stores.again()) as later:
        assert is_agreed(later.database, OURS) and not is_agreed(later.database, OTHER)


def test_a_secret_that_was_changed_on_purpose_is_the_one_from_then_on(stores: Store) -> None:
    assert is_agreed(stores.database, OURS)
    accept(stores.database, OTHER)
    assert is_agreed(stores.database, OTHER) and not is_agreed(stores.database, OURS)


def test_the_secret_itself_is_not_kept(stores: Store) -> None:
    is_agreed(stores.database, OURS)
    [row] = stores.rows(agreed)
    assert OURS.decode() not in row.value and OURS.hex() not in row.value and len(row.value) == 64


@pytest.mark.parametrize("kind", ["postgres"])
async def test_of_copies_that_start_together_with_different_ones_one_is_told(stores: Store) -> None:
    with ExitStack() as open_:
        copies = [open_.enter_context(closing(stores.again())) for _ in range(4)]
        given = [OURS, OTHER, OURS, OTHER]
        asked = (
            asyncio.to_thread(is_agreed, copy.database, secret)
            for copy, secret in zip(copies, given, strict=True)
        )
        said = await asyncio.gather(*asked)
    assert sorted(said) == [False, False, True, True] and said[0] == said[2] != said[1] == said[3]
