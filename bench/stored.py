"""What a turn costs when many talks are stored already."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import bots, copies
from bench.places import database_on
from bench.service import Service
from bench.stock.environment import Stock
from bench.talkers import talks
from bench.turns import turns, warm

STOCK_MOST = 10_000
"""Stock Rasa keeps every event with all scores: a million talks would be some hundred gigabytes."""


@dataclass(frozen=True)
class Kept:
    """Which bots take part: ours on a file, on a server too when there is one, and stock Rasa when wanted."""

    folder: Path
    postgres: str
    stock: Stock | None


def stored(kept: Kept, sizes: list[int], count: int) -> dict[str, Any]:
    """Figures by the number of stored talks, one talk at a time, the bots in turn."""
    found = {}
    for size in sizes:
        print(f"{size:,} stored talks", flush=True)
        with _filled(kept, size) as starts, ExitStack() as stack:
            running = {name: stack.enter_context(start()) for name, start in starts.items()}
            figures = asyncio.run(_measured(running, count))
            for name, bot in running.items():
                figures[name]["listens_s"] = round(bot.ready, 1)
            found[str(size)] = figures
            print(f"{size:,}: {json.dumps(figures)}", flush=True)
    return found


async def _measured(running: dict[str, Service], count: int) -> dict[str, Any]:
    await warm(running)
    return await turns(running, 1, count)


@contextmanager
def _filled(kept: Kept, size: int) -> Iterator[dict[str, Any]]:
    """How to start every bot on what is stored; it is removed afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=kept.folder)))
        starts = {"Padwijzer, SQLite": lambda: bots.padwijzer(folder)}
        _fill_ours(starts["Padwijzer, SQLite"], f"sqlite:///{folder}/padwijzer.db", size)
        if kept.postgres:
            url = stack.enter_context(database_on(kept.postgres))
            other = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=kept.folder)))
            starts["Padwijzer, PostgreSQL"] = lambda: bots.padwijzer(other, url)
            _fill_ours(starts["Padwijzer, PostgreSQL"], url, size)
        if kept.stock and size <= STOCK_MOST:
            it = kept.stock
            starts["Stock Rasa, SQLite"] = lambda: bots.stock(it, folder)
            _seed(starts["Stock Rasa, SQLite"])
            if size:
                copies.copy_stock_talks(folder / "stock.db", size)
        yield starts


def _fill_ours(start: Any, url: str, size: int) -> None:
    _seed(start)
    if size:
        copies.copy_talks(url, size)


def _seed(start: Any) -> None:
    """The one talk that the others are copies of."""
    with start() as bot:
        asyncio.run(talks(bot.url, ["seed"], 1, {}))
