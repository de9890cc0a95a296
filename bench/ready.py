"""Seconds from the start to the first answer, and the memory of a bot that has just answered and one that worked."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx

from bench.service import PATIENCE, Service

Start = Callable[[Path], AbstractContextManager[Service]]
"""Starts a bot that keeps what it has in this folder."""


def ready(starts: dict[str, Start], times: int) -> dict[str, Any]:
    """Every bot is started so often, in turn; the medians."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in starts}
    for _ in range(times):
        for name, start in starts.items():
            found[name].append(_once(start))
    return {name: _middle(runs) for name, runs in found.items()}


def _once(start: Start) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with start(Path(folder)) as bot:
            said = {"sender": "first", "message": "hallo"}
            # a server that listens may still answer with nothing, while its actions are being loaded
            while not httpx.post(bot.url, json=said, timeout=PATIENCE).raise_for_status().json():
                if time.perf_counter() - begun > PATIENCE:
                    raise SystemExit("this bot listens and does not answer")
            answered = time.perf_counter() - begun
            sizes = {f"{name}_mb": float(size) for name, size in bot.memory().items()}
            return {"listens_s": bot.ready, "answers_s": answered, **sizes}


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}
