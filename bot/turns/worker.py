"""Takes messages one by one a talk: inbox, turn, outbox.

A message is in the inbox before its channel gets an answer. Its turn is computed in memory and stored in
one transaction; only what was stored is shown. After a crash the inbox is taken up again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from bot.channels.guard import Guard, Refused
from bot.engine import COMMAND, Engine, Held
from bot.inside import ActionFailed
from bot.turns import buttons, form, joining, returning
from bot.turns.arriving import Arrivals
from bot.turns.counting import counted
from bot.turns.handover import Handing, asking_of
from coach import wiring
from coach.domain.code import revealed
from coach.language.distress import is_distress
from coach.settings import Settings
from coach.store import codes
from coach.store.clock import utc_now
from coach.store.codes import code_of
from coach.store.handovers import Handovers
from coach.store.ledger import MOST_ATTEMPTS, Ledger, sender_hash
from coach.store.rounds import Rounds
from coach.store.turn import Line, Overtaken, Stored, Talk, Turn, Waiting
from coach.usecases.privacy import forget_at
from coach.usecases.reply import Say
from coach.wiring import attended, coach

log = logging.getLogger("padwijzer.turns")
T = TypeVar("T")

SCRIPTS = "rest"
"""The channel whose JSON has no place for a payload but the text."""
THREADS = 8
TURNS_AT_ONCE = 6
"""Fewer than the threads, so that one is free to take messages in; each takes two of the pool's connections."""


class Kept(Exception):
    """The message is in the inbox, but its turn could not be stored; it goes before the next one."""


@dataclass(frozen=True)
class Reply:
    """A stored message to show, with its id in the outbox and its line in the talk."""

    id: int
    line: int
    message: Mapping[str, Any]


class Watch(Protocol):
    """Told of every turn that was stored."""

    def turn(self, message: Waiting, *, failed: bool, seconds: float) -> None: ...


