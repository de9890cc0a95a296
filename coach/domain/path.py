"""The path to a strong learning culture: three rings, four processes, twelve positions.

Source: M. Bartsch, "Grip op de ontwikkeling van een sterke leercultuur en eigen regie",
Holland Management Review 40(207), 2023, p. 26-41.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ring(StrEnum):
    """How much self-direction there is; from the centre outwards."""

    ACTIVATIE = "activatie"
    CULTIVATIE = "cultivatie"
    REALISATIE = "realisatie"

    @property
    def level(self) -> int:
        """1, 2 or 3: the level of a ring construct that fits this ring."""
        return RINGS.index(self) + 1

    @property
    def following(self) -> Ring:
        """The ring of the next round; realisatie follows itself, for the path has no end point."""
        return RINGS[min(self.level, len(RINGS) - 1)]


class Process(StrEnum):
    """How far the present round of change is; in the order in which it is travelled."""

    DOELEN_STELLEN = "doelen_stellen"
    PROGRAMMEREN = "programmeren"
    PADVINDEN = "padvinden"
    LEREN = "leren"


RINGS: tuple[Ring, ...] = tuple(Ring)
PROCESSES: tuple[Process, ...] = tuple(Process)


@dataclass(frozen=True)
class Position:
    """One of the twelve places on the path, each with its own guiding question."""

    ring: Ring
    process: Process

    @property
    def id(self) -> str:
        return f"{self.ring}-{self.process}"

    @classmethod
    def from_id(cls, text: str) -> Position:
        """Read `<ring>-<process>`; ValueError when it names no position."""
        ring, _, process = text.partition("-")
        return cls(Ring(ring), Process(process))

    def before(self) -> tuple[Position, ...]:
        """The positions already passed in this ring, in path order."""
        passed = PROCESSES[: PROCESSES.index(self.process)]
        return tuple(Position(self.ring, process) for process in passed)


POSITIONS: tuple[Position, ...] = tuple(
    Position(ring, process) for ring in RINGS for process in PROCESSES
)
