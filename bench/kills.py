"""Kills the service (-9) at random moments of many simulated talks, and counts what was lost or doubled.

    .venv/bin/python bench/kills.py --talks 200
    .venv/bin/python bench/kills.py --talks 200 --database postgresql://postgres@127.0.0.1/bench

Half of the people talk on the web page, half in Slack (a local server stands in for it). Everybody goes all
the way: questions, coaching, plan, the check-in that comes, and how it went. A database is made for the run.
It ends with 0 when nothing was lost and nothing came twice.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "integration"
sys.path[:0] = [str(ROOT), str(TESTS), str(TESTS / "slack")]

from forked import Nursery, Service  # noqa: E402
from killing import SlackVisitor, Visitor, WebVisitor, World, compare, settle  # noqa: E402
from slack_payloads import SIGNING  # noqa: E402
from slack_peer import SlackPeer  # noqa: E402
from slack_person import TOKEN  # noqa: E402

from coach.cli import persona as personas  # noqa: E402
from coach.domain.checkin import Hours  # noqa: E402
from coach.store.database import migrate  # noqa: E402

SECRET = "a secret of thirty-two characters"  # noqa: S105


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ahead() -> timedelta:
    """From now to eleven o'clock of a working day: the clock of the service, so that check-ins may come."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return Hours().opening(now.date() + timedelta(days=1)) + timedelta(hours=1) - now


@contextmanager
def database(server: str, folder: Path) -> Iterator[str]:
    """The URL of a new database; one on a server is gone afterwards."""
    if not server:
        yield f"sqlite:///{folder / 'padwijzer.db'}"
        return
    url, name = make_url(server), f"padwijzer_kills_{os.getpid()}"
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as db:
            db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def prepare(url: str, folder: Path, port: int, peer_port: int, shift: timedelta) -> Nursery:
    """Load the engine once; a copy of the service opens the database by itself, as after every start."""
    os.environ |= {
        "PADWIJZER_DATABASE_URL": url,
        "PADWIJZER_DATA": str(folder),
        "PADWIJZER_SECRET": SECRET,
        "PADWIJZER_BURST": "1000",
        "PADWIJZER_SLACK_BOT_TOKEN": TOKEN,
        "PADWIJZER_SLACK_SIGNING_SECRET": SIGNING,
        "PADWIJZER_SLACK_API_URL": f"http://127.0.0.1:{peer_port}/api/",
    }
    from bot import app, logs
    from bot.engine import Engine
    from bot.serving import config
    from coach import wiring

    logs.set_up()
    wiring.utc_now = app.utc_now = clock(shift)
    engine = Engine.load(wiring.current_settings().models)
    asyncio.run(engine.warm_up())
    migrate(wiring.database())
    wiring.database().dispose()

    def serve() -> None:
        made = app.build(wiring.current_settings(), engine)
        uvicorn.Server(config(made, "127.0.0.1", port)).run()

    return Nursery(serve)


def clock(shift: timedelta) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC).replace(tzinfo=None) + shift


async def run(
    given: argparse.Namespace, url: str, service: Service, peer: SlackPeer, shift: timedelta
) -> int:
    chance = random.Random(given.seed)
    await peer.start()
    eyes = create_engine(url, future=True, isolation_level="AUTOCOMMIT")
    world = World(lambda: service.url, eyes, SECRET.encode(), clock(shift), peer)
    everybody, began = _people(world, given.talks, chance), time.monotonic()
    await service.start()
    try:
        held = await _talk(everybody, service, given, chance)
        await settle(held)
    finally:
        service.stop()
    figures = compare(held)
    for fault in figures.trouble[:20]:
        print("!!", fault)
    kind = "PostgreSQL" if given.database else "SQLite"
    print(f"{kind}: {service.kills} kills in {time.monotonic() - began:.0f} s; {figures}")
    await world.http.aclose()
    await peer.stop()
    return 1 if figures.trouble else 0


def _people(world: World, number: int, chance: random.Random) -> list[Visitor]:
    known = personas.read(ROOT / "tests" / "personas" / "path.jsonl")
    kinds = (WebVisitor, SlackVisitor)
    return [kinds[n % 2](world, chance.choice(known), n) for n in range(number)]


async def _talk(
    everybody: Sequence[Visitor], service: Service, given: argparse.Namespace, chance: random.Random
) -> list[Visitor]:
    """So many talks at once, while the service is killed again and again; returns those that were held."""
    places, done, held = asyncio.Semaphore(given.at_once), 0, []
    until = time.monotonic() + 60 * given.minutes

    async def one(visitor: Visitor) -> None:
        nonlocal done
        async with places:
            if time.monotonic() > until:
                return
            held.append(visitor)
            await visitor.hold(random.Random(f"{given.seed}:{visitor.number}"))
        done += 1
        print(f"\r{done} talks, {service.kills} kills", end="", flush=True)

    async def killer() -> None:
        while True:
            await asyncio.sleep(chance.uniform(0.0, 2 * given.pause))
            await service.kill()

    killing = asyncio.create_task(killer())
    await asyncio.gather(*(one(visitor) for visitor in everybody))
    killing.cancel()
    with suppress(asyncio.CancelledError):
        await killing
    print()
    return held


def main() -> int:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("--talks", type=int, default=200)
    asked.add_argument("--at-once", type=int, default=12, help="talks at the same time")
    asked.add_argument("--pause", type=float, default=10.0, help="mean seconds between kills")
    asked.add_argument("--minutes", type=float, default=60.0, help="begin no talk after this")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", default="", help="a PostgreSQL server; SQLite without")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, database(given.database, Path(name)) as url:
        shift, port, peer = ahead(), free_port(), SlackPeer(port=free_port())
        nursery = prepare(url, Path(name), port, peer.port, shift)
        try:
            return asyncio.run(run(given, url, Service(nursery, port), peer, shift))
        finally:
            nursery.close()


if __name__ == "__main__":
    sys.exit(main())
