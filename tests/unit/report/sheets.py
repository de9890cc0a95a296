"""Promises to put on paper, in any place on the path."""

from __future__ import annotations

from datetime import date
from typing import Any

from coach.domain.answers import Role
from coach.domain.coaching import NOTHING, Coaching
from coach.domain.content import Content
from coach.domain.path import Position
from coach.usecases.sheet import Sheet, sheet

ON, BACK = date(2026, 12, 4), date(2027, 3, 29)
ROLES = tuple(Role)


def coached(content: Content, position: Position, role: Role, **said: Any) -> Coaching:
    """A coaching talk about this place that ended in a promise."""
    step = content.places[position].steps_for(role)[0]
    own = step.roles[role]
    on, back = said.get("on", ON), said.get("back", BACK)
    coaching = Coaching(role, position).say("gezegd", "Iedereen doet nu maar wat.")
    coaching = coaching.say(step.id, own.label).say(NOTHING)
    coaching = coaching.say("eigen", said.get("what", own.first_step))
    coaching = coaching.say("ik", said.get("who", "ik, samen met een collega"))
    coaching = coaching.say(on.isoformat() if on else "", "ooit een keer")
    if not on:
        coaching = coaching.say("", "ooit een keer")
    if helps := said.get("helps"):
        return coaching.say("6").say("hulp", helps).say(back.isoformat() if back else "")
    return coaching.say("8").say(back.isoformat() if back else "")


def promised(content: Content, position: Position, role: Role = ROLES[0], **said: Any) -> Sheet:
    coaching = coached(content, position, role, **said)
    plan = coaching.plan()
    assert plan is not None
    return sheet(content, plan, coaching.position)
