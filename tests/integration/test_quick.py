"""Whole talks with Rasa's own pieces and with ours give the same, word for word and event for event."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import rasa
from rasa.engine.runner.dask import DaskGraphRunner

from bot import quick
from bot.engine import Engine
from coach.wiring import current_settings

TALKS = 6
TURNS = 18
TYPED = (
    "hallo",
    "dat bepaalt onze leidinggevende",
    "wat bedoel je daarmee?",
    "ik weet het niet",
    "wij kiezen het samen in het team",
    "wie heeft jou gemaakt?",
    "dit is onzin",
    "pizza met ananas graag",
    "ga eens terug",
    "/restart",
    "ik stop er even mee",
    "morgen om tien uur",
    "dank je wel",
)
CHANGES = {"timestamp", "input_channel", "message_id", "metadata", "parse_data"}


@pytest.fixture(autouse=True)
def _quick_again() -> Iterator[None]:
    yield
    quick.install()


async def _talk(engine: Engine, seed: int) -> list[Any]:
    """What a talk gives, by buttons and by words chosen by chance."""
    chance, state, heard = random.Random(seed), {}, []
    held = await engine.hold(f"talk-{seed}", state, "hallo", command=False)
    for _ in range(TURNS):
        heard.append((held.replies, held.state, [_lasting(e) for e in held.events]))
        buttons = [b["payload"] for r in held.replies for b in r.get("buttons", ())]
        if buttons and chance.random() < 0.6:
            said, command = chance.choice(buttons), True
        else:
            said, command = chance.choice(TYPED), False
        held = await engine.hold(f"talk-{seed}", held.state, said, command=command)
    return heard


def _lasting(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in CHANGES}


@pytest.mark.parametrize("seed", range(TALKS))
async def test_a_talk_is_the_same(engine: Engine, seed: int) -> None:
    ours = await _talk(engine, seed)
    quick.uninstall()
    rasas = await _talk(engine, seed)
    assert ours == rasas


def test_the_domain_of_a_model_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    models = current_settings().models
    ours = Engine.load(models).tracker_store.domain
    quick.uninstall()
    monkeypatch.setenv("PADWIJZER_QUICK", "0")
    rasas = Engine.load(models).tracker_store.domain
    assert ours.as_dict() == rasas.as_dict() and ours.fingerprint() == rasas.fingerprint()


def test_another_version_of_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with pytest.raises(quick.WrongRasa, match=r"3\.6\.22"):
        quick.install()


def test_a_switch_leaves_rasa_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.uninstall()
    own = DaskGraphRunner.run
    monkeypatch.setenv("PADWIJZER_QUICK", "0")
    quick.install()
    assert DaskGraphRunner.run is own
    monkeypatch.delenv("PADWIJZER_QUICK")
    quick.install()
    assert DaskGraphRunner.run is not own
