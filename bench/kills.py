"""Kills the service (-9) at random moments of many simulated talks, and counts what was lost or doubled.

    .venv/bin/python bench/kills.py --kills 1000
    .venv/bin/python bench/kills.py --kills 1000 --database postgresql://postgres@127.0.0.1/postgres

Half of the people talk on the web page, half in Slack (a local server stands in for it). Everybody goes all
the way: questions, coaching, plan, the check-in that comes, and how it went. There are always a dozen talks, so
that nearly every kill falls in a turn. A database is made for the run.
It ends with 0 when nothing was lost, nothing came twice, and the next reply came within ten seconds of a kill.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from grounds import ROOT, SECRET, Grounds, asked, hold, shares, told
from keeping_count import compare
from killing import SlackVisitor, Visitor, WebVisitor, World, settle
from sqlalchemy import create_engine, func, select

from coach.cli import persona as personas
from coach.store.tables import inbox, outbox

SECONDS = 10.0
"""The next reply may come so long after a kill, in ninety-nine of a hundred."""
ENOUGH = 1_000_000


@dataclass
class Killer:
    """Kills, and looks how long it is until somebody has a reply again."""

    made: Grounds
    world: World
    most: int
    pause: float
    chance: random.Random
    waits: list[float] = field(default_factory=list)
    in_a_turn: int = 0

    @property
    def is_done(self) -> bool:
        return bool(self.most) and len(self.waits) >= self.most

    async def work(self) -> None:
        while not self.is_done:
            await asyncio.sleep(self.chance.uniform(0.0, 2 * self.pause))
            began, service = time.monotonic(), self.made.service
            service.stop()
            service.kills += 1
            last = self._last()
            waiting = select(func.count()).where(inbox.c.status == "new", ~inbox.c.own)
            self.in_a_turn += self.world.rows(waiting)[0][0] > 0
            await service.start()
            while self._last() == last:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            self.waits.append(time.monotonic() - began)

    def _last(self) -> int:
        return int(self.world.rows(select(func.max(outbox.c.id)))[0][0] or 0)


async def run(given: argparse.Namespace, made: Grounds) -> int:
    chance, began = random.Random(given.seed), time.monotonic()
    eyes = create_engine(made.url, future=True, isolation_level="AUTOCOMMIT")
    world = World(lambda: made.service.url, eyes, SECRET, made.now, made.peer)
    killer = Killer(made, world, given.kills, given.pause, chance)
    held = await _talk(_people(world, given, killer), given, killer)
    await settle(held)
    figures = compare(held)
    await world.http.aclose()
    eyes.dispose()
    faults = list(figures.trouble)
    if late(killer.waits) > SECONDS:
        faults.append(f"the next reply came too late: {shares(killer.waits)}")
    spent = time.monotonic() - began
    return told(
        f"{made.kind}: {len(killer.waits)} kills in {spent:.0f} s, {killer.in_a_turn} of them with a message "
        f"in its turn; next reply after a kill: {shares(killer.waits)}; {figures}",
        faults,
    )


def late(waits: list[float]) -> float:
    """What ninety-nine of a hundred stay under."""
    return statistics.quantiles(waits, n=100, method="inclusive")[98] if len(waits) > 1 else 0.0


def _people(world: World, given: argparse.Namespace, killer: Killer) -> Iterator[Visitor]:
    """Everybody who begins a talk: so many, or until all kills are done."""
    known = personas.read(ROOT / "tests" / "personas" / "path.jsonl")
    kinds, until = (WebVisitor, SlackVisitor), time.monotonic() + 60 * given.minutes
    chance, number = random.Random(given.seed), 0
    while time.monotonic() < until and not killer.is_done and number < (given.talks or ENOUGH):
        yield kinds[number % 2](world, chance.choice(known), number)
        number += 1


async def _talk(
    people: Iterator[Visitor], given: argparse.Namespace, killer: Killer
) -> list[Visitor]:
    """So many talks at once, while the service is killed again and again; returns those that were held."""
    held: list[Visitor] = []
    killing = asyncio.create_task(killer.work())

    async def one_after_another() -> None:
        for visitor in people:
            held.append(visitor)
            await visitor.hold(random.Random(f"{given.seed}:{visitor.number}"))
            print(f"\r{len(held)} talks, {len(killer.waits)} kills", end="", flush=True)

    await asyncio.gather(*(one_after_another() for _ in range(given.at_once)))
    killing.cancel()
    with suppress(asyncio.CancelledError):
        await killing
    if not killer.made.service.is_running:  # cancelled in the middle of a restart
        await killer.made.service.start()
    print()
    return held


def main() -> int:
    options = asked(__doc__, kills=0, talks=0, at_once=12)
    options.add_argument("--pause", type=float, default=0.4, help="mean seconds between kills")
    options.add_argument("--minutes", type=float, default=60.0, help="begin no talk after this")
    given = options.parse_args()
    if not given.kills and not given.talks:
        options.error("say how many --kills or how many --talks")
    return hold(given.database, partial(run, given))


if __name__ == "__main__":
    sys.exit(main())
