"""A line of the log says when (in UTC), how bad it is, and what happened."""

from __future__ import annotations

import logging
import sys

from bot import logs


def test_a_line_has_its_time_in_utc_its_level_and_its_event() -> None:
    record = logging.LogRecord(
        "padwijzer", logging.ERROR, "x", 1, "turn.failed message=%s", (7,), None
    )
    record.created = 1_795_800_000.0
    assert logs.handler().format(record) == "2026-11-27T17:20:00Z ERROR turn.failed message=7"


def test_the_service_logs_to_standard_error_alone() -> None:
    made = logs.handler()
    assert type(made) is logging.StreamHandler and made.stream is sys.stderr
