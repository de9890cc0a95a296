"""Writers of SQLite, one after the other."""

from __future__ import annotations

import sqlite3
import time
from threading import Lock

NOTICED_MS = 100


class InARow(sqlite3.Connection):
    """Writers of this process wait for each other in a row.

    Left to itself SQLite looks again after ever longer naps, up to a tenth of a second: whoever comes new at the right
    moment goes first, and under load somebody waits for seconds.
    """

    row: Lock
    longest_ms: int
    left_ms = 0
    """How long SQLite itself may still wait, for writers of other processes."""
    _has_turn = _hurries = False

    def wait(self) -> None:
        """For the writers before this one; who comes last still waits no longer than SQLite would have let it."""
        begun = time.monotonic()
        self._has_turn = self.row.acquire(timeout=self.longest_ms / 1_000)
        waited = round((time.monotonic() - begun) * 1_000)
        self._hurries = waited > NOTICED_MS
        self.left_ms = max(1, self.longest_ms - waited) if self._hurries else self.longest_ms
        if self._hurries:
            self.execute(f"PRAGMA busy_timeout={self.left_ms}")

    def next(self) -> None:
        """Let the next one write."""
        if self._hurries:
            self._hurries = False
            self.execute(f"PRAGMA busy_timeout={self.longest_ms}")
        if self._has_turn:
            self._has_turn = False
            self.row.release()

    def commit(self) -> None:
        super().commit()
        self.next()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.next()

    def close(self) -> None:
        self._hurries = False
        try:
            super().close()
        finally:
            self.next()


def in_a_row(longest_ms: int) -> type[InARow]:
    """Connections to one database, whose writers wait for each other, and no longer than this."""
    return type("InARow", (InARow,), {"row": Lock(), "longest_ms": longest_ms})
