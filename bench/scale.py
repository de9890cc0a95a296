"""Two copies of the service on one PostgreSQL behind nginx: what they carry, and what people notice when one is killed.

    make scale-test
    .venv/bin/python -W ignore bench/scale.py --database postgresql://postgres@127.0.0.1/postgres --pairs 1000

1. Turns a second through nginx, of one copy and of two, with the processors that each part used meanwhile.
2. Whole talks over web sockets and REST, of people who know what they said and what arrived. One copy is killed (-9)
   in the middle and started again.
3. Pairs of messages of one talk at the same moment, one to each copy.

A database is made for the run. Prints the figures, writes build/bench/scale.json, and ends with 0 when nothing was
lost, nothing came twice and no message overtook another.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "integration"
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(TESTS), str(TESTS / "slack")]

from both_at_once import Pairs  # noqa: E402
from keeping_count import compare  # noqa: E402
from killing import RestVisitor, Visitor, WebVisitor, World, settle  # noqa: E402
from scale_house import SECRET, Clocks, Copy, Nginx, server  # noqa: E402
from slack_peer import SlackPeer  # noqa: E402
from sqlalchemy import create_engine, select  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402
from talkers import A_TALK, Spent, Talker  # noqa: E402

from bench.places import database_on  # noqa: E402
from coach.cli import persona as personas  # noqa: E402
from coach.store.ledger import sender_hash  # noqa: E402
from coach.store.tables import talks  # noqa: E402
from coach.wiring import utc_now  # noqa: E402

OUT = ROOT / "build" / "bench" / "scale.json"
DOWN = 3.0
"""Seconds between the kill and the new start."""
PEOPLE = 20
"""Who say two things at once; each has a talk of their own."""
REST = "/webhooks/rest/webhook"


# --- what they carry -----------------------------------------------------------------------------


async def carried(nginx: Nginx, clocks: Clocks, given: argparse.Namespace, name: str) -> Any:
    """So many talks, so many at the same time, through nginx."""
    left, spent = iter(range(given.load)), Spent()

    async def hold(client: httpx.AsyncClient) -> None:
        for number in left:
            talker = Talker(client, nginx.url + REST, f"{name}x{number}")
            await talker.say("hallo")
            for _ in range(A_TALK - 1):
                message = talker.next()
                spent.setdefault(message.kind, []).append(await talker.say(message.text))

    begun = time.perf_counter()
    async with httpx.AsyncClient(timeout=60, verify=False) as client:  # noqa: S501
        await asyncio.gather(*(hold(client) for _ in range(given.at_once)))
    took = time.perf_counter() - begun
    every = sorted(ms for kind in spent.values() for ms in kind)
    found = {
        "turns a second": round(len(every) / took, 1),
        "p50 ms": round(statistics.median(every)),
        "p95 ms": round(every[int(0.95 * len(every))]),
        "processors": clocks.shares(),
    }
    print(f"{name}: {found['turns a second']} turns a second, p50 {found['p50 ms']} ms, "
          f"p95 {found['p95 ms']} ms; processors used: {found['processors']}", flush=True)  # fmt: skip
    return found


# --- what people notice --------------------------------------------------------------------------


async def killed(
    copies: Sequence[Copy], nginx: Nginx, eyes: Engine, given: argparse.Namespace
) -> Any:
    """Whole talks through nginx, while one copy is killed and comes back."""
    world = World(lambda: nginx.url, eyes, SECRET.encode(), utc_now, SlackPeer(), verify=False)
    known = personas.read(ROOT / "tests" / "personas" / "path.jsonl")
    chance = random.Random(given.seed)
    kinds = (WebVisitor, RestVisitor)
    people = [kinds[n % 2](world, chance.choice(known), n) for n in range(given.talks)]
    places, done = asyncio.Semaphore(given.at_once), 0

    async def one(person: Visitor) -> None:
        nonlocal done
        async with places:
            await person.promise()
        done += 1

    async def killer() -> dict[str, float]:
        while done < given.talks // 4:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        before = _longest(people, forget=True)
        await asyncio.to_thread(copies[0].kill)
        await asyncio.sleep(DOWN)
        ready = await asyncio.to_thread(copies[0].start)
        return {"longest before": before, "seconds to ready again": round(ready, 1)}

    killing = asyncio.create_task(killer())
    await asyncio.gather(*(one(person) for person in people))
    found = await killing
    await settle(people)
    figures = compare(people, came_back=False)
    for fault in figures.trouble[:20]:
        print("!!", fault)
    pause = _longest(people)
    print(f"one copy killed: lost/doubled = {len(figures.trouble)}; longest pause {pause} s "
          f"(before it {found['longest before']} s; the copy was away for "
          f"{DOWN + found['seconds to ready again']:.0f} s); {figures}", flush=True)  # fmt: skip
    await world.http.aclose()
    return {**found, "longest pause": pause, "faults": figures.trouble}


def _longest(people: Iterable[Visitor], *, forget: bool = False) -> float:
    found = max(person.longest for person in people)
    for person in people:
        person.longest = 0.0 if forget else person.longest
    return round(found, 1)


# --- two at once ---------------------------------------------------------------------------------


async def paired(copies: Sequence[Copy], eyes: Engine, pairs: int) -> Any:
    """Pairs of messages of one talk at the same moment, one to each copy."""
    faults: list[str] = []
    async with httpx.AsyncClient(timeout=60) as client:
        urls = [copy.url for copy in copies]
        people = [Pairs(client, urls, f"tegelijk-{n}") for n in range(min(PEOPLE, pairs))]
        shares = [len(range(n, pairs, len(people))) for n in range(len(people))]
        begun = time.perf_counter()
        await asyncio.gather(*map(Pairs.send, people, shares))
        took = time.perf_counter() - begun
    for person in people:
        with eyes.connect() as db:
            hashed = sender_hash(SECRET.encode(), "rest", person.sender)
            talk = db.execute(select(talks.c.id).where(talks.c.sender_hash == hashed)).scalar_one()
        faults += [f"{person.sender}: {fault}" for fault in person.faults(eyes, talk)]
    for fault in faults[:20]:
        print("!!", fault)
    print(f"{pairs} pairs to both copies at once: lost/doubled/overtaken = {len(faults)} "
          f"in {took:.0f} s", flush=True)  # fmt: skip
    return {"pairs": pairs, "faults": faults}


# --- all of it -----------------------------------------------------------------------------------


async def run(given: argparse.Namespace, url: str, folder: Path) -> int:
    copies = [Copy(name, url, folder, given.share) for name in ("first", "second")]
    nginx, eyes = (
        Nginx(copies, folder),
        create_engine(url, future=True, isolation_level="AUTOCOMMIT"),
    )
    found: dict[str, Any] = {"processors": os.cpu_count(), "share": given.share}
    try:
        nginx.start()
        print(f"first copy ready in {copies[0].start():.1f} s", flush=True)
        if given.load:
            clocks = Clocks(copies, nginx, eyes)
            found["one copy"] = await carried(nginx, clocks, given, "one copy")
        print(f"second copy ready in {copies[1].start():.1f} s", flush=True)
        if given.load:
            clocks = Clocks(copies, nginx, eyes)
            found["two copies"] = await carried(nginx, clocks, given, "two copies")
            both, alone = (found[n]["turns a second"] for n in ("two copies", "one copy"))
            print(f"two copies carry {both / alone:.2f} times what one does", flush=True)
        if given.talks:
            found["killed"] = await killed(copies, nginx, eyes, given)
        if given.pairs:
            found["pairs"] = await paired(copies, eyes, given.pairs)
    finally:
        for copy in copies:
            copy.stop()
        with suppress(AttributeError):  # it was never started
            nginx.stop()
        eyes.dispose()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2))
    return 1 if any(found.get(part, {}).get("faults") for part in ("killed", "pairs")) else 0


def main() -> int:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument(
        "--database", default="", help="a PostgreSQL server; one from a wheel without"
    )
    asked.add_argument(
        "--load", type=int, default=64, help="talks of the first part; 0 leaves it out"
    )
    asked.add_argument("--talks", type=int, default=24, help="whole talks of the second; 0 as well")
    asked.add_argument("--pairs", type=int, default=200, help="pairs of the third; 0 as well")
    asked.add_argument("--at-once", type=int, default=16, help="talks at the same time")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument(
        "--share", type=float, help="of one processor, for each copy: more than 0.6 fills two cores"
    )
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing stays behind
    with (
        tempfile.TemporaryDirectory() as name,
        server(given.database) as address,
        database_on(address) as url,
    ):
        return asyncio.run(run(given, url, Path(name)))


if __name__ == "__main__":
    sys.exit(main())
