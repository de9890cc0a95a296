"""No turn reads a whole talk, or a whole table: what it costs does not grow with either. Nor does clearing away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, func, select
from talking import Person, Store

from bot.engine import Engine
from bot.turns.worker import Turns
from coach.store import retention
from coach.store.clock import utc_now
from coach.store.retention import expire
from coach.store.tables import inbox
from coach.usecases.privacy import Terms

READS = re.compile(r"^\s*(SELECT|UPDATE|DELETE)\b")
OF_A_TALK = re.compile(r"USING (COVERING )?INDEX (outbox|inbox)_lines \(talk=\?\)$")
SMALL = re.compile(
    r"^SCAN (CONSTANT ROW|handovers|handover_lines|unclear|tombstones|answers USING)"
)
"""Tables of which there is little, and the answers by the index of those that still have words."""


@contextmanager
def noted(store: Store) -> Iterator[dict[str, Any]]:
    """Every statement that looks for rows, with what it was given."""
    said: dict[str, Any] = {}

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        if READS.match(statement):
            said[statement] = parameters[0] if many else parameters

    event.listen(store.database, "before_cursor_execute", note)
    yield said
    event.remove(store.database, "before_cursor_execute", note)


def slow(store: Store, said: dict[str, Any], *, talks: bool) -> dict[str, list[str]]:
    """The statements of which SQLite says that they read a whole table; with `talks` a whole talk counts as well."""
    found = {}
    with store.database.connect() as db:
        for statement, parameters in said.items():
            rows = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in rows]
            scans = [s for s in steps if s.startswith("SCAN ") and not SMALL.match(s)]
            if bad := scans + [s for s in steps if talks and OF_A_TALK.search(s)]:
                found[statement] = bad
    return found


async def test_every_statement_of_a_turn_finds_its_rows_by_a_key(
    engine: Engine, sqlite: Store
) -> None:
    turns = Turns(engine, sqlite.ledger, b"secret")
    try:
        person = Person(turns)
        await person.say("hallo")
        with noted(sqlite) as said:
            for words in ("ik ben medewerker", "ja", "dat kiest onze baas"):
                replies, _, _ = await turns.answer("rest", person.sender, words, words)
                await turns.shown(replies)
                await turns.page("rest", person.sender, 2)
    finally:
        turns.close()
    assert len(said) > 8 and slow(sqlite, said, talks=True) == {}


async def test_what_is_old_is_found_by_an_index_and_goes_in_small_bits(
    engine: Engine, sqlite: Store, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "FEW", 2)
    turns = Turns(engine, sqlite.ledger, b"secret")
    try:
        for number in range(5):
            person = Person(turns, f"iemand-{number}")
            for words in ("hallo", "ik ben medewerker", "mijn team", "ja"):
                await person.say(words)
    finally:
        turns.close()
    with noted(sqlite) as said:
        done = expire(sqlite.database, Terms(), utc_now() + timedelta(days=40))
        gone = expire(sqlite.database, Terms(), utc_now() + timedelta(days=400))
    assert done["texts"] == 20 and gone["talks"] == 5
    with sqlite.database.connect() as db:
        assert db.execute(select(func.count()).select_from(inbox)).scalar() == 0
    assert slow(sqlite, said, talks=False) == {}
