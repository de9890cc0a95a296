"""When the bot comes back to a promise: in daytime on working days, once, and at most one reminder.

A pure state machine of one check-in. Times are UTC without a zone, as they are stored; the hours are those
of our users. Whoever sends uses `send` as a compare-and-set, so that nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from coach.domain.errors import IllegalMove, UnknownChoice

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MESSAGES = {"first": "check_in", "again": "herinnering"}
"""By which word the service tells the talk that a check-in is due, and that it is the reminder."""
PATIENCE = 3
"""Working days without an answer before the one reminder."""
_DAY = timedelta(days=1)


class State(StrEnum):
    DUE = "due"
    SENT = "sent"
    REMINDED = "reminded"
    ANSWERED = "answered"
    STOPPED = "stopped"


OVER = (State.ANSWERED, State.STOPPED)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@dataclass(frozen=True)
class Hours:
    """Whole hours of a working day in which a message may come, in `zone`.

    UnknownChoice when they are no hours of one day, the first before the last.
    """

    first: int = 9
    last: int = 17
    zone: ZoneInfo = AMSTERDAM
    is_workday: Callable[[date], bool] = is_weekday
    """Which days are working days; `coach.wiring` leaves out public holidays too."""

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.last <= 24:
            raise UnknownChoice(f"{self.first}-{self.last} are no hours of a day")

    def open_at(self, moment: datetime) -> bool:
        """Whether a message may come at this moment (UTC)."""
        local = self._local(moment)
        return self.is_workday(local.date()) and self.first <= local.hour < self.last

    def from_(self, moment: datetime) -> datetime:
        """The moment itself if it is open, else the next opening (both UTC)."""
        if self.open_at(moment):
            return moment
        local = self._local(moment)
        day = local.date() if local.hour < self.first else local.date() + _DAY
        return self.opening(day)

    def opening(self, day: date) -> datetime:
        """The first open moment (UTC) on this day or after it."""
        while not self.is_workday(day):
            day += _DAY
        local = datetime.combine(day, time(self.first), self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    def closing(self, moment: datetime) -> datetime:
        """When the day of a moment closes (both UTC)."""
        day = self._local(moment).date() + _DAY * (self.last // 24)
        local = datetime.combine(day, time(self.last % 24), self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    def working_days_after(self, moment: datetime, days: int) -> datetime:
        """The opening (UTC), so many working days after the day of a moment."""
        day = self._local(moment).date()
        for _ in range(days):
            day = self._local(self.opening(day + _DAY)).date()
        return self.opening(day)

    def _local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone(self.zone)


@dataclass(frozen=True)
class CheckIn:
    """One coming back to a promise; `next_at` (UTC) is when a message is due, None when none is to come."""

    state: State
    next_at: datetime | None

    @classmethod
    def on(cls, day: date, now: datetime, hours: Hours) -> CheckIn:
        """A check-in for a day; a day that has gone means as soon as may be."""
        return cls(State.DUE, max(hours.opening(day), hours.from_(now)))

    def is_due(self, now: datetime, hours: Hours) -> bool:
        return self.next_at is not None and self.next_at <= now and hours.open_at(now)

    def send(self, now: datetime, hours: Hours) -> CheckIn:
        """What it is after its message went out; IllegalMove when nothing is due."""
        if not self.is_due(now, hours):
            raise IllegalMove(f"nothing is due: {self.state}")
        if self.state is State.DUE:
            return CheckIn(State.SENT, hours.working_days_after(now, PATIENCE))
        return CheckIn(State.REMINDED, None)

    def answered(self) -> CheckIn:
        """The person came back to it; nothing changes when it is over."""
        return self._end(State.ANSWERED)

    def stopped(self) -> CheckIn:
        """The person wants no message, or the plan is gone; nothing changes when it is over."""
        return self._end(State.STOPPED)

    def move(self, day: date, now: datetime, hours: Hours) -> CheckIn:
        """Another day for a message that was not sent; IllegalMove afterwards."""
        if self.state is not State.DUE:
            raise IllegalMove(f"a check-in that is {self.state} has no other day")
        return replace(self, next_at=CheckIn.on(day, now, hours).next_at)

    def _end(self, state: State) -> CheckIn:
        return self if self.state in OVER else CheckIn(state, None)
