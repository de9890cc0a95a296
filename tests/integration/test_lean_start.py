"""A start loads only what a talk needs; what Rasa's own commands need comes when they use it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.deferred import load
from bot.lean import CHANNELS, DEFERRED

ROOT = Path(__file__).parents[2]
START = """
import asyncio, json, sys
import bot.app
from bot.deferred import Deferred
from bot.engine import Engine
from bot.lean import DEFERRED, REFUSED
from coach.wiring import current_settings

asyncio.run(Engine.load(current_settings().models).warm_up())
loaded = [m for m in DEFERRED if m in sys.modules and not isinstance(sys.modules[m], Deferred)]
print("AFTER", json.dumps([*loaded, *(m for m in REFUSED if m in sys.modules)]))
"""


def test_a_start_and_a_turn_load_none_of_what_can_wait() -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START], cwd=ROOT, capture_output=True, text=True
    )
    [after] = [line for line in ended.stdout.splitlines() if line.startswith("AFTER")] or [
        ended.stderr
    ]
    assert json.loads(after.removeprefix("AFTER")) == []


@pytest.mark.parametrize("module", DEFERRED)
def test_what_can_wait_is_there_when_it_is_asked_for(module: str) -> None:
    found = importlib.import_module(module)
    load(found)
    missing = [name for name in DEFERRED[module] if not hasattr(found, name)]
    assert missing == []


@pytest.mark.parametrize("module", CHANNELS)
def test_a_channel_has_the_name_that_rasa_is_told(module: str) -> None:
    name, channel = CHANNELS[module]
    found = importlib.import_module(f"rasa.core.channels.{module}")
    load(found)
    assert getattr(found, name).name() == channel
