"""Turns in which a person has the talk, or may get it: what is sent is agreed on, and then the bot is silent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.engine import Engine, Held
from coach.domain.handover import Asking
from coach.language.distress import is_distress
from coach.store.figures import FirstAnswerRecord
from coach.store.handed import (
    BY_ADVISER,
    BY_BOT,
    BY_USER,
    LEFT,
    DoneRecord,
    HandoverRecord,
    LineRecord,
)
from coach.store.handovers import BACK, DOOR
from coach.store.records import Record
from coach.store.turn import Talk, Waiting
from coach.usecases.attention import ANSWERS, ASIDE
from coach.usecases.handover import BACK as GO_BACK
from coach.usecases.handover import Effect
from coach.usecases.privacy import Wish, wish
from coach.usecases.reply import Say
from coach.wiring import coach, today

SLOT = "handover"
GO_ON = "/resume"
"""The payload with which the bot takes up what was open, whatever that is."""
BEGIN_AGAIN = "/restart"
NO_REQUEST = ANSWERS | {"out_of_scope", "frustration", "thanks"}
"""What may well be an answer to whether this is sent, but too vague to send it."""
MOST_WORDS = 4


class Handing:
    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now

    async def hold(self, talk: Talk, message: Waiting, command: str | None) -> Held | None:
        """The turn of a message, or None when the engine is to hold it as ever."""
        asking = asking_of(talk.state)
        if message.channel == DOOR:
            return await self._from_desk(talk, message, asking)
        if asking is None:
            return None
        if asking.is_sent:
            return await self._with_person(talk, message, asking, command)
        return None if message.own else await self._offered(talk, message, asking, command)

    # --- before it is sent ---

    async def _offered(
        self, talk: Talk, message: Waiting, asking: Asking, command: str | None
    ) -> Held:
        choice, typed = _choice(command), "" if command else message.text
        if command and choice is None:
            return await self._otherwise(talk, command, command=True)
        heeded = coach().handover.hear(asking, typed, choice, secrets.token_hex(8))
        if heeded.effect is Effect.LEFT:
            return await self._go_on(talk, heeded.says, [])
        if heeded.effect is Effect.ELSE:
            about = self._about_sending(typed) if typed else None
            if about:
                return await self._tell(talk, asking, (about,))
            return await self._otherwise(talk, command or message.text, command=bool(command))
        records: list[Record] = (
            [HandoverRecord(heeded.asking, self._now())] if heeded.effect is Effect.SENT else []
        )
        alarm = self._engine.alarm(typed) if typed else None
        says = ((Say(alarm),) if alarm else ()) + heeded.says
        held = await self._tell(talk, heeded.asking, says)
        return replace(held, records=records, private=alarm is not None)

    async def _otherwise(self, talk: Talk, text: str, *, command: bool) -> Held:
        """The engine answers; what was shown can still be sent as long as nothing else is asked."""
        held = await self._engine.hold(talk.id, talk.state, text, command=command)
        asks = any(reply.get("buttons") for reply in held.replies)
        asking = asking_of(held.state)
        if asks and asking == asking_of(talk.state):
            return replace(held, state=_without(held.state))
        return held

    # --- while a person has it ---

    async def _with_person(
        self, talk: Talk, message: Waiting, asking: Asking, command: str | None
    ) -> Held:
        choice = _choice(command)
        if message.own:
            return _silent(talk)
        meant = choice if command else coach().handover.meant(message.text)
        if meant == GO_BACK:
            return await self._go_on(
                talk, (Say("utter_handover_left"),), self._leave(asking, message)
            )
        if command == BEGIN_AGAIN or (not command and _wants_erasing(message.text)):
            text = command or message.text
            held = await self._engine.hold(
                talk.id, _without(talk.state), text, command=command is not None
            )
            return replace(held, records=[*self._leave(asking, message), *held.records])
        if command:  # a page that was opened again, or a button of before
            return await self._tell(talk, asking, (Say("utter_handover_waiting"),))
        return await self._pass_on(talk, message, asking)

    async def _pass_on(self, talk: Talk, message: Waiting, asking: Asking) -> Held:
        """To the desk; words of distress get their help at once as well."""
        said = LineRecord(asking.id, _id(message), BY_USER, message.text, self._now())
        alarm = self._engine.alarm(message.text) if message.text else None
        if alarm:
            held = await self._tell(talk, asking, (Say(alarm),))
            return replace(held, records=[said], private=True)
        if asking.told:
            return replace(_silent(talk), records=[said])
        held = await self._tell(talk, asking.tell(), (Say("utter_handover_waiting"),))
        return replace(held, records=[said])

    def _leave(self, asking: Asking, message: Waiting) -> list[Record]:
        now = self._now()
        left = LineRecord(asking.id, _id(message), BY_BOT, LEFT, now)
        return [left, DoneRecord(asking.id, now)]

    # --- what the desk says ---

    async def _from_desk(self, talk: Talk, message: Waiting, asking: Asking | None) -> Held:
        given = json.loads(message.payload or "{}")
        has_it = asking is not None and asking.is_sent and asking.id == given["handover"]
        if given["kind"] == BACK:
            if not has_it:  # the user was first
                return _silent(talk)
            done = DoneRecord(given["handover"], self._now())
            says = (Say("utter_handover_given_back", {"name": given["name"]}),)
            return await self._go_on(talk, says, [done])
        words = {"name": given["name"], "text": message.text}
        held = await self._tell(talk, asking, (Say("utter_handover_says", words),))
        said = (given["handover"], _id(message), BY_ADVISER, message.text, self._now())
        first = FirstAnswerRecord(given["handover"], today(), self._now())
        return replace(held, records=[LineRecord(*said), first])

    # --- what all of them share ---

    async def _tell(self, talk: Talk, asking: Asking | None, says: Iterable[Say]) -> Held:
        replies, phrased = await self._engine.tell(talk.id, talk.state, says)
        slots = dict(talk.state.get("slots", {}))
        if asking:
            slots[SLOT] = asking.to_json()
        state = {**talk.state, "slots": slots, "phrased": phrased}
        return Held(replies, state, [], [])

    async def _go_on(self, talk: Talk, says: tuple[Say, ...], records: Sequence[Record]) -> Held:
        """The bot takes up what was open."""
        said = await self._tell(talk, None, says)
        held = await self._engine.hold(talk.id, _without(said.state), GO_ON, command=True)
        replies = [*said.replies, *held.replies]
        return replace(held, replies=replies, records=[*records, *held.records])

    def _about_sending(self, typed: str) -> Say | None:
        """What is said to a text that belongs to what was shown; None for a request of another kind."""
        intent = self._engine.understand(typed)["intent"]
        name, sure = intent["name"] or "", intent["confidence"] >= ASIDE
        if is_distress(name):
            return None
        if answer := coach().handover.asked(name):
            return answer
        return None if sure and name not in NO_REQUEST else Say("utter_handover_choose")


def asking_of(state: Mapping[str, Any]) -> Asking | None:
    kept = state.get("slots", {}).get(SLOT)
    return Asking.from_json(kept) if kept else None


def _without(state: Mapping[str, Any]) -> dict[str, Any]:
    slots = {name: value for name, value in state.get("slots", {}).items() if name != SLOT}
    return {**state, "slots": slots}


def _silent(talk: Talk) -> Held:
    return Held([], dict(talk.state), [], [], silent=True)


def _choice(command: str | None) -> str | None:
    """The value of a button that chooses something."""
    if not command or not command.startswith("/choose"):
        return None
    value: str | None = json.loads(command.removeprefix("/choose") or "{}").get("value")
    return value


def _wants_erasing(text: str) -> bool:
    """Whether a short message asks to erase everything, which a person at the desk cannot do."""
    short, words = len(text.split()) <= MOST_WORDS, coach().content.words
    return short and wish(text, words["my_data"], words["keeping"]) is Wish.ERASE


def _id(message: Waiting) -> str:
    return f"in:{message.id}"
