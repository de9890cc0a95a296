"""The two bots of a run, each as the servers it is made of."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from bench.ports import free_port
from bench.service import Part, Service, running
from bench.stock import project
from bench.stock.environment import QUIET, Stock

WEBHOOK = "http://127.0.0.1:{port}/webhooks/rest/webhook"


def padwijzer(data: Path, database: str = "") -> AbstractContextManager[Service]:
    """Ours: one process, which keeps what it has in this folder or database."""
    port = free_port()
    own = {"PADWIJZER_PORT": str(port), "PADWIJZER_DATA": str(data), "PADWIJZER_BURST": "1000"}
    if database:
        own["PADWIJZER_DATABASE_URL"] = database
    command = [sys.executable, "-W", "ignore", "-m", "bot"]
    return running([Part(command, port, "/health", own)], WEBHOOK.format(port=port))


def echo() -> AbstractContextManager[Service]:
    """The least of any bot: says what it hears, and encodes what was typed, on one core as ours does."""
    port = free_port()
    uvicorn = [sys.executable, "-m", "uvicorn", "--factory", "bench.floor:create", "--ws", "none"]
    command = [*uvicorn, "--port", str(port), "--log-level", "error"]
    own = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return running([Part(command, port, "/", own)], WEBHOOK.format(port=port))


def stock(it: Stock, data: Path) -> AbstractContextManager[Service]:
    """Rasa's own server with the trained model, and our actions in a server beside it."""
    port, actions_port = free_port(), free_port()
    endpoints = project.endpoints(data, actions_port, data / "stock.db")
    actions = [sys.executable, "-W", "ignore", "-m", "bench.stock.actions", str(actions_port)]
    command = [it.rasa, "run", "--model", it.model, "--endpoints", endpoints]
    command += ["--credentials", it.project / "credentials.yml"]
    command += ["--port", str(port), "-i", project.HERE]
    own = {"PADWIJZER_DATA": str(data), "SANIC_HOST": project.HERE}
    parts = [
        Part(list(map(str, command)), port, "/", QUIET, it.project),
        Part(actions, actions_port, "/health", {**QUIET, **own}),
    ]
    return running(parts, WEBHOOK.format(port=port))
