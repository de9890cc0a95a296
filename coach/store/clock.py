"""The time as the tables keep it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now in UTC, without its zone."""
    return datetime.now(UTC).replace(tzinfo=None)
