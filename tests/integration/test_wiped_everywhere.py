"""Two people use everything that there is, each asks to be erased, and is then found nowhere: not in any table, file or log.

One erases by chat while the other stays whole, the other on the page. They do at the same time what they do.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from returning import Clock
from served import Served, until
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from talking import Store
from teller import PATH, Teller
from test_your_data import ours, same_secret  # noqa: F401

from bot import app
from bot.turns.checkins import ComingBack
from bot.turns.housekeeping import Housekeeping
from coach.cli import privacy as command
from coach.store.desk_tables import figures
from coach.store.tables import (
    assessments,
    check_ins,
    codes,
    erasures,
    metadata,
    opinions,
    plans,
    senders,
    talks,
    tombstones,
)
from coach.wiring import current_settings

MARKS = ("zwaluwstaartje", "korenbloempje")
LEFT = {erasures.name, figures.name, opinions.name, tombstones.name}
"""What is kept of nobody: counts, and hashes of random ids that are gone."""


def in_database(store: Store) -> str:
    """Every row of every table that the database has, known to us or not, as text."""
    found = []
    with store.database.begin() as db:
        for name in inspect(db).get_table_names():
            for row in db.execute(text(f'SELECT * FROM "{name}"')):
                found += [bytes(v) if isinstance(v, memoryview) else v for v in row]
    return "\n".join(map(repr, found))


def in_files(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file())


def on_disk(store: Store) -> bytes:
    """The raw bytes of the SQLite file and what stands beside it; PostgreSQL keeps its own house."""
    if store.is_postgres:
        return b""
    return in_files(Path(str(make_url(store.url).database)).parent)


@pytest.fixture
async def tellers(
    ours: Store,  # noqa: F811
    clock: Clock,
    application: Callable[..., Starlette],
    serve: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[list[Teller]]:
    monkeypatch.setattr(app, "ComingBack", partial(ComingBack, every=0.2))
    monkeypatch.setattr(app, "Housekeeping", partial(Housekeeping, every=0.2))
    served: Served = await serve(application(ours))
    found = [Teller(served.url, mark) for mark in MARKS]
    yield found
    for teller in found:
        await teller.leave()
    await served.stop()


async def promise(teller: Teller) -> None:
    await teller.fill_in_the_form()
    await teller.open_the_tab()
    await teller.go_on_to("done")
    await teller.tab.turn("40")
    await teller.give_an_opinion()


async def come_round_again(teller: Teller) -> None:
    """The bot has asked how it went; what was promised is rated, and a second round ends with a promise too."""
    await until(lambda: teller.is_offered("gelukt"))
    await teller.tab.turn(f"ja, gelukt, samen met {teller.mark}")
    await teller.press("75")
    await teller.tab.turn(teller.words["helped"])
    await teller.press("meten")
    await teller.go_on_to("done")
    await teller.fetch_papers()
    await teller.go_on_by_phone()


async def test_who_is_wiped_is_found_nowhere_and_the_other_keeps_all(
    ours: Store,  # noqa: F811
    clock: Clock,
    tellers: list[Teller],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    await asyncio.gather(*map(promise, tellers))
    clock.to(ours.rows(check_ins)[0].due_at.date(), 11)
    await asyncio.gather(*map(come_round_again, tellers))
    expect_all_tables_used(ours)
    by_chat, by_page = tellers
    exported = [export_of(ours, teller, capfd) for teller in tellers]

    await by_chat.tab.turn("wis mijn gegevens")
    await by_chat.press("wissen_ja")
    await expect_gone(ours, by_chat, left=2)
    assert export_of(ours, by_page, capfd) == exported[1]

    wipe = next(path for path in by_page.paths if path.startswith("/wissen/"))
    assert ours.count(talks) == 2, "looking at the page erases nothing"
    assert (await by_page.browser.post(wipe)).status_code == 200
    assert ("forgotten", {}) in by_page.tab.heard
    await expect_gone(ours, by_page, left=0)

    assert {t.name for t in metadata.sorted_tables if ours.count(t)} == LEFT
    assert ours.ledger.vault.counts() == {"by_person": 2}
    assert {(row.item, row.mark, row.number) for row in ours.rows(opinions)} == {("zien", 5, 2)}
    for mark in MARKS:
        assert mark not in caplog.text + "".join(capfd.readouterr())


def expect_all_tables_used(store: Store) -> None:
    """Two people with two rounds, two devices, two talks and a code that waits: so there is something to wipe."""
    assert Counter(row.round for row in store.rows(assessments)) == {1: 2 + 2, 2: 2}
    assert Counter((r.round, r.outcome) for r in store.rows(plans)) == {
        (1, "gelukt"): 2,
        (2, "open"): 2,
    }
    numbers = {t.name: store.count(t) for t in (talks, senders, codes)}
    assert numbers == {"talks": 4, "senders": 2, "codes": 2}


def export_of(store: Store, teller: Teller, capfd: pytest.CaptureFixture[str]) -> str:
    """What the operator's command writes of somebody."""
    [talk] = [
        row.id
        for row in store.rows(talks)
        if teller.mark in repr(row.state) and row.channel == "web"
    ]
    assert command.export(talk, "", "") == 0
    written = capfd.readouterr().out
    assert teller.mark in written
    return written


async def expect_gone(store: Store, teller: Teller, left: int) -> None:
    """By itself, soon; then its links lead nowhere and no page, table or file has the marker."""
    mark = teller.mark.encode()
    await until(lambda: store.count(talks) == left and mark not in on_disk(store))
    assert teller.mark not in in_database(store)
    for path in (*teller.paths, PATH):
        shown = await teller.browser.get(path)
        assert shown.status_code == (200 if path == PATH else 404), path
        assert mark not in shown.content, path
    assert mark not in in_files(current_settings().data)
