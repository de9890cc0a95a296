"""A talk that an adviser holds with or for a client: how it begins, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from coach.domain.answers import Role, Subject
from coach.domain.coaching import Stage
from coach.domain.interview import Interview, Phase
from coach.domain.path import Position
from coach.usecases.form import Sheet
from coach.usecases.side import standing_of

ASKING = (Phase.QUESTION, Phase.PROBE, Phase.CHECK, Phase.CHOOSE)


class Standing(StrEnum):
    """How far a talk is, for a list of talks."""

    BEGUN = "begun"
    ASKING = "asking"
    UNPLACED = "unplaced"
    PLACED = "placed"
    STEP = "step"
    PROMISED = "promised"
    BACK = "back"


@dataclass(frozen=True)
class Where:
    """Where a talk is; `position` once it is known."""

    standing: Standing
    number: int = 0
    about: int = 0
    position: Position | None = None


@dataclass(frozen=True)
class ClientTalk:
    """What the desk keeps of a talk beside the talk itself."""

    talk: str
    organisation: str
    organisation_name: str
    adviser_name: str
    title: str
    note: str
    created_at: datetime
    updated_at: datetime
    """When it or its talk was last used."""
    closed_at: datetime | None
    state: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def interview(self) -> Interview | None:
        return standing_of(self.state.get("slots", {})).interview

    @property
    def is_kept(self) -> bool:
        """Whether the client knows of it, so that answers may be kept."""
        return bool(self.interview and self.interview.consent)

    @property
    def where(self) -> Where:
        return where(self.state)


def opening(version: str, *, known: bool) -> Sheet:
    """The settled beginning: an adviser, about a client; `known`: the client knows that it is kept."""
    return for_client(Sheet(version), consent=known)


def for_client(sheet: Sheet, *, consent: bool) -> Sheet:
    """A sheet whose opening is the desk's, whatever was sent in."""
    mine = replace(sheet, role=Role.LEERADVISEUR, subject=Subject.KLANT)
    return replace(mine, consent=consent, at_desk=True)


def where(state: Mapping[str, Any]) -> Where:
    now = standing_of(state.get("slots", {}))
    interview = now.interview
    if interview is None:
        return Where(Standing.BEGUN)
    placement = interview.placement()
    place = placement.position if placement else None
    if now.followup:
        return Where(Standing.BACK, position=place)
    if now.coaching:
        done = now.coaching.stage is Stage.DONE
        here = now.coaching.position
        return Where(Standing.PROMISED if done else Standing.STEP, position=here)
    if interview.phase in ASKING:
        progress = interview.progress()
        return Where(Standing.ASKING, progress.number, progress.about)
    if interview.phase is Phase.UNPLACED:
        return Where(Standing.UNPLACED)
    return Where(Standing.PLACED if place else Standing.BEGUN, position=place)
