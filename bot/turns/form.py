"""The turn of a form that was sent in: the same state, records and replies as a turn of the talk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.talk import INTERVIEW
from bot.engine import Engine, Held
from coach.store.client_talks import CHANNEL, FORM
from coach.store.turn import Talk, Waiting
from coach.usecases.form import Field, Sheet
from coach.usecases.reply import Say
from coach.usecases.side import standing_of
from coach.wiring import coach, collecting

DOOR = FORM
"""Where such a message comes in; no other door can put one there."""
DESK = CHANNEL
"""The channel of talks that an adviser holds."""
LEFT = "form"
"""In the state: what was filled in and not asked for. The next turn of the talk forgets it."""


async def hold(engine: Engine, talk: Talk, message: Waiting) -> Held:
    """Take in the sheet that a message carries, and say where the talk now stands."""
    sheet = Sheet.from_json(json.loads(message.payload or ""))
    slots = dict(talk.state.get("slots", {}))
    now = standing_of(slots)
    before, round_ = now.interview, int(slots.get("round") or 1)
    taken, rounds = coach().form.take(sheet, before), now.rounds
    interview = taken.interview
    withdrawn = bool(before and before.consent and not interview.consent)
    with collecting() as records:
        if withdrawn:  # as in the talk: what this round had put on record is gone
            coach().records.withdraw(round_)
        elif interview.consent and interview.trail:
            coach().records.keep_assessment(round_, interview)
    slots.pop("coaching", None)
    slots |= {"interview": interview.to_json(), "role": interview.role, "part": INTERVIEW}
    state: dict[str, Any] = {
        "slots": {**slots, "requested_slot": "answer"},
        "loop": "interview_loop",
        "phrased": talk.state.get("phrased", {}),
    }
    says = (Say("utter_data_not_kept"),) if withdrawn else ()
    says = (*says, *coach().form.says(interview, rounds))
    replies, phrased = await engine.tell(talk.id, state, says)
    left = {id_: [field.level, field.words] for id_, field in taken.unused.items()}
    return Held(replies, {**state, "phrased": phrased, LEFT: left}, [], records)


def keep_left(talk: Talk, held: Held) -> Held:
    """A talk at the desk goes from form to chat and back: what was filled in for later stays, within its round."""
    left, slots = talk.state.get(LEFT), held.state.get("slots", {})
    same = slots.get("round") == talk.state.get("slots", {}).get("round")
    if not left or not same or not slots.get("interview"):
        return held
    return replace(held, state={**held.state, LEFT: left})


def left_in(state: Mapping[str, Any]) -> dict[str, Field]:
    """What was filled in and not asked for."""
    return {id_: Field(*pair) for id_, pair in state.get(LEFT, {}).items()}
