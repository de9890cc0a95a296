"""What the use cases need from the world outside; `coach.wiring` joins the real parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from coach.domain.answers import Level, ReadAs, Role
from coach.domain.content import Item
from coach.domain.interview import Interview
from coach.domain.promise import Promise


@dataclass(frozen=True)
class Reading:
    """A text read into a level (None: it says nothing about one), how, how sure (0-1), and by which words."""

    level: Level | None
    certainty: float
    read_as: ReadAs = ReadAs.TEXT
    reasons: tuple[str, ...] = ()


class AnswerReader(Protocol):
    def read(self, text: str, item: Item, role: Role) -> Reading: ...


class DateReader(Protocol):
    def read(self, text: str, today: date) -> date | None: ...


class PromiseReader(Protocol):
    def who(self, text: str) -> str | None:
        """`ik`, or words that name who will act; None when the text does not say."""
        ...

    def is_only_who(self, text: str) -> bool:
        """Whether the text names with whom, and says nothing else."""
        ...


class Records(Protocol):
    """What is kept of a talk beside the talk itself; called only with consent.

    `round` counts from 1: a talk that starts again keeps what its earlier rounds gave.
    """

    def keep_assessment(self, round: int, interview: Interview) -> None: ...

    def keep_plan(self, promise: Promise) -> None: ...

    def keep_check_in(self, round: int, day: date | None) -> None:
        """Come back on this day; None: the one that was to come, or is waiting for an answer, is over."""
        ...

    def stop_check_ins(self) -> None:
        """No check-in of this talk goes out any more, of whatever round."""
        ...
