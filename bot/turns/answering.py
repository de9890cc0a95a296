"""What a message does to a talk: its turn, computed in memory; nothing is stored here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.channels.guard import Guard, Refused
from bot.engine import Engine, Held
from bot.inside import ActionFailed
from bot.turns import buttons, form, joining, returning
from bot.turns.counting import counted
from bot.turns.handover import Handing, asking_of
from coach import wiring
from coach.store import codes
from coach.store.clock import utc_now
from coach.store.ledger import MOST_ATTEMPTS
from coach.store.turn import Talk, Turn, Waiting
from coach.usecases.invitations import Invitation
from coach.usecases.privacy import forget_at
from coach.usecases.reply import Say
from coach.wiring import attended, coach

log = logging.getLogger("padwijzer.turns")

SCRIPTS = "rest"
"""The channel whose JSON has no place for a payload but the text."""


class Answering:
    """`staffed` gives whether the desk is open, `invitation` what a code of a round invites to."""

    def __init__(
        self,
        engine: Engine,
        guard: Guard,
        pause: timedelta,
        staffed: Callable[[], bool],
        invitation: Callable[[str, str], Awaitable[Invitation | None]],
    ) -> None:
        self._engine, self._guard, self._pause = engine, guard, pause
        self._staffed, self._invitation = staffed, invitation
        self._tries = joining.Tries()
        self._handing = Handing(engine, lambda: wiring.utc_now())

    async def turn(self, message: Waiting, talk: Talk) -> Turn:
        """The turn of a message; one that cannot be held says so, and is kept."""
        used = _used(message, talk)
        if message.attempts > MOST_ATTEMPTS:
            return self._failed(message, talk, "gave up")
        if used.old and message.channel not in (form.DOOR, codes.DOOR):
            return self._old_button(message, talk)
        try:
            held = await self._held(message, talk, used.command)
            held = counted(message, talk, held, command=used.command)
        except (Exception, ActionFailed, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_told_to_end():
                raise
            # told to the user, and the message is kept
            return self._failed(message, talk, type(error.__cause__ or error).__name__)
        if not (held.replies or held.silent or message.own):  # nobody is ever met with silence
            held.replies.append({"text": self._engine.sentence("utter_not_understood", message.id)})
        return _turn(message, talk, held)

    async def _held(self, message: Waiting, talk: Talk, command: str | None) -> Held:
        if message.channel == form.DOOR:
            return await form.hold(self._engine, talk, message)
        if message.channel == codes.DOOR:
            return await returning.arrive(self._engine, talk, message)
        if message.channel == form.DESK:  # who holds it answers for no team, and is the desk
            held = await self._as_ever(message, talk, command, away=False)
            return form.keep_left(talk, held)
        with attended(self._staffed):
            handed = await self._handing.hold(talk, message, command)
            if handed is not None:
                return handed
            code = None if message.own else joining.code_in(message.text, command)
            if code:
                return await self._joined(talk, *code)
            away = self.is_away(talk) and not message.own
            return await self._as_ever(message, talk, command, away=away)

    async def _as_ever(
        self, message: Waiting, talk: Talk, command: str | None, *, away: bool
    ) -> Held:
        return await returning.hold(
            self._engine, talk, command or message.text, command=command is not None, away=away
        )

    def is_away(self, talk: Talk) -> bool:
        """Whether nothing was said for so long that the bot says where the talk was."""
        asking = asking_of(talk.state)
        if asking and asking.is_sent:  # a person has it, and says what comes next
            return False
        return talk.updated_at is not None and utc_now() - talk.updated_at >= self._pause

    async def _joined(self, talk: Talk, code: str, agreed: bool) -> Held:
        if not self._tries.are_left(talk.id):
            return await joining.too_many(self._engine, talk)
        invitation = await self._invitation(code, talk.id)
        if invitation is None:
            self._tries.wrong(talk.id)
        return await joining.hold(self._engine, talk, invitation, agreed=agreed)

    def sentence(self, response: str, wording: int) -> str:
        return self._engine.sentence(response, wording)

    def alarm(self, words: str) -> str | None:
        """What is said instead of going on, when words speak of distress."""
        response = self._engine.alarm(words)
        return self._engine.sentence(response, 0) if response else None

    def _alarm_anyhow(self, words: str) -> str | None:
        """The same after something went wrong, which may have been the model."""
        try:
            return self.alarm(words)
        except Exception as error:
            log.error("alarm.failed why=%s", type(error).__name__)
            return self._alarm_by_words(words)

    def _alarm_by_words(self, words: str) -> str | None:
        degree = coach().distress.find(words)
        return self._engine.sentence(f"utter_distress_{degree}", 0) if degree else None

    async def tell(
        self, talk: str, state: Mapping[str, Any], says: Iterable[Say]
    ) -> list[dict[str, Any]]:
        """Responses in words, for a page."""
        return (await self._engine.tell(talk, {**state, "phrased": {}}, says))[0]

    def _old_button(self, message: Waiting, talk: Talk) -> Turn:
        """Says so, with the buttons that are on offer now; nothing else changes."""
        refused = Refused(409, "old_button")
        self._guard.refuse(message.channel, refused.code)
        reply: dict[str, Any] = {"text": refused.sentence()}
        if talk.offered:
            reply["buttons"] = [
                {"title": title, "payload": buttons.bare(payload)}
                for payload, title in talk.offered.items()
            ]
        return _turn(message, talk, Held([reply], dict(talk.state), [], []))

    def _failed(self, message: Waiting, talk: Talk, why: str) -> Turn:
        log.error("turn.failed message=%s why=%s", message.id, why)
        alarm = None if message.own else self._alarm_anyhow(message.text)
        sentence = alarm or self._engine.sentence("utter_error", message.id)
        replies = [] if message.own else [{"text": sentence}]  # nobody said anything
        return Turn(
            message,
            talk.seq,
            talk.state,
            talk.offered,
            replies,
            failed=True,
            private=alarm is not None,  # such words are never kept
        )


def _is_told_to_end() -> bool:
    """Whether our own task was cancelled; else the cancelling was of something inside the turn."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _used(message: Waiting, talk: Talk) -> buttons.Use:
    if message.own:
        return buttons.Use(message.payload)
    scripted = message.channel == SCRIPTS
    return buttons.use(message.text, message.payload, talk.offered, talk.seq, scripted=scripted)


def _turn(message: Waiting, talk: Talk, held: Held) -> Turn:
    replies = [buttons.mark(reply, talk.seq + 1) for reply in held.replies]
    on_offer = {
        button["payload"]: button["title"]
        for reply in replies
        for button in reply.get("buttons", [])
    }
    # buttons stay on offer until the bot offers others: a side answer without any takes none away
    return Turn(
        message,
        talk.seq,
        held.state,
        on_offer or talk.offered,
        replies,
        held.events,
        held.records,
        private=held.private,
        forget_at=forget_at(held.state, utc_now()),
    )
