"""`padwijzer run`: train when the model is older than its sources, then become the service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from coach import settings, wiring
from coach.domain.errors import CoachError

SOURCES = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/responses",
    "bot/nlu",
    "coach/language",
)
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "TQDM_DISABLE": "1",
    "OPENBLAS_NUM_THREADS": "2",
}


def run() -> int:
    """Train if needed and replace this process by the service; an exit code when that fails."""
    try:
        code = train_if_stale()
    except KeyboardInterrupt:
        return 130
    if code:
        return code
    os.chdir(settings.ROOT)
    # the service takes the place of this process, so that Ctrl-C reaches it and nothing is left behind
    return os.execv(sys.executable, [sys.executable, "-W", "ignore", "-m", "bot"])  # noqa: S606


def train_if_stale() -> int:
    """Train when the model is older than its sources; an exit code."""
    try:
        models = settings.read().models
    except CoachError as error:
        print(f"Padwijzer cannot start: {error}", file=sys.stderr)
        return 1
    if wiring.answers_are_stale():
        print("Training the reader of answers; this takes about half a minute ...", flush=True)
        wiring.answer_reader()
    if not is_stale(models, settings.ROOT):
        return 0
    print("Training the model; this takes about half a minute ...", flush=True)
    code = train(models)
    if code:
        print("Training failed; the lines above say why.", file=sys.stderr)
    return code


def train(models: Path) -> int:
    """Train with Rasa's own command; its output is shown only when it fails."""
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "train", "--out", str(models)]
    done = subprocess.run(
        command, cwd=settings.ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True
    )
    if not done.returncode:
        _prune(models)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
    return done.returncode


def _prune(models: Path) -> None:
    """Keep the newest two models: the one in use and the one before it."""
    by_age = sorted(models.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    for model in by_age[:-2]:
        model.unlink()


def is_stale(models: Path, root: Path) -> bool:
    """Whether there is no model, or one of its sources was changed after it was made."""
    newest = max((m.stat().st_mtime for m in models.glob("*.tar.gz")), default=None)
    return newest is None or newest < max(_times(root, SOURCES))


def _times(root: Path, sources: Iterable[str]) -> Iterator[float]:
    for source in sources:
        path = root / source
        files = path.rglob("*") if path.is_dir() else [path]
        yield from (f.stat().st_mtime for f in files if f.suffix in (".py", ".yml"))
