"""What a turn of a talk starts from and gives, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coach.store.records import Record

Stored = tuple[int, int, Mapping[str, Any]]
"""A reply in the outbox: its id, its line in the talk, and what it says."""


class Overtaken(Exception):
    """Another turn of this talk was committed first; nothing of this one was stored."""


@dataclass(frozen=True)
class Waiting:
    """A message in the inbox; `fresh` is False when this id was there before."""

    id: int
    talk: str
    text: str
    payload: str | None
    attempts: int = 0
    fresh: bool = True
    channel: str = ""
    own: bool = False
    """Put there by the service itself: only such a message may carry a payload that was not offered."""


@dataclass(frozen=True)
class Talk:
    """What a turn starts from: the sequence number, the state of the dialogue, the buttons on offer."""

    id: str
    seq: int
    state: Mapping[str, Any]
    offered: Mapping[str, str]
    updated_at: datetime | None = None
    """When its last turn was stored (UTC)."""
    channel: str = ""
    """Where it began."""


@dataclass(frozen=True)
class Turn:
    """What a turn produced; `failed` keeps the message but not its effect, `private` its effect but not its words."""

    message: Waiting
    seq: int
    state: Mapping[str, Any]
    offered: Mapping[str, str]
    replies: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]] = ()
    records: Sequence[Record] = ()
    failed: bool = False
    private: bool = False
    forget_at: datetime | None = None
    """When the talk is to be forgotten if nothing more is said (UTC); None when it is kept."""


@dataclass(frozen=True)
class Line:
    """One message of the talk as people saw it, numbered from 1."""

    n: int
    by_user: bool
    text: str
    message: Mapping[str, Any] = field(default_factory=dict)
