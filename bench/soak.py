"""A day of five thousand employees, in a row: what the service takes of the machine may not grow.

    .venv/bin/python bench/soak.py --turns 20000 --reconnects 2000

Talks over REST, eight at once, by buttons and typed words, each a new person after sixteen turns; meanwhile tabs of
the web page open their socket, ask for their history and close it. Memory, open files and threads are noted every
five hundred turns. The slope of memory is that of the straight line through what was noted after a quarter of the run.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from functools import partial
from itertools import cycle

import httpx
from grounds import Body, Grounds, asked, hold, shares, told
from served import Tab, session_token
from talkers import A_TALK, Message, Talker

AT_ONCE = 8
NOTED = 500
TABS = 40
MOST_SLOPE = 1.0
"""Megabytes in a thousand turns."""
SPARE = 12
"""Files and threads may differ by so many: pools fill up as they are needed."""


class Run:
    def __init__(self, given: argparse.Namespace, made: Grounds) -> None:
        self._given, self._made, self._pid = given, made, made.service.pid
        self.turns = self.reconnects = 0
        self.notes: list[tuple[int, Body]] = []
        self.spent: dict[str, list[float]] = {}
        self.faults: list[str] = []

    async def hold(self) -> None:
        talking = [self._talk(n) for n in range(AT_ONCE)]
        await asyncio.gather(*talking, self._reconnect())
        self._note()

    async def _talk(self, place: int) -> None:
        url, number = f"{self._made.service.url}/webhooks/rest/webhook", 0
        async with httpx.AsyncClient(timeout=60) as client:
            while self.turns < self._given.turns:
                number += 1
                talker = Talker(client, url, f"s{place}x{number}x")
                await self._one(talker, Message("first", "hallo"))
                for _ in range(A_TALK - 1):
                    await self._one(talker, talker.next())

    async def _one(self, talker: Talker, message: Message) -> None:
        try:
            self.spent.setdefault(message.kind, []).append(await talker.say(message.text))
        except httpx.HTTPError as error:
            self.faults.append(f"turn {self.turns}: {type(error).__name__}")
        self.turns += 1
        if self.turns % NOTED == 0:
            self._note()
            print(f"\r{self.turns} turns, {self.notes[-1][1]}", end="", flush=True)

    async def _reconnect(self) -> None:
        """Tabs that come and go, spread over the run."""
        # one page may not come back more often than once a second
        tokens = cycle([await session_token(self._made.service.url) for _ in range(TABS)])
        while self.reconnects < self._given.reconnects and self.turns < self._given.turns:
            if self.reconnects * self._given.turns > self.turns * self._given.reconnects:
                await asyncio.sleep(0.05)
                continue
            async with Tab(self._made.service.url, next(tokens)) as tab:
                if not (await tab.history())["ok"]:
                    self.faults.append(f"reconnect {self.reconnects}: no history")
            self.reconnects += 1

    def _note(self) -> None:
        self.notes.append((self.turns, Body.of(self._pid)))


def slope(notes: Sequence[tuple[int, Body]]) -> float:
    """Megabytes in a thousand turns, after the first quarter."""
    late = [note for note in notes if note[0] >= notes[-1][0] / 4]
    if len(late) < 2:
        return 0.0
    line = statistics.linear_regression([n for n, _ in late], [b.megabytes for _, b in late])
    return line.slope * 1_000


async def run(given: argparse.Namespace, made: Grounds) -> int:
    began, soak = time.monotonic(), Run(given, made)
    await soak.hold()
    grows, faults = slope(soak.notes), soak.faults
    warm = soak.notes[len(soak.notes) // 4][1]
    last = soak.notes[-1][1]
    if grows >= MOST_SLOPE:
        faults.append(f"memory grows by {grows:.2f} MB in a thousand turns")
    for what, before, after in (
        ("files", warm.files, last.files),
        ("threads", warm.threads, last.threads),
    ):
        if after > before + SPARE:
            faults.append(f"{what} grew from {before} to {after}")
    took = [ms / 1_000 for times in soak.spent.values() for ms in times]
    print()
    return told(
        f"{made.kind}: {soak.turns} turns and {soak.reconnects} reconnects in {time.monotonic() - began:.0f} s; "
        f"memory {warm.megabytes:.0f} -> {last.megabytes:.0f} MB, slope {grows:+.2f} MB in a thousand turns; "
        f"mapped files {warm.mapped:.0f} -> {last.mapped:.0f} MB; "
        f"files {warm.files} -> {last.files}, threads {warm.threads} -> {last.threads}; turn {shares(took)}",
        faults,
    )


if __name__ == "__main__":
    options = asked(__doc__, turns=20_000, reconnects=2_000).parse_args()
    sys.exit(hold(options.database, partial(run, options)))
