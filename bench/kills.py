"""Kills the service (-9) at random moments of many simulated talks, and counts what was lost or doubled.

    .venv/bin/python bench/kills.py --talks 200 --kills 40
    .venv/bin/python bench/kills.py --talks 200 --kills 40 --database postgresql://postgres@127.0.0.1/bench

Half of the people talk on the web page, half in Slack (a local server stands in for it). Everybody goes all
the way: questions, coaching, plan, the check-in that comes, and how it went. A database is made for the run.
It ends with 0 when nothing was lost and nothing came twice.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "integration"
sys.path[:0] = [str(ROOT), str(TESTS), str(TESTS / "slack")]

from killing import SlackVisitor, Visitor, WebVisitor, World, compare, settle  # noqa: E402
from slack_payloads import SIGNING  # noqa: E402
from slack_peer import SlackPeer  # noqa: E402
from slack_person import TOKEN  # noqa: E402

from coach.cli import persona as personas  # noqa: E402
from coach.domain.checkin import Hours  # noqa: E402

SECRET = "a secret of thirty-two characters"
START = 120.0
"""Seconds that the service may take to start."""


class Service:
    """`python -m bot`, killed and started again on the same port and database."""

    def __init__(self, environ: dict[str, str], port: int, log: Path) -> None:
        self.url, self.kills, self.slowest = f"http://127.0.0.1:{port}", 0, 0.0
        self._environ, self._log = environ | {"PADWIJZER_PORT": str(port)}, log.open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        began = time.monotonic()
        command = [sys.executable, "-W", "ignore", str(ROOT / "bench" / "kills_service.py")]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environ, stdout=self._log, stderr=self._log
        )
        async with httpx.AsyncClient() as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        break
                if self._process.poll() is not None or time.monotonic() - began > START:
                    raise RuntimeError("the service did not start; see its log")
                await asyncio.sleep(0.1)
        self.slowest = max(self.slowest, time.monotonic() - began)

    async def kill(self) -> None:
        self.stop()
        self.kills += 1
        await self.start()

    def stop(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()


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
    admin = create_engine(
        url.set(database="postgres"), isolation_level="AUTOCOMMIT", future=True
    )
    with admin.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as db:
            db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


async def run(given: argparse.Namespace, url: str, folder: Path) -> int:
    chance, shift, peer = random.Random(given.seed), ahead(), SlackPeer()
    await peer.start()
    environ = {
        **os.environ,
        "PADWIJZER_DATABASE_URL": url,
        "PADWIJZER_DATA": str(folder),
        "PADWIJZER_SECRET": SECRET,
        "PADWIJZER_BURST": "1000",
        "PADWIJZER_SLACK_BOT_TOKEN": TOKEN,
        "PADWIJZER_SLACK_SIGNING_SECRET": SIGNING,
        "PADWIJZER_SLACK_API_URL": f"{peer.url}/api/",
        "BENCH_AHEAD": str(shift.total_seconds()),
    }
    service = Service(environ, free_port(), folder / "service.log")
    eyes = create_engine(url, future=True, isolation_level="AUTOCOMMIT")
    world = World(
        lambda: service.url,
        eyes,
        SECRET.encode(),
        lambda: datetime.now(UTC).replace(tzinfo=None) + shift,
        peer,
    )
    everybody = _people(world, given.talks, chance)
    began = time.monotonic()
    await service.start()
    try:
        await _talk(everybody, service, given, chance)
        await settle(everybody)
    finally:
        service.stop()
    figures = compare(everybody)
    for fault in figures.trouble[:20]:
        print("!!", fault)
    kind = "PostgreSQL" if given.database else "SQLite"
    print(f"{kind}: {service.kills} kills in {time.monotonic() - began:.0f} s; {figures}")
    print(f"slowest start after a kill: {service.slowest:.1f} s")
    await world.http.aclose()
    await peer.stop()
    return 1 if figures.trouble else 0


def _people(world: World, number: int, chance: random.Random) -> list[Visitor]:
    known = personas.read(ROOT / "tests" / "personas" / "path.jsonl")
    kinds = (WebVisitor, SlackVisitor)
    return [kinds[n % 2](world, chance.choice(known), n) for n in range(number)]


async def _talk(
    everybody: Sequence[Visitor], service: Service, given: argparse.Namespace, chance: random.Random
) -> None:
    """So many talks at once, while the service is killed again and again, spread over all of them."""
    places, done = asyncio.Semaphore(given.at_once), 0

    async def one(visitor: Visitor) -> None:
        nonlocal done
        async with places:
            await visitor.hold(random.Random(f"{given.seed}:{visitor.number}"))
        done += 1
        print(f"\r{done} talks, {service.kills} kills", end="", flush=True)

    async def killer() -> None:
        while done < len(everybody):
            await asyncio.sleep(chance.uniform(1.0, given.pause))
            if service.kills * len(everybody) <= done * given.kills and done < len(everybody):
                await service.kill()

    killing = asyncio.create_task(killer())
    await asyncio.gather(*(one(visitor) for visitor in everybody))
    killing.cancel()
    with suppress(asyncio.CancelledError):
        await killing
    print()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--talks", type=int, default=200)
    asked.add_argument("--kills", type=int, default=40)
    asked.add_argument("--at-once", type=int, default=12, help="talks at the same time")
    asked.add_argument("--pause", type=float, default=10.0, help="most seconds between kills")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", default="", help="a PostgreSQL server; SQLite without")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, database(given.database, Path(name)) as url:
        code = asyncio.run(run(given, url, Path(name)))
        if code:
            log = (Path(name) / "service.log").read_text(errors="replace")
            print("the last lines of the service:\n" + "\n".join(log.splitlines()[-20:]))
    return code


if __name__ == "__main__":
    sys.exit(main())
