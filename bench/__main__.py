"""Padwijzer and stock Rasa beside each other, in one run on one machine: `make bench`.

    .venv/bin/python -m bench [--parts ready,turns,long,stored,training] [--without-stock] [--turns 400] [--epochs 100]

Leaves bench/results/<time>.json, .md and .svg. Both bots get the same messages, in turn. Needs a machine that
does nothing else; bench/README.md says how long each part takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shlex
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import bots, shown, training
from bench.ready import Start, ready
from bench.service import Service
from bench.stock.environment import EPOCHS, Stock, prepare
from bench.stored import Kept, stored
from bench.talkers import A_TALK
from bench.turns import long, turns, warm
from bench.wanted import ECHO, LEARNS, OURS, THEIRS

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
PARTS = ("ready", "turns", "long", "stored", "training")


def options() -> argparse.Namespace:
    made = argparse.ArgumentParser(prog="bench", description="What a turn costs, ours and stock.")
    made.add_argument("--parts", default=",".join(PARTS), help="which of them, with commas")
    made.add_argument("--without-stock", action="store_true", help="Padwijzer alone")
    made.add_argument("--turns", type=int, default=400, help="turns for each number at once")
    made.add_argument("--at-once", default="1,8,32", help="how many talk at once, with commas")
    made.add_argument("--long", type=int, default=500, help="turns of the long talk")
    made.add_argument("--starts", type=int, default=3, help="how often each bot is started")
    made.add_argument("--stored", default="0,10000,1000000", help="stored talks, with commas")
    made.add_argument("--database", default="", help="a URL for Padwijzer; without it SQLite")
    made.add_argument("--postgres", default="", help="a server for stored talks: a URL")
    made.add_argument("--epochs", type=int, default=EPOCHS, help="of stock Rasa's training")
    made.add_argument("--anew", action="store_true", help="train stock Rasa again")
    made.add_argument("--docs", action="store_true", help="write docs/performance.en.md too")
    given = made.parse_args()
    given.parts = given.parts.split(",")
    if unknown := set(given.parts) - set(PARTS):
        made.error(f"there is no part {', '.join(sorted(unknown))}")
    return given


def measure(given: argparse.Namespace, bench: Path) -> dict[str, Any]:
    made: dict[str, Any] = {"machine": machine(), "parts": given.parts}
    stock = None if given.without_stock else prepare(bench, given.epochs, anew=given.anew)
    starts: dict[str, Start] = {OURS: lambda folder: bots.padwijzer(folder, given.database)}
    if stock:
        made["stock"] = stock.training
        starts[THEIRS] = lambda folder: bots.stock(stock, folder)
    for names, part in _parts(given, bench, stock, starts):
        if not names & set(given.parts):
            continue
        try:
            made |= part()
        except Exception as error:  # the other parts took an hour: they are written all the same
            traceback.print_exc()
            made.setdefault("failed", []).append(f"{'/'.join(sorted(names))}: {error!r}")
    return {**made, "machine": {**made["machine"], "load_at_end": os.getloadavg()[1]}}


def _parts(
    given: argparse.Namespace, bench: Path, stock: Stock | None, starts: dict[str, Start]
) -> Iterator[tuple[set[str], Callable[[], dict[str, Any]]]]:
    """The parts of a run by their names, in order; those with two names share their servers."""
    count = -(-given.turns // A_TALK)

    def talking() -> dict[str, Any]:
        with _all(starts) as bots_:
            return asyncio.run(_turns(bots_, given, count))

    def storing() -> dict[str, Any]:
        sizes = [int(size) for size in given.stored.split(",")]
        return {"stored": told("stored", stored(Kept(bench, given.postgres, stock), sizes, count))}

    yield {"ready"}, lambda: {"ready": told("ready", ready(starts, given.starts))}
    yield {"turns", "long"}, talking
    yield {"stored"}, storing
    yield {"training"}, lambda: {"training": told("training", _training(stock))}


async def _turns(
    bots_: dict[str, Service], given: argparse.Namespace, count: int
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    await warm(bots_)
    if "turns" in given.parts:
        made["turns"] = {}
        for n in given.at_once.split(","):
            made["turns"][n] = told(f"{n} at once", await turns(bots_, int(n), count))
        made["floor"] = told("floor", await _beside_floor(bots_[OURS], count))
    if "long" in given.parts:
        made["long"] = told("long talk", await long(bots_, given.long))
    made["memory"] = told("memory", {name: bot.memory() for name, bot in bots_.items()})
    return made


@contextmanager
def _all(starts: dict[str, Start]) -> Iterator[dict[str, Service]]:
    with ExitStack() as stack:
        folders = {
            name: Path(stack.enter_context(tempfile.TemporaryDirectory())) for name in starts
        }
        yield {name: stack.enter_context(start(folders[name])) for name, start in starts.items()}


async def _beside_floor(ours: Service, count: int) -> dict[str, dict[str, Any]]:
    """The same messages to us and to an echo, in turn, one at a time."""
    with bots.echo() as echo:
        both = {OURS: ours, ECHO: echo}
        await warm(both)
        return await turns(both, 1, count, "f")


def _training(stock: Stock | None) -> dict[str, Any]:
    ours = training.padwijzer()
    if stock is None:
        return {OURS: ours}
    theirs = stock.training
    if theirs["epochs"] != EPOCHS:
        theirs = {**theirs, "at_least": training.at_least(stock, LEARNS * ours["seconds"])}
    return {OURS: ours, THEIRS: theirs}


def machine() -> dict[str, Any]:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "on": datetime.now().astimezone().isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "processor": names[0] if names else platform.machine(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "load_at_start": os.getloadavg()[1],
        "command": shlex.join(["python", "-m", "bench", *sys.argv[1:]]),
    }


def told(title: str, found: Any) -> Any:
    print(f"{title}: {json.dumps(found)}", flush=True)
    return found


def main() -> int:
    given = options()
    bench = Path(os.environ.get("PADWIJZER_BENCH_DIR", ".bench")).resolve()
    bench.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    # an end from outside runs what ends the servers, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = measure(given, bench)
    print(shown.write(found, RESULTS, ROOT / "docs" if given.docs else None))
    for failed in found.get("failed", ()):
        print(f"Not measured: {failed}", file=sys.stderr)
    return int("failed" in found)


if __name__ == "__main__":
    sys.exit(main())
