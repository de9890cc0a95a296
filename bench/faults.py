"""Every kind of fault, fifty times: what was shown is stored, and what was said counts once when things are back.

    .venv/bin/python bench/faults.py --times 50
    .venv/bin/python bench/faults.py --times 50 --database postgresql://postgres@127.0.0.1/postgres

The kinds stand in `tests/integration/faults`; each comes at every door where it can happen, in turn. Kills of the process
are in `bench/kills.py` and in `tests/integration/test_kills.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from grounds import asked, database, told

# isort: split
# grounds says where the rest is found
from fault_kinds import KINDS
from fault_scene import scene
from fault_trial import trial
from talking import known_store, open_store

from bot import logs
from bot.engine import Engine
from coach.store import database as opening
from coach.wiring import current_settings


async def run(given: argparse.Namespace, url: str) -> int:
    opening.BUSY_MS = 1_000  # a lock that lasts is given up sooner, or the run would mostly wait
    open_store(url).close()
    engine, store = Engine.load(current_settings().models), known_store(url)
    wrong: list[str] = []
    count: Counter[str] = Counter()
    began = time.monotonic()
    async with scene(engine, store) as made:
        for n in range(given.times):
            for kind in KINDS.values():
                wrong += await trial(made, kind, kind.doors[n % len(kind.doors)])
                count[kind.name] += 1
                print(f"\r{count.total()} trials, {len(wrong)} faults", end="", flush=True)
    spent, what = time.monotonic() - began, "PostgreSQL" if store.is_postgres else "SQLite"
    print()
    return told(
        f"{what}: {len(count)} kinds x {given.times} = {count.total()} trials in {spent:.0f} s",
        wrong,
    )


def main() -> int:
    given = asked(__doc__, times=50).parse_args()
    logs.set_up()
    with tempfile.TemporaryDirectory() as name, database(given.database, Path(name)) as url:
        return asyncio.run(run(given, url))


if __name__ == "__main__":
    sys.exit(main())
