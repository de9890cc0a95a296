"""A service that is forked from a process with a loaded engine, killed with SIGKILL and forked again: a restart in a second."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

START = 120.0
"""Seconds that a copy may take to start; only there so that a broken one ends."""


class Nursery:
    """A process forked before anything runs here; it forks copies of the service, one after another."""

    def __init__(self, serve: Callable[[], None]) -> None:
        ask, self._ask = os.pipe()
        self._answer, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._ask)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            while os.read(ask, 1):
                child = os.fork()
                if child == 0:
                    _be(serve)
                os.write(answer, child.to_bytes(8, "big"))
            os._exit(0)
        os.close(ask)

    def fork(self) -> int:
        os.write(self._ask, b"1")
        return int.from_bytes(os.read(self._answer, 8), "big")

    def close(self) -> None:
        os.close(self._ask)
        os.waitpid(self.pid, 0)


def _be(serve: Callable[[], None]) -> None:
    try:
        serve()
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(1)  # never back into the tests


class Service:
    """The copy that runs now."""

    def __init__(self, nursery: Nursery, port: int) -> None:
        self._nursery, self.url, self.kills, self.pid = nursery, f"http://127.0.0.1:{port}", 0, 0

    @property
    def is_running(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    async def start(self) -> None:
        self.pid = self._nursery.fork()
        async with httpx.AsyncClient() as client, asyncio.timeout(START):
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """Killed, and started again when it is really gone."""
        self.stop()
        self.kills += 1
        await self.start()

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, and wait until it is really gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)
        while self.is_running:
            time.sleep(0.001)
