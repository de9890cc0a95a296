"""What goes wrong inside a turn: actions, the encoder, the pipeline, and results that nobody can store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from fault_kinds import around, fault
from fault_scene import Scene
from sqlalchemy.engine import Connection

from bot import inside
from coach.wiring import language

LOOP = "validate_interview_loop"


class Broken:
    """A record that cannot be stored."""

    def write(self, db: Connection, talk: str) -> None:
        raise ValueError("this record is broken")


@contextmanager
def _instead(scene: Scene, run: Any) -> Iterator[None]:
    """Another action in the place of the one that hears an answer."""

    def struck(*given: Any) -> Any:
        scene.hit()
        return run(*given)

    with patch.dict(inside.executor().actions, {LOOP: struck}):
        yield


@contextmanager
def _held(scene: Scene, spoil: Any) -> Iterator[None]:
    """Spoil what a turn gave."""

    def hold(real: Any, *given: Any, **named: Any) -> Any:
        async def holding() -> Any:
            held = await real(*given, **named)
            scene.hit()
            spoil(held)
            return held

        return holding()

    with around(scene, scene.engine, "hold", hold):
        yield


def _raise(error: BaseException) -> Any:
    def raising(*_: Any, **__: Any) -> Any:
        raise error

    return raising


@fault()
def action_raises(scene: Scene) -> Iterator[None]:
    with _instead(scene, _raise(ValueError("an action"))):
        yield


@fault()
def action_hangs(scene: Scene) -> Iterator[None]:
    async def forever(*_: Any) -> None:
        await asyncio.Event().wait()

    with patch.object(inside, "ACTION_SECONDS", 0.1), _instead(scene, forever):
        yield


@fault()
def action_gives_nonsense(scene: Scene) -> Iterator[None]:
    with _instead(scene, lambda *_: [{"event": "what is this"}, 7, None]):
        yield


@fault()
def action_is_gone(scene: Scene) -> Iterator[None]:
    """Rasa asks for an action that nobody has."""
    scene.hit()
    with patch.dict(inside.executor().actions):
        del inside.executor().actions[LOOP]
        yield


@fault()
def encoder_raises(scene: Scene) -> Iterator[None]:
    """Where the pipeline reads a sentence that it has not seen before."""

    def encode(_real: Any, *_: Any) -> Any:
        scene.hit()
        raise RuntimeError("an encoder")

    def hold(real: Any, *given: Any, **named: Any) -> Any:
        scene.engine.understand(f"een zin die nog niemand zei, {scene.hits}")
        return real(*given, **named)

    broken = around(scene, language().encoder, "encode", encode)
    with broken, around(scene, scene.engine, "hold", hold):
        yield


@fault()
def pipeline_raises(scene: Scene) -> Iterator[None]:
    def understand(_real: Any, *_: Any, **__: Any) -> Any:
        scene.hit()
        raise RuntimeError("a pipeline")

    with (
        around(scene, scene.engine, "understand", understand),
        around(scene, scene.engine, "hold", understand),
    ):
        yield


@fault()
def memory_runs_out(scene: Scene) -> Iterator[None]:
    def spoil(_: Any) -> None:
        raise MemoryError

    with _held(scene, spoil):
        yield


@fault()
def recursion_has_no_end(scene: Scene) -> Iterator[None]:
    def spoil(_: Any) -> None:
        raise RecursionError

    with _held(scene, spoil):
        yield


@fault()
def state_cannot_be_stored(scene: Scene) -> Iterator[None]:
    """A value that is no JSON."""
    with _held(scene, lambda held: held.state.update(odd=object())):
        yield


@fault()
def record_cannot_be_stored(scene: Scene) -> Iterator[None]:
    with _held(scene, lambda held: held.records.append(Broken())):
        yield


@fault()
def turn_is_cancelled(scene: Scene) -> Iterator[None]:
    """The task that holds it is told to end, once."""
    once: list[bool] = []

    def spoil(_: Any) -> None:
        if not once:
            once.append(True)
            raise asyncio.CancelledError

    with _held(scene, spoil):
        yield
