"""The faults by name: what each does while it lasts, and at which doors it can happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from doors import CHANNELS
from fault_scene import Scene

Injected = Callable[[Scene], AbstractContextManager[None]]
PLATFORMS = ("slack", "teams")


@dataclass(frozen=True)
class Kind:
    name: str
    inject: Injected
    doors: tuple[str, ...]
    lasts: bool
    """Until the turn that it strikes is over; it does not keep the turn from being stored."""


KINDS: dict[str, Kind] = {}


def fault(
    doors: tuple[str, ...] = CHANNELS, *, lasts: bool = False
) -> Callable[[Callable[[Scene], Iterator[None]]], Any]:
    """A generator that brings a fault about and takes it away again, under its own name."""

    def named(made: Callable[[Scene], Iterator[None]]) -> Any:
        KINDS[made.__name__] = Kind(made.__name__, contextmanager(made), doors, lasts)
        return made

    return named


@contextmanager
def around(scene: Scene, where: Any, name: str, wrapper: Callable[..., Any]) -> Iterator[None]:
    """Let a wrapper stand in the way of a method; it gets the real one first."""
    real = getattr(where, name)

    def standing_in(*given: Any, **named: Any) -> Any:
        return wrapper(real, *given, **named)

    with patch.object(where, name, standing_in):
        yield
