"""Stock Rasa in an environment of its own, with a model trained on our data; both are kept for the next run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.stock import project

ROOT = Path(__file__).parents[2]
UV = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",
    "PADWIJZER_LEAN": "1",
}
EPOCHS = 100
"""What `rasa init` sets."""
STARTED = re.compile(r"Starting to train component '(\w+)'")
EPOCH_SECONDS = re.compile(r"Epochs: 100%.*\| (\d+)/\d+ \[([\d:]+)<")
TRAINING = "training.json"


@dataclass(frozen=True)
class Stock:
    """Where stock Rasa, its project and its model are."""

    rasa: Path
    project: Path
    model: Path
    training: dict[str, Any]
    """How long that took, and when."""


def prepare(bench: Path, epochs: int, *, anew: bool = False) -> Stock:
    """Install and train what is not there yet, or is of other data."""
    rasa = install(bench / "stock")
    folder = bench / f"project-{epochs}"
    project.write(folder, epochs)
    note = folder / TRAINING
    known = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    mark = fingerprint(folder)
    if anew or known.get("of") != mark:
        known = {"of": mark, **train(rasa, folder, epochs)}
        note.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return Stock(rasa, folder, next((folder / "models").glob("*.tar.gz")), known)


def install(folder: Path) -> Path:
    """Rasa 3.6.21 with all that its makers pinned; returns its command."""
    python = next(Path.home().glob(".pyenv/versions/3.10.*/bin/python3.10"), "3.10")
    chosen = os.environ.get("PADWIJZER_BENCH_PYTHON", str(python))
    command = [UV, "sync", "--frozen", "--quiet", "--python", chosen]
    environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)}
    subprocess.run(
        [*command, "--project", str(Path(__file__).parent)], env=environ, cwd=ROOT, check=True
    )
    return folder / "bin" / "rasa"


def train(rasa: Path, folder: Path, epochs: int) -> dict[str, Any]:
    """Train from nothing, and note what each part that learns in epochs took."""
    for left in (".rasa", "models"):
        shutil.rmtree(folder / left, ignore_errors=True)
    log = folder / "training.log"
    print(f"Training stock Rasa, {epochs} epochs; its log is {log}", flush=True)
    environ = {**os.environ, **QUIET, "LOG_LEVEL": "INFO"}
    begun = time.perf_counter()
    with log.open("wb") as out:
        subprocess.run([rasa, "train"], cwd=folder, env=environ, stdout=out, stderr=out, check=True)
    seconds = round(time.perf_counter() - begun)
    parts = epoch_seconds(log.read_text(encoding="utf-8", errors="replace"))
    rest = seconds - sum(part * epochs for part in parts.values())
    return {
        "seconds": seconds,
        "epochs": epochs,
        "seconds_an_epoch": parts,
        "estimate_of_100_epochs": round(rest + sum(parts.values()) * EPOCHS),
        "on": date.today().isoformat(),
        "load": os.getloadavg()[1],
    }


def epoch_seconds(log: str) -> dict[str, float]:
    """The mean seconds of an epoch by component, from Rasa's own progress bars."""
    component, found = "", {}
    for line in re.split(r"[\r\n]", log):
        if started := STARTED.search(line):
            component = started[1]
        if done := EPOCH_SECONDS.search(line):
            passed = 0
            for part in done[2].split(":"):
                passed = passed * 60 + int(part)
            found[component] = round(passed / int(done[1]), 2)
    return found


def fingerprint(folder: Path) -> str:
    """Of all that the model is made from."""
    files = sorted(f for f in folder.rglob("*.yml") if "endpoints" not in f.name)
    hashed = hashlib.sha256()
    for file in files:
        hashed.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return hashed.hexdigest()[:16]
