"""The real service as a process of its own, which can be stopped and started again on the same data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.ports import free_port

ROOT = Path(__file__).parents[2]


class Service:
    def __init__(self, data: Path, **settings: str) -> None:
        self._data = data
        port = str(free_port())
        self.address = f"http://127.0.0.1:{port}"
        # a test clicks faster than people
        own = {"PADWIJZER_DATA": str(data), "PADWIJZER_PORT": port, "PADWIJZER_BURST": "1000"}
        self._env = {**os.environ, **own, **settings}
        self.site = ""
        """Another site that may show the widget."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "bot"]
        with (self._data / "log").open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._env, stdout=log, stderr=log
            )
        self._wait(self._process)

    def kill(self) -> None:
        """As when the power fails."""
        assert self._process
        self._process.kill()
        self._process.wait(30)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(600):
            assert process.poll() is None, (self._data / "log").read_text()
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=2).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
            else:
                return
        raise AssertionError(f"it did not start: {(self._data / 'log').read_text()}")
