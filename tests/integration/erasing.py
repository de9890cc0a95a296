"""People who are erased in the middle of a turn, and a look through every byte that is left."""

from __future__ import annotations

import asyncio
import random
import re
import time
from pathlib import Path

from sqlalchemy import inspect, text
from talking import Person, Store

from bot.turns.worker import Turns

TOKEN = re.compile(r"merk[0-9a-f]{10}")
AT_ONCE = 8
SAID = ("hallo, ik ben {}", "ik werk met {}", "wat bedoel je met {}?")
LONGEST = 0.3
"""Seconds into a turn at which somebody is erased, at most; a turn under way is finished first."""


def token(n: int) -> str:
    return f"merk{n:010x}"


async def race(turns: Turns, n: int, chance: random.Random) -> float:
    """Talk, and be erased in the middle of a turn; returns how long the erasing took."""
    person = Person(turns, f"iemand-{n}")
    for words in SAID[:2]:
        await person.say(words.format(token(n)))
    before = await turns.find_talk("rest", person.sender)
    last = asyncio.create_task(person.say(SAID[2].format(token(n))))
    await asyncio.sleep(chance.uniform(0, LONGEST))
    began = time.monotonic()
    await turns.forget("rest", person.sender)
    spent = time.monotonic() - began
    await asyncio.gather(last, return_exceptions=True)
    after = await turns.find_talk("rest", person.sender)
    if after:  # the last message came in after the erasing, and began another talk
        assert before and after.id != before.id, "an erased talk came back"
        await turns.forget("rest", person.sender)
    return spent


async def races(turns: Turns, many: int, seed: int) -> list[float]:
    chance, numbers = random.Random(seed), iter(range(many))
    spent: list[float] = []

    async def one_after_another() -> None:
        spent.extend([await race(turns, n, chance) for n in numbers])

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return spent


def left(store: Store, folder: Path | None) -> tuple[list[str], int]:
    """Where a token is still found, and how many bytes were looked through."""
    found, looked = [], 0
    with store.database.begin() as db:
        for name in inspect(db).get_table_names():
            words = repr(db.execute(text(f'SELECT * FROM "{name}"')).all())
            looked += len(words)
            found += [f"table {name}: {t}" for t in TOKEN.findall(words)]
    store.close()
    for file in sorted(folder.rglob("*")) if folder else ():
        if file.is_file():
            raw = file.read_bytes().decode("latin-1")
            looked += len(raw)
            found += [f"file {file.name}: {t}" for t in TOKEN.findall(raw)]
    return found, looked
