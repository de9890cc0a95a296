"""What a channel may show or report of the state of a talk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coach.domain.interview import Phase
from coach.usecases.side import standing_of


def report(state: Mapping[str, Any]) -> dict[str, Any]:
    """Phase, construct and ring of what is open, for simulators and pages."""
    now = standing_of(state.get("slots", {}))
    question, interview = now.open_question, now.interview
    placement = interview.placement() if interview else None
    pending = interview.pending if interview and not now.coaching else None
    return {
        "phase": now.phase,
        "construct": question.construct.value if question else None,
        "ring": question.ring.value if question and question.ring else None,
        "proposed": pending.level if pending else None,
        "position": placement.position.id if placement else None,
        "plan": bool(now.coaching and now.coaching.plan()),
    }


def progress(state: Mapping[str, Any]) -> dict[str, int] | None:
    """How far along the questions are, while one is open."""
    now = standing_of(state.get("slots", {}))
    asking = now.interview and not now.coaching and now.interview.phase
    if not now.interview or asking not in (Phase.QUESTION, Phase.PROBE, Phase.CHECK):
        return None
    progress = now.interview.progress()
    return {"asked": progress.number, "about": progress.about}
