"""What the long runs share: a database of their own, the service in a process of its own, and stand-ins for the platforms.

The service is forked from a process that has the engine, so that a restart takes a second. The people of a run
live in the process that started it, and look at the service from outside only.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "integration"
sys.path[:0] = [str(TESTS / part) for part in (".", "slack", "teams", "hostile", "faults")]
sys.path.insert(0, str(ROOT))

import uvicorn  # noqa: E402
from doors import platforms  # noqa: E402
from forked import Nursery, Service  # noqa: E402
from microsoft import Microsoft  # noqa: E402
from slack_peer import SlackPeer  # noqa: E402
from talking import SECRET, Store, known_store  # noqa: E402

from bench.places import database_on  # noqa: E402
from bench.ports import free_port  # noqa: E402
from coach.domain.checkin import Hours  # noqa: E402
from coach.store.database import migrate  # noqa: E402


@dataclass
class Grounds:
    """One run: the service, its database, and the platforms that it calls."""

    url: str
    service: Service
    peer: SlackPeer
    microsoft: Microsoft
    now: Callable[[], datetime]
    folder: Path

    @property
    def is_postgres(self) -> bool:
        return self.url.startswith("postgresql")

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self.is_postgres else "SQLite"

    def store(self) -> Store:
        """Eyes of our own on the database."""
        return known_store(self.url)


def ahead() -> timedelta:
    """From now to eleven o'clock of a working day: the clock of the service, so that check-ins may come."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return Hours().opening(now.date() + timedelta(days=1)) + timedelta(hours=1) - now


def clock(shift: timedelta) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC).replace(tzinfo=None) + shift


@contextmanager
def database(server: str, folder: Path) -> Iterator[str]:
    """The URL of a new database; one on a server is gone afterwards."""
    if not server:
        yield f"sqlite:///{folder / 'padwijzer.db'}"
        return
    with database_on(server) as url:
        yield url


def _prepare(url: str, folder: Path, port: int, peer: SlackPeer, ms: Microsoft) -> Nursery:
    """Load the engine once; a copy of the service opens the database by itself, as after every start."""
    os.environ |= {
        "PADWIJZER_DATABASE_URL": url,
        "PADWIJZER_DATA": str(folder),
        "PADWIJZER_SECRET": SECRET.decode(),
        "PADWIJZER_PORT": str(port),
        "PADWIJZER_BURST": os.environ.get("PADWIJZER_BURST", "1000"),
        **platforms(f"http://127.0.0.1:{peer.port}"),
    }
    import bot.channels.slack.door  # noqa: F401  # loaded once, not by every copy
    from bot import app, logs
    from bot.channels.teams.door import TeamsDoor
    from bot.engine import Engine
    from bot.serving import config
    from coach import wiring

    logs.set_up()
    wiring.utc_now = app.utc_now = clock(ahead())
    app.TeamsDoor = partial(TeamsDoor, cloud=ms.cloud)
    engine = Engine.load(wiring.current_settings().models)
    asyncio.run(engine.warm_up())
    migrate(wiring.database())
    wiring.database().dispose()

    def serve() -> None:
        made = app.build(wiring.current_settings(), engine, app.settle)
        uvicorn.Server(config(made, "127.0.0.1", port)).run()

    return Nursery(serve)


Run = Callable[[Grounds], Coroutine[Any, Any, int]]


def hold(server: str, run: Run, *, start: bool = True) -> int:
    """Lay out everything that a run needs, hold it, and clear away; the exit code."""
    peer, microsoft, port = SlackPeer(port=free_port()), Microsoft(port=free_port()), free_port()
    with tempfile.TemporaryDirectory() as name, database(server, Path(name)) as url:
        # nothing runs here yet: a fork copies one thread only
        nursery = _prepare(url, Path(name), port, peer, microsoft)
        made = Grounds(url, Service(nursery, port), peer, microsoft, clock(ahead()), Path(name))
        try:
            return asyncio.run(_held(made, run, start=start))
        finally:
            made.service.stop()
            nursery.close()


async def _held(made: Grounds, run: Run, *, start: bool) -> int:
    await made.peer.start()
    made.microsoft.start(made.microsoft.port)
    try:
        if start:
            await made.service.start()
        return await run(made)
    finally:
        made.microsoft.stop()
        await made.peer.stop()


def asked(doc: str | None, **numbers: int) -> argparse.ArgumentParser:
    """The options that all runs have, and numbers with their defaults."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawTextHelpFormatter)
    for name, usual in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=usual)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="a PostgreSQL server; SQLite without")
    return parser


def shares(seconds: Sequence[float]) -> str:
    """The middle, the slow end and the slowest."""
    if len(seconds) < 2:
        return f"{seconds}"
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return f"p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s, longest {max(seconds):.2f} s"


def told(what: str, faults: Sequence[str]) -> int:
    """Print what a run was and what went wrong; the exit code."""
    for fault in faults[:20]:
        print("!!", fault)
    print(f"{what}; {len(faults)} faults", flush=True)
    return 1 if faults else 0


@dataclass(frozen=True)
class Body:
    """What a process takes of the machine."""

    megabytes: float
    """Its own; mapped files are shared, and their pages are given back when there is need."""
    mapped: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Body:
        here = Path(f"/proc/{pid}")
        fields = dict(
            line.split(":", 1) for line in (here / "status").read_text().splitlines() if ":" in line
        )
        own, mapped = (int(fields[kind].split()[0]) / 1024 for kind in ("RssAnon", "RssFile"))
        return cls(own, mapped, len(list((here / "fd").iterdir())), int(fields["Threads"]))
