"""`padwijzer run`: train when the model is older than its sources, then become the service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from coach import settings
from coach.domain.errors import CoachError
from coach.freshness import is_older, newest_model

SOURCES = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/answers",
    "data/rules",
    "data/responses",
    "bot/nlu",
    "bot/training.py",
)
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "TQDM_DISABLE": "1",
    "OPENBLAS_NUM_THREADS": "2",
}


PLATFORMS = {"slack": ("Slack", settings.SLACK), "teams": ("Teams", settings.TEAMS)}


def run(wanted: Sequence[str] = ()) -> int:
    """Train if needed and replace this process by the service; an exit code when that fails."""
    leave_out(wanted, os.environ)
    try:
        code = train_if_stale()
    except KeyboardInterrupt:
        return 130
    if code:
        return code
    os.chdir(settings.ROOT)
    # the service takes the place of this process, so that Ctrl-C reaches it and nothing is left behind
    return os.execv(sys.executable, [sys.executable, "-W", "ignore", "-m", "bot"])  # noqa: S606


def leave_out(wanted: Sequence[str], environ: MutableMapping[str, str]) -> None:
    """Say what a wanted platform still needs, and start the others without it."""
    for name in wanted:
        missing = settings.lacking(environ)[name]
        if missing:
            title, variables = PLATFORMS[name]
            print(f"{title} stays off: set {' and '.join(missing)} (see docs/{name}.en.md)")
            for variable in variables:
                environ.pop(variable, None)


def train_if_stale() -> int:
    """Train when the model is older than its sources; an exit code."""
    try:
        chosen = settings.read()
    except CoachError as error:
        print(f"Padwijzer cannot start: {error}", file=sys.stderr)
        return 1
    if is_older(chosen.answers_model, settings.ANSWER_SOURCES):
        from coach.wiring import answer_reader  # heavy, and seldom needed

        print("Training the reader of answers; this takes a minute or two ...", flush=True)
        answer_reader()
    models = chosen.models
    if not is_older(
        newest_model(models), [*(settings.ROOT / source for source in SOURCES), *settings.READING]
    ):
        return 0
    print("Training the model; this takes a minute or two ...", flush=True)
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
