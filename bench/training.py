"""Seconds that training takes, each bot from nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.stock import project
from bench.stock.environment import EPOCHS, QUIET, Stock

ROOT = Path(__file__).parents[1]


def padwijzer() -> dict[str, Any]:
    """`padwijzer train` into an empty folder, without what an earlier training left."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"PADWIJZER_MODELS": folder, "RASA_CACHE_DIRECTORY": str(Path(folder) / "cache")}
        command = [Path(sys.executable).with_name("padwijzer"), "train"]
        begun = time.perf_counter()
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **own}, check=True, stdout=subprocess.DEVNULL
        )
        seconds = round(time.perf_counter() - begun)
    return {"seconds": seconds, "on": date.today().isoformat(), "load": os.getloadavg()[1]}


def at_least(stock: Stock, seconds: int) -> dict[str, Any]:
    """Stock Rasa's training as `rasa init` sets it, ended after so many seconds: how long it takes at least."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project.write(folder, EPOCHS)
        begun = time.perf_counter()
        with (folder / "training.log").open("wb") as out:
            rasa = subprocess.Popen(
                [stock.rasa, "train"],
                cwd=folder,
                env={**os.environ, **QUIET},
                stdout=out,
                stderr=out,
            )
            try:
                done = rasa.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                done = False
            finally:
                rasa.kill()
                rasa.wait()
        passed = round(time.perf_counter() - begun)
        if not done and passed < seconds:
            raise RuntimeError(f"stock Rasa's training ended by itself after {passed} s")
    return {"seconds": passed, "done": done, "epochs_wanted": EPOCHS}
