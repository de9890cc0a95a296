"""The turn of somebody who comes back after a while, or from another device: where the talk was, then on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.engine import Engine, Held
from coach.store.codes import MOVED, Outcome
from coach.store.turn import Talk, Waiting
from coach.usecases.coming_back import PARTS, Meeting, Message, answers, meeting, reply_to_offer
from coach.usecases.reply import Say
from coach.usecases.side import standing_of
from coach.wiring import coach

OFFERED = "offered"
"""In the state: the offer to go on was just made. The next turn forgets it."""
CODES = {
    Outcome.ASK: "utter_code_ask",
    Outcome.SAME: "utter_code_same",
    Outcome.UNKNOWN: "utter_code_unknown",
    Outcome.WAIT: "utter_code_wait",
    Outcome.GONE: "utter_code_gone",
    Outcome.NO_OTHER: "utter_code_no_other",
}


async def hold(engine: Engine, talk: Talk, text: str, *, command: bool, away: bool) -> Held:
    """Hold a turn in the light of how long ago the last one was."""
    state, slots = talk.state, talk.state.get("slots", {})
    part, rests = slots.get("part"), not talk.state.get("loop")
    clicked = command and text.startswith("/choose") and part in PARTS
    if not (away or state.get(OFFERED) or (rests and clicked)):
        return await engine.hold(talk.id, state, text, command=command)
    message = _message(engine, text, command=command)
    now = standing_of(slots)
    said = answers(
        message,
        now,
        lambda: coach().interview.reads(now.interview, text),
        lambda: coach().coaching.says_day(text),
    )
    met = Meeting.AS_USUAL
    if away:
        met = meeting(message, now, part, answers=said)
    elif state.get(OFFERED):
        met = reply_to_offer(message)
    if said and part in PARTS:
        state = awake(state)
    return await _met(engine, replace(talk, state=state), text, met, command=command)


async def _met(engine: Engine, talk: Talk, text: str, met: Meeting, *, command: bool) -> Held:
    now, part = standing_of(talk.state.get("slots", {})), talk.state.get("slots", {}).get("part")
    back = coach().coming_back
    match met:
        case Meeting.OFFERED:
            return await offered(engine, talk)
        case Meeting.GOES_ON:
            state = awake(talk.state)
            if part not in PARTS:
                return await engine.hold(talk.id, state, text, command=command)
            was = () if talk.state.get(OFFERED) else (back.where(now, part),)
            return await _told(engine, talk, state, (*was, *back.ask(now)))
        case Meeting.PUT_OFF:
            return await engine.hold(talk.id, talk.state, "/later", command=True)
        case Meeting.GREETED:
            first = await _told(engine, talk, talk.state, (back.where(now, part),))
            held = await engine.hold(talk.id, first.state, text, command=command)
            return replace(held, replies=[*first.replies, *held.replies])
    return await engine.hold(talk.id, talk.state, text, command=command)


async def offered(engine: Engine, talk: Talk, *first: Say) -> Held:
    """Where the talk was and the choice to go on; its question stays open, so that an answer still counts."""
    slots = talk.state.get("slots", {})
    part = slots.get("part")
    state = {**(awake(talk.state) if part in PARTS else talk.state), OFFERED: True}
    says = coach().coming_back.offer(standing_of(slots), part)
    return await _told(engine, talk, state, (*first, *says))


async def arrive(engine: Engine, talk: Talk, message: Waiting) -> Held:
    """The turn of a message with a code, or of a change between two talks."""
    outcome = Outcome(message.payload or "")
    if outcome not in MOVED:
        return await _told(engine, talk, talk.state, (Say(CODES[outcome]),))
    if outcome is Outcome.SWITCHED:
        return await _at(engine, talk, Say("utter_code_switched"))
    two = (Say("utter_code_two"),) if outcome is Outcome.JOINED_TWO else ()
    return await _at(engine, talk, Say("utter_code_joined"), *two)


async def _at(engine: Engine, talk: Talk, *first: Say) -> Held:
    slots = talk.state.get("slots", {})
    promised = slots.get("part") == "finished" and standing_of(slots).promise
    if slots.get("part") in PARTS or promised:
        return await offered(engine, talk, *first)
    return await _told(engine, talk, talk.state, first)


def awake(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a talk whose open question waits for an answer."""
    slots = dict(state.get("slots", {}))
    loop = f"{slots.get('part')}_loop"
    return {**state, "slots": {**slots, "requested_slot": "answer"}, "loop": loop}


def _message(engine: Engine, text: str, *, command: bool) -> Message:
    if command:
        return Message(text[1:].partition("{")[0], button=True)
    return Message(engine.understand(text)["intent"]["name"] or "", text)


async def _told(
    engine: Engine, talk: Talk, state: Mapping[str, Any], says: tuple[Say, ...]
) -> Held:
    replies, phrased = await engine.tell(talk.id, state, says)
    return Held(replies, {**state, "phrased": phrased}, [], [])
