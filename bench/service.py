"""Servers of a run: started, waited for, weighed and ended again."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 1800
"""Seconds. Stock Rasa took a quarter of an hour to start on a machine that was busy with other work."""


@dataclass(frozen=True)
class Service:
    """One bot that listens: where, since how long, and the processes it is made of."""

    url: str
    ready: float
    pids: tuple[int, ...]

    def memory(self) -> dict[str, int]:
        """Megabytes of every process and their children: resident, theirs alone, and shared with others."""
        found = {"rss": 0, "private": 0, "shared": 0}
        for pid in _with_children(self.pids):
            fields = _rollup(pid)
            found["rss"] += fields["Rss"]
            found["private"] += fields["Private_Clean"] + fields["Private_Dirty"]
            found["shared"] += fields["Shared_Clean"] + fields["Shared_Dirty"]
        return {name: round(kilobytes / 1024) for name, kilobytes in found.items()}


@dataclass(frozen=True)
class Part:
    """A server of a bot: its command, where it runs, and the address that answers once it is up."""

    command: Sequence[str]
    port: int
    path: str
    environ: dict[str, str]
    folder: Path = ROOT


@contextmanager
def running(parts: Sequence[Part], webhook: str) -> Iterator[Service]:
    """Start the parts at once; ready when the last of them answers."""
    begun = time.perf_counter()
    processes = [_start(part) for part in parts]
    try:
        for part, process in zip(parts, processes, strict=True):
            _wait(part, process, begun)
        passed = time.perf_counter() - begun
        yield Service(webhook, passed, tuple(process.pid for process in processes))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _start(part: Part) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(part.command),
        cwd=part.folder,
        env={**os.environ, **part.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(part: Part, process: subprocess.Popen[Any], begun: float) -> None:
    while not _answers(part.port, part.path):
        if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
            raise SystemExit(f"this did not start: {' '.join(map(str, part.command))}")
        time.sleep(0.05)


def _answers(port: int, path: str) -> bool:
    # the plainest client there is: asking must not take the time of who is starting
    asked = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", path)
        return asked.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    return {name.rstrip(":"): int(size) for name, size, *_ in (line.split() for line in lines)}


def _with_children(pids: Sequence[int]) -> list[int]:
    found = list(pids)
    for pid in found:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children = (thread / "children").read_text(encoding="ascii")
            found += [int(child) for child in children.split()]
    return found