class Turns:
    def __init__(
        self,
        engine: Engine,
        ledger: Ledger,
        secret: bytes,
        guard: Guard | None = None,
        pause: timedelta = Settings.pause,
        watch: Watch | None = None,
    ) -> None:
        self._engine = engine
        self._guard = guard or Guard()
        self._ledger = ledger
        self._secret, self._pause, self._watch = secret, pause, watch
        self._arrivals = Arrivals(secret)
        self._rounds, self._tries = Rounds(ledger.database), joining.Tries()
        self._handovers = Handovers(ledger.database)
        self._handing = Handing(engine, lambda: wiring.utc_now())
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(THREADS, "ledger")
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)

    async def receive(
        self, channel: str, sender: str, message_id: str, text: str, payload: str | None = None
    ) -> list[Reply]:
        """Take a message and hold its turn; the same message id gives the same replies again."""
        message = await self.take(channel, sender, message_id, text, payload)
        try:
            return await self.handle(message)
        except Exception as error:
            raise Kept(type(error).__name__) from error

    async def take(
        self,
        channel: str,
        sender: str,
        message_id: str,
        text: str,
        payload: str | None = None,
        address: Mapping[str, Any] | None = None,
        door: str | None = None,
    ) -> Waiting:
        """Put a message in the inbox, and keep where its replies go if the platform has to be called."""
        hashed, arrival = self.sender_hash(channel, sender), None
        coming = None if door else self._arrivals.look(channel, hashed, text, payload)
        if coming:
            text, payload, arrival, door = coming.text, None, coming.arrival, codes.DOOR
        elif door is None and payload is None and not text.startswith(COMMAND):
            self._engine.foresee(text)  # a script sends a button as text: nobody reads that
        accept = self._ledger.accept
        return await self._off_loop(
            accept, channel, hashed, message_id, text, payload, address, door, arrival
        )

    async def handle(self, message: Waiting) -> list[Reply]:
        lane, stored = self._lanes.setdefault(message.talk, asyncio.Lock()), None
        async with lane:
            # a fresh message needs no look: under its lock the ledger says what is due
            if message.fresh or await self._off_loop(self._ledger.is_waiting, message):
                async with self._places:
                    stored = await self._hold(message)
            if not stored:
                stored = await self._off_loop(self._ledger.replies, message)
        return [self._reply(message.talk, *row) for row in stored]

    async def resume(self) -> int:
        """Take up every message that was waiting when the service stopped; returns how many.

        One that another copy is busy with has had its effect by the time its talk is free.
        """
        waiting = await self._off_loop(self._ledger.waiting)
        for message in waiting:
            try:
                await self.handle(message)
            except Exception as error:  # one bad message keeps nobody else waiting
                log.error("turn.kept message=%s why=%s", message.id, type(error).__name__)
        return len(waiting)

    async def take_up(self, message: Waiting) -> bool:
        """Hold the turn of a message that seems to have nobody; False when its talk is being held after all."""
        lane = self._lanes.setdefault(message.talk, asyncio.Lock())
        if lane.locked():
            return False
        async with lane, self._places:
            return await self._hold(message, wait=False) is not None

    async def _hold(self, message: Waiting, *, wait: bool = True) -> list[Stored] | None:
        """The replies to it that were stored now; None when its talk is being held elsewhere.

        Reading and writing each take one visit to the threads, the lock of the talk with them.
        """
        holding = ExitStack()
        begun = await self._off_loop(self._begin, holding, message, wait)
        if begun is None:
            return None
        (due, talk), stored, held = begun, list[Stored](), True
        try:
            for one in due:
                started = time.perf_counter()
                if talk is None:  # the turn before it moved it on
                    talk = await self._off_loop(self._ledger.load, one.talk)
                turn, talk = await self._turn(one, talk), None
                last = one is due[-1]
                stored = await self._off_loop(self._commit, turn, holding if last else None)
                held = not last
                if self._watch:
                    took = time.perf_counter() - started
                    self._watch.turn(one, failed=turn.failed, seconds=took)
        except Overtaken:
            log.info("turn.overtaken message=%s", message.id)
        finally:
            if held:  # the last turn that was stored let go of it
                await self._off_loop(holding.close)
        return stored

    def _begin(
        self, holding: ExitStack, message: Waiting, wait: bool
    ) -> tuple[list[Waiting], Talk | None] | None:
        with ExitStack() as held:
            if not held.enter_context(self._ledger.hold(message.talk, wait=wait)):
                return None
            begun = self._ledger.begin(message)
            holding.push(held.pop_all())
            return begun

    def _commit(self, turn: Turn, holding: ExitStack | None) -> list[Stored]:
        stored = self._ledger.commit(turn)
        if holding:
            holding.close()
        return stored

    async def _turn(self, message: Waiting, talk: Talk) -> Turn:
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
        with attended(self._handovers.staffed):
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
        invitation = await self._off_loop(self._rounds.invitation, code, talk.id)
        if invitation is None:
            self._tries.wrong(talk.id)
        return await joining.hold(self._engine, talk, invitation, agreed=agreed)

    def sentence(self, response: str, wording: int) -> str:
        return self._engine.sentence(response, wording)

    def alarm(self, words: str) -> str | None:
        """What is said instead of going on, when words speak of distress."""
        intent = self._engine.understand(words)["intent"]["name"] or ""
        return self._engine.sentence(f"utter_{intent}", 0) if is_distress(intent) else None

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

    def sender_hash(self, channel: str, sender: str) -> str:
        """A channel's own user id as a keyed hash: the id itself is not stored."""
        return sender_hash(self._secret, channel, sender)

    async def shown(self, replies: list[Reply]) -> None:
        await self._off_loop(self._ledger.mark_sent, [reply.id for reply in replies])

    async def line_of(self, message: Waiting) -> int | None:
        """Which line of its talk a message became; None when the talk was erased."""
        return await self._off_loop(self._ledger.line_of, message)

    async def unsent(self, talk: str) -> list[Reply]:
        rows = await self._off_loop(self._ledger.unsent, talk)
        return [self._reply(talk, *row) for row in rows]

    async def forget(self, channel: str, sender: str) -> None:
        """Remove a sender's talk from the store; a turn under way is finished first."""
        hashed = self.sender_hash(channel, sender)
        talk = await self._off_loop(self._ledger.talk_of, channel, hashed)
        if talk is not None:
            await self.erase(talk)

    async def erase(self, talk: str) -> None:
        """Remove a talk with all that hangs on it; a turn under way is finished first."""
        async with self._lanes.setdefault(talk, asyncio.Lock()):
            holding = self._ledger.hold(talk)
            await self._off_loop(holding.__enter__)
            try:
                await self._off_loop(self._ledger.erase, talk)
            finally:
                await self._off_loop(holding.__exit__, None, None, None)

    async def standing(self, channel: str, sender: str) -> tuple[Talk, list[Reply]]:
        """The talk of a sender who just said something, and its replies that were not shown."""
        hashed = self.sender_hash(channel, sender)
        found = await self._off_loop(self._ledger.standing, channel, hashed)
        assert found is not None
        talk, rows = found
        return talk, [self._reply(talk.id, *row) for row in rows]

    async def find_talk(self, channel: str, sender: str) -> Talk | None:
        """A sender's talk as it stands, or None when there is none yet."""
        found = await self._off_loop(
            self._ledger.talk_of, channel, self.sender_hash(channel, sender)
        )
        return await self._off_loop(self._ledger.load, found) if found else None

    async def is_busy(self, channel: str, sender: str) -> bool:
        """Whether an answer to this sender is still to come, whichever copy of the service works on it."""
        hashed = self.sender_hash(channel, sender)
        talk = await self._off_loop(self._ledger.talk_of, channel, hashed)
        return talk is not None and await self._off_loop(self._ledger.is_busy, talk)

    async def is_blank(self, channel: str, sender: str) -> bool:
        """Whether a sender's talk was erased by the turn that was just held."""
        talk = await self.find_talk(channel, sender)
        return talk is not None and not talk.state

    async def lines(self, talk: str, after: int) -> list[Line]:
        lines = await self._off_loop(self._ledger.lines, talk, after)
        return [
            line if line.by_user else replace(line, text=self._revealed(talk, line.text))
            for line in lines
        ]

    def _reply(self, talk: str, id_: int, line: int, message: Mapping[str, Any]) -> Reply:
        if "text" not in message:
            return Reply(id_, line, message)
        return Reply(id_, line, {**message, "text": self._revealed(talk, message["text"])})

    def _revealed(self, talk: str, text: str) -> str:
        """A message as it is shown: a personal code is kept nowhere, and worked out here."""
        return revealed(text, lambda nonce: code_of(self._secret, talk, nonce))

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    async def _off_loop(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: call(*arguments)
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
