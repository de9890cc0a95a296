"""A person takes over: what the user agrees to send, who may do what with it, and when there is an answer.

Two small pure machines. `Asking` is the user's side and lives in the talk; `Handover` is the desk's side and
is a row that advisers share, so whoever changes it uses `state` and `adviser` as a compare-and-set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from coach.domain.checkin import Hours
from coach.domain.errors import CoachError, IllegalMove

WITHIN = timedelta(hours=4)
"""Open time in which the desk answers."""
MOST = 2_000
"""Characters of a summary that a user writes."""


class Taken(CoachError):
    """Somebody else was first, or it is not yours."""


class State(StrEnum):
    NEW = "nieuw"
    BUSY = "bezig"
    DONE = "klaar"


class Reason(StrEnum):
    ASKED = "gevraagd"
    DISTRESS = "nood"
    UNCLEAR = "onduidelijk"


@dataclass(frozen=True)
class Handover:
    """A talk at the desk; `adviser` is who has it."""

    state: State = State.NEW
    adviser: str | None = None

    def take(self, adviser: str, seen: str | None = None) -> Handover:
        """Mine, from nobody or from the colleague that I saw it with; Taken when that has changed."""
        self._open()
        if self.adviser != seen:
            raise Taken(f"it is with {self.adviser}, not with {seen}")
        return Handover(State.BUSY, adviser)

    def release(self, adviser: str) -> Handover:
        """Back in the row for whoever has time."""
        self._mine(adviser)
        return Handover()

    def answer(self, adviser: str) -> Handover:
        """Say something to the user; only who has it may."""
        self._mine(adviser)
        return self

    def give_back(self, adviser: str) -> Handover:
        """The bot goes on with the user."""
        self._mine(adviser)
        return Handover(State.DONE, adviser)

    def leave(self) -> Handover:
        """The user goes on with the bot; nothing changes when it was done."""
        return self if self.state is State.DONE else Handover(State.DONE, self.adviser)

    def _open(self) -> None:
        if self.state is State.DONE:
            raise IllegalMove("it is done")

    def _mine(self, adviser: str) -> None:
        self._open()
        if self.adviser != adviser:
            raise Taken(f"it is with {self.adviser}")


class Stage(StrEnum):
    SHOWN = "shown"
    EDIT = "edit"
    SENT = "sent"


@dataclass(frozen=True)
class Asking:
    """What a user is about to send to the desk, or has sent."""

    stage: Stage
    reason: Reason
    summary: str
    id: str = ""
    told: bool = False
    """Whether the user was told, after the sending, that the bot is silent now."""

    @property
    def is_sent(self) -> bool:
        return self.stage is Stage.SENT

    def edit(self) -> Asking:
        self._at(Stage.SHOWN)
        return replace(self, stage=Stage.EDIT)

    def write(self, text: str) -> Asking:
        """The user's own words in place of ours; then only those words say why."""
        self._at(Stage.EDIT)
        return Asking(Stage.SHOWN, Reason.ASKED, text.strip()[:MOST])

    def agree(self, id: str) -> Asking:
        """Nothing is ever sent but what was shown last."""
        self._at(Stage.SHOWN)
        return replace(self, stage=Stage.SENT, id=id)

    def tell(self) -> Asking:
        self._at(Stage.SENT)
        return replace(self, told=True)

    def _at(self, stage: Stage) -> None:
        if self.stage is not stage:
            raise IllegalMove(f"not while it is {self.stage}")

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage.value,
            "reason": self.reason.value,
            "summary": self.summary,
            "id": self.id,
            "told": self.told,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        stage, reason = Stage(data["stage"]), Reason(data["reason"])
        return cls(stage, reason, data["summary"], data["id"], data["told"])


def answer_by(now: datetime, hours: Hours) -> datetime:
    """Until when (UTC) somebody of the desk answers: so much open time from now, up to a whole hour."""
    start, left = hours.from_(now), WITHIN
    while start + left > hours.closing(start):
        left -= hours.closing(start) - start
        start = hours.from_(hours.closing(start))
    until = start + left
    whole = until.replace(minute=0, second=0, microsecond=0)
    return until if until == whole else min(whole + timedelta(hours=1), hours.closing(start))
