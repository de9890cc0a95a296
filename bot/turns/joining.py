"""The turn of a message with the code of an invitation: it makes the talk one of a round of a group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.talk import INTERVIEW
from bot.channels.guard import Guard, Refused
from bot.engine import Engine, Held
from coach.store.rounds import Joining
from coach.store.turn import Talk
from coach.usecases.invitations import Invitation, InvitationTalk, Welcome, code_in
from coach.usecases.reply import Say
from coach.usecases.side import standing_of
from coach.wiring import coach, today

TRIES, EVERY = 6, 100.0
"""Wrong codes that one talk may try at once, and the seconds after which one more may be tried."""
ALL_TRIES, ALL_EVERY = 200, 3.0
"""The same for all talks of this copy together: a new talk costs nothing, so that one alone is no limit."""

__all__ = ["Tries", "code_in", "hold", "too_many"]


class Tries:
    """How often a wrong code may be tried. Only what is wrong counts: a whole department may join at once."""

    def __init__(self) -> None:
        self._each = Guard(burst=TRIES, per_second=1 / EVERY)
        self._all = Guard(burst=ALL_TRIES, per_second=1 / ALL_EVERY)

    def are_left(self, talk: str) -> bool:
        return self._each.has_room("code", talk) and self._all.has_room("code", "")

    def wrong(self, talk: str) -> None:
        for guard, who in ((self._each, talk), (self._all, "")):
            try:
                guard.admit("code", who)
            except Refused:
                guard.refuse("code", "guessing")


async def hold(
    engine: Engine, talk: Talk, invitation: Invitation | None, *, agreed: bool = False
) -> Held:
    """Begin the interview that a code is for, or say why not; what was open stays open."""
    slots = dict(talk.state.get("slots", {}))
    now = standing_of(slots).interview
    welcome = InvitationTalk(coach().interview).hear(invitation, now, agreed=agreed)
    if welcome.interview is None or invitation is None:
        return await _told(engine, talk, _asking_again(talk, welcome))
    number = int(slots.get("round") or 1) + bool(now and now.trail)
    for old in ("coaching", "followup", "role"):
        slots.pop(old, None)
    slots |= {"interview": welcome.interview.to_json(), "part": INTERVIEW, "round": number}
    state: dict[str, Any] = {
        "slots": {**slots, "requested_slot": "answer"},
        "loop": "interview_loop",
        "phrased": talk.state.get("phrased", {}),
    }
    record = Joining(invitation.round, invitation.group, number, today())
    held = await _told(engine, replace(talk, state=state), welcome.says)
    return replace(held, records=[record])


async def too_many(engine: Engine, talk: Talk) -> Held:
    """Too many wrong codes came before this one; it is not looked at."""
    return await _told(engine, talk, _asking_again(talk, Welcome((Say("utter_invite_wait"),))))


def _asking_again(talk: Talk, welcome: Welcome) -> tuple[Say, ...]:
    """What is said, and the open question once more so that nobody has to look for it."""
    slots = talk.state.get("slots", {})
    interview = standing_of(slots).interview
    if any(say.response == "utter_invite_instead" for say in welcome.says):
        return welcome.says
    if interview is None:
        return (*welcome.says, Say("utter_begin"))
    asking = talk.state.get("loop") == "interview_loop"
    return (*welcome.says, *(coach().interview.ask(interview) if asking else ()))


async def _told(engine: Engine, talk: Talk, says: tuple[Say, ...]) -> Held:
    replies, phrased = await engine.tell(talk.id, talk.state, says)
    return Held(replies, {**talk.state, "phrased": phrased}, [], [])
