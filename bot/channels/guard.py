"""What every channel checks before a message is taken in. A refusal is a code; its sentence stands in `refusals.yml`."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

log = logging.getLogger("padwijzer.guard")

MOST_CHARACTERS = 4_000
MOST_BYTES = 16_000
MOST_ID = 128
MOST_BUCKETS = 10_000
OURS = "checkin:"
"""So begin the ids of messages that the service itself puts in the inbox."""


class Refused(Exception):
    """A message that is not taken in: an HTTP status and the code of a Dutch sentence."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code

    def sentence(self) -> str:
        return _sentences()[self.code]


@dataclass(frozen=True)
class Message:
    sender: str
    id: str
    text: str
    payload: str | None = None


@dataclass
class _Bucket:
    left: float
    at: float


class Guard:
    """One for all channels: how fast a sender may go, and how often what was refused."""

    def __init__(
        self,
        *,
        burst: int = 10,
        per_second: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._sweep_at = MOST_BUCKETS
        self.counts: Counter[tuple[str, str]] = Counter()
        """Refusals by channel and code."""

    def admit(self, channel: str, sender: str) -> None:
        """Take a token of the sender; Refused when there is none. The door counts it, with `refuse`."""
        now = self._clock()
        bucket = self._buckets.get((channel, sender))
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[channel, sender] = _Bucket(self._burst, now)
        bucket.left, bucket.at = self._left(bucket, now), now
        if bucket.left < 1:
            raise Refused(429, "too_fast")
        bucket.left -= 1

    def has_room(self, channel: str, sender: str) -> bool:
        """Whether a token is left for the sender, without taking it."""
        bucket = self._buckets.get((channel, sender))
        return bucket is None or self._left(bucket, self._clock()) >= 1

    def refuse(self, channel: str, code: str) -> None:
        """Count a refusal; every door calls it once for each."""
        self.counts[channel, code] += 1
        count = self.counts[channel, code]
        if count & (count - 1) == 0:  # at 1, 2, 4, 8 ..., so that a flood does not fill the log
            log.warning("message.refused channel=%s code=%s count=%s", channel, code, count)

    def _left(self, bucket: _Bucket, now: float) -> float:
        refilled = bucket.left + max(0.0, now - bucket.at) * self._per_second
        return min(float(self._burst), refilled)

    def _make_room(self, now: float) -> None:
        """Forget senders whose bucket is full again: they are as good as new."""
        if len(self._buckets) < self._sweep_at:
            return
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if self._left(bucket, now) < self._burst
        }
        self._sweep_at = max(MOST_BUCKETS, 2 * len(self._buckets))


@cache
def _sentences() -> dict[str, str]:
    file = Path(__file__).with_name("refusals.yml")
    sentences: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return sentences


def check_id(value: Any) -> str:
    """An id of a sender or message: a short string that every database can hold."""
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_ID:
        raise Refused(400, "bad_id")
    if not _storable(value) or value.startswith(OURS):
        raise Refused(400, "bad_id")
    return value


def check_text(value: Any) -> str:
    """A text as typed; odd but honest text is kept exactly."""
    if not isinstance(value, str):
        raise Refused(400, "bad_message")
    if len(value) > MOST_CHARACTERS:
        raise Refused(413, "too_long")
    if not _storable(value):
        raise Refused(400, "bad_message")
    return value


def _storable(value: str) -> bool:
    """PostgreSQL cannot hold a NUL, and a lone surrogate is no character."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
