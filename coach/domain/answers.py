"""What is asked and what is answered: constructs, roles, levels and how an answer was read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from coach.domain.errors import UnknownChoice
from coach.domain.path import PROCESSES, Process, Ring

Level = int
"""1, 2 or 3. Ring constructs: 1 fits activatie, 3 realisatie. Process constructs: 1 not yet, 2 partly, 3 in order."""

LEVELS: tuple[Level, ...] = (1, 2, 3)
IN_ORDER: Level = 3


class Construct(StrEnum):
    """What an item measures: six ring constructs (Blaschke 2012; Vos e.a. 2021, both via Bartsch 2023) and the four processes."""

    STURING = "sturing"
    WETEN = "weten"
    WILLEN = "willen"
    KUNNEN = "kunnen"
    DURVEN = "durven"
    MOGEN = "mogen"
    DOELEN_STELLEN = "doelen_stellen"
    PROGRAMMEREN = "programmeren"
    PADVINDEN = "padvinden"
    LEREN = "leren"


RING_CONSTRUCTS: tuple[Construct, ...] = tuple(Construct)[:6]
PROCESS_CONSTRUCTS: tuple[Construct, ...] = tuple(Construct)[6:]


class Role(StrEnum):
    MEDEWERKER = "medewerker"
    LEIDINGGEVENDE = "leidinggevende"
    LEERADVISEUR = "leeradviseur"


class Subject(StrEnum):
    """What the talk is about."""

    TEAM = "team"
    ORGANISATIE = "organisatie"
    KLANT = "klant"


class ReadAs(StrEnum):
    """How the level was found in what the user did."""

    BUTTON = "button"
    NUMBER = "number"
    TEXT = "text"
    CHECK = "check"


@dataclass(frozen=True, order=True)
class Question:
    """One construct; a process construct is asked for one ring, a ring construct for none."""

    construct: Construct
    ring: Ring | None = None

    @property
    def process(self) -> Process:
        """The process a process construct stands for; ValueError for a ring construct."""
        return Process(self.construct.value)

    @property
    def id(self) -> str:
        """`sturing`, or `activatie.leren`: a question as one word."""
        return f"{self.ring}.{self.construct}" if self.ring else self.construct.value

    def to_json(self) -> dict[str, Any]:
        return {"construct": self.construct.value, "ring": self.ring.value if self.ring else None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        ring = data["ring"]
        return cls(Construct(data["construct"]), Ring(ring) if ring else None)


def ring_questions() -> tuple[Question, ...]:
    """The six ring questions in the model's own order."""
    return tuple(Question(construct) for construct in RING_CONSTRUCTS)


def process_questions(ring: Ring) -> tuple[Question, ...]:
    """The four process questions of a ring, in path order."""
    return tuple(Question(Construct(process.value), ring) for process in PROCESSES)


@dataclass(frozen=True)
class Answer:
    """A level, or None for unknown, with the words given and how sure the reading was (0-1)."""

    question: Question
    level: Level | None
    words: str = ""
    read_as: ReadAs = ReadAs.BUTTON
    certainty: float = 1.0

    def __post_init__(self) -> None:
        if self.level is not None and self.level not in LEVELS:
            raise UnknownChoice(f"level {self.level!r} is none of 1, 2, 3 or unknown")

    def checked(self) -> Answer:
        """The same answer after the user said yes to 'Bedoel je ...?'."""
        return replace(self, read_as=ReadAs.CHECK, certainty=1.0)

    def to_json(self) -> dict[str, Any]:
        return {
            **self.question.to_json(),
            "level": self.level,
            "words": self.words,
            "read_as": self.read_as.value,
            "certainty": self.certainty,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            Question.from_json(data),
            data["level"],
            data["words"],
            ReadAs(data["read_as"]),
            data["certainty"],
        )
