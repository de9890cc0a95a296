"""Somebody uses everything that the web page has, asks to be erased, and is then found nowhere: not in any table, file or log."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import Served, Tab, until
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from talking import Store
from returning import Clock
from test_form_page import OPENING, PATH, _hidden
from test_your_data import MARK, on_disk, ours, same_secret  # noqa: F401

from bot import app
from bot.turns.checkins import ComingBack
from bot.turns.housekeeping import Housekeeping
from coach.cli import privacy as command
from coach.store.tables import check_ins, talks
from coach.wiring import current_settings

ANSWERS = {f"niveau-{c}": "1" for c in ("sturing", "weten", "willen", "kunnen", "durven", "mogen")}
PLACE = {"niveau-activatie.doelen_stellen": "1"}


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


async def fill_in_the_form(browser: httpx.AsyncClient) -> None:
    """The questions on the page without scripts, with the marker in the words."""
    for fields in ({}, ANSWERS, ANSWERS | PLACE):
        page = _hidden((await browser.get(PATH)).text)
        words = {"tekst-sturing": f"dat doet {MARK} voor ons"} if fields else {}
        origin = {"origin": str(browser.base_url).rstrip("/")}
        answer = await browser.post(
            PATH, data={**page, **OPENING, **fields, **words}, headers=origin
        )
        assert answer.status_code == 303, answer.text


async def promise(tab: Tab) -> None:
    """From the place to a promise, with the marker wherever words can be said."""
    await tab.press("ja")
    await tab.turn(f"wij doen {MARK} altijd samen op maandag")
    await tab.press("eigen")
    await tab.turn(f"Ik bel {MARK} en vraag wat zij wil leren")
    await tab.press("niets")
    usual = {"what": "ja", "who": "ik", "when": "week", "sure": "8", "come_back": "week"}
    while (phase := tab.state["phase"]) != "done":
        await tab.press(usual[phase])


async def papers(browser: httpx.AsyncClient, tab: Tab) -> list[str]:
    """The page, the PDF and the calendar file of the plan, and the data page and its copy."""
    await tab.turn("wat weten jullie van mij")
    paths = [m["file"]["url"] for m in tab.got if m.get("file")]
    for path in list(paths):
        shown = await browser.get(path)
        assert shown.status_code == 200, path
        if path.endswith(".html") and (pdf := re.search(r'href="([^"]+\.pdf)"', shown.text)):
            paths.append(f"/plan/{pdf[1]}")
            assert (await browser.get(paths[-1])).content.startswith(b"%PDF")
    assert {path.rsplit(".", 1)[1] for path in paths} == {"html", "ics", "pdf", "json"}
    return paths


async def test_a_wiped_respondent_is_found_nowhere(
    ours: Store,  # noqa: F811
    clock: Clock,
    application: Callable[..., Starlette],
    serve: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(app, "ComingBack", partial(ComingBack, every=0.1))
    monkeypatch.setattr(app, "Housekeeping", partial(Housekeeping, every=0.1))
    served: Served = await serve(application(ours))
    async with httpx.AsyncClient(base_url=served.url, timeout=30) as browser:
        await fill_in_the_form(browser)
        known = await browser.post(
            "/web/session", json={"token": None}, headers={"origin": served.url}
        )
        async with Tab(served.url, known.json()["token"]) as tab:
            tab.got += (await tab.history())["messages"]
            await promise(tab)
            paths = await papers(browser, tab)
            clock.to(ours.rows(check_ins)[0].due_at.date(), 11)
            await until(lambda: any(MARK in m["text"] for m in tab.got[-3:] if m["from"] == "bot")
                        and ours.rows(check_ins)[0].state == "sent")  # fmt: skip
            await tab.turn(f"ja, gelukt, samen met {MARK}")
            [talk] = ours.rows(talks)
            assert command.export(talk.id, "", "") == 0
            assert MARK in capsys.readouterr().out and MARK in in_database(ours)
            await tab.turn("wis mijn gegevens")
            await tab.press("wissen_ja")
            # as the service does by itself, and not by our asking
            await until(lambda: not ours.count(talks))
            await until(lambda: ours.is_postgres or MARK.encode() not in on_disk(ours))
        for path in paths:
            gone = await browser.get(path)
            assert MARK not in gone.text and gone.status_code in (200, 404), path
        page = await browser.get(PATH)
        assert MARK not in page.text
        assert command.export(talk.id, "", "") == 1
    await served.stop()
    assert MARK not in in_database(ours) and MARK not in caplog.text
    assert MARK not in "".join(capsys.readouterr())
    assert MARK.encode() not in in_files(current_settings().data)
    if ours.is_postgres:
        return
    await asyncio.to_thread(ours.close)
    assert MARK.encode() not in in_files(Path(str(make_url(ours.url).database)).parent)
