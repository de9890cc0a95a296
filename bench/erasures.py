"""People who ask to be erased in the middle of a turn: nothing that they said is found anywhere afterwards.

    .venv/bin/python bench/erasures.py --people 1000

Everybody says things with a token of their own, and is erased while the next message is in its turn, at a random moment
of it. Then every byte is looked through: the tables, the files of SQLite with its log, and what was logged at the
lowest level. On PostgreSQL the files are the server's own, so there it is the tables and the log.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from grounds import SECRET, asked, database, told

# isort: split
# grounds says where the rest is found
from erasing import left, races
from talking import open_store

from bot import logs
from bot.engine import Engine
from bot.turns.worker import Turns
from coach.store.tables import talks
from coach.wiring import current_settings


def main() -> int:
    given = asked(__doc__, people=1_000).parse_args()
    with tempfile.TemporaryDirectory() as name, database(given.database, Path(name)) as url:
        return run(given, url, Path(name))


def run(given: argparse.Namespace, url: str, folder: Path) -> int:
    logs.set_up()
    logging.getLogger().addHandler(logging.FileHandler(folder / "all.log"))
    logging.getLogger().setLevel(logging.DEBUG)
    store = open_store(url)
    began = time.monotonic()
    with closing(Turns(Engine.load(current_settings().models), store.ledger, SECRET)) as turns:
        spent = asyncio.run(races(turns, given.people, given.seed))
    took = time.monotonic() - began
    talks_left, kind = store.count(talks), "PostgreSQL" if store.is_postgres else "SQLite"
    wrong, looked = left(store, folder)
    if talks_left:
        wrong.append(f"{talks_left} talks came back")
    return told(
        f"{kind}: {len(spent)} people erased in the middle of a turn in {took:.0f} s, the slowest in "
        f"{max(spent):.1f} s; {looked / 1e6:.1f} MB looked through",
        wrong,
    )


if __name__ == "__main__":
    sys.exit(main())
