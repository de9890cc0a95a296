"""What every kind of database does for a backup."""

from __future__ import annotations

from coach.domain.errors import CoachError


class BadBackup(CoachError):
    """A backup cannot be made or put back; says why and what to do."""
