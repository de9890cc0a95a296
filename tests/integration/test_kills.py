"""A copy of the service that is killed at a random moment of a turn loses nothing and does nothing twice.

The engine is loaded once. Every trial forks a child that takes one message of a running talk and is killed
with SIGKILL; then the talk is taken up on the same database, as after a restart. `PADWIJZER_KILLS` says how many.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import statistics
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from talking import SECRET, Person, Store, value_of

from bot.engine import Engine
from bot.turns.showing import Reply
from bot.turns.worker import Turns
from coach.store.database import open_database
from coach.store.ledger import Ledger
from coach.store.tables import events, inbox, outbox, talks
from coach.store.turn import Stored, Turn, Waiting

KILLS = int(os.environ.get("PADWIJZER_KILLS", "60"))
LONGEST = 0.120
"""Seconds until a kill, to begin with; adapted to how long a turn takes here."""
SENDER = "iemand"
MOVES = ("niveau_2", "niveau_3", "vorige", "vorige")
"""What is said turn by turn: two answers and two steps back, so that a lost or doubled one shows."""
TRAILS = ((), (2,), (2, 3), (2,))
"""The levels of the answers after so many moves."""

READY, ACCEPTED, COMMITTED, SHOWN, MARKED = "ready", "accepted", "committed", "shown", "marked"


class WatchedLedger(Ledger):
    """Tells through a pipe how far a message has come."""

    def __init__(self, database: Any, pipe: int) -> None:
        super().__init__(database)
        self._pipe = pipe

    def tell(self, *words: object) -> None:
        os.write(self._pipe, (" ".join(map(str, words)) + "\n").encode())

    def accept(self, *given: Any, **named: Any) -> Waiting:
        message = super().accept(*given, **named)
        self.tell(ACCEPTED, message.id)
        return message

    def commit(self, turn: Turn) -> list[Stored]:
        stored = super().commit(turn)
        self.tell(COMMITTED)
        return stored


@dataclass
class Trial:
    """What a killed child had told."""

    told: dict[str, list[str]]

    @property
    def stage(self) -> str:
        if COMMITTED in self.told:
            return "after commit"
        return "in the turn" if ACCEPTED in self.told else "before accept"

    @property
    def shown(self) -> list[int]:
        return [int(reply) for reply in self.told.get(SHOWN, [])]


@dataclass
class Harness:
    """A running talk on one database, and what was seen of it over all trials."""

    engine: Engine
    store: Store
    chance: random.Random
    longest: float = LONGEST
    handled: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    shown: list[int] = field(default_factory=list)
    accepted: set[int] = field(default_factory=set)
    sent: tuple[str, str | None] = ("", None)

    def kill_one(self, message_id: str) -> Trial:
        """Let a child take the next message of the talk, and kill it after a random time."""
        self.sent = self._next()
        with self._child(message_id, *self.sent) as (pid, pipe):
            heard = _until(pipe, READY)
            time.sleep(self.chance.uniform(0, self.longest))  # the random moment itself
            os.kill(pid, signal.SIGKILL)
            heard += pipe.read()
        trial = Trial(_told(heard))
        self.stages[trial.stage] += 1
        self.shown += trial.shown
        self.accepted |= {int(i) for i in trial.told.get(ACCEPTED, [])}
        # aim at the turn: kill later when it had not begun, sooner when it was over
        self.longest *= {"before accept": 1.1, "after commit": 0.9}.get(trial.stage, 1.0)
        return trial

    def measure(self, trials: int = 5) -> None:
        """Let children finish, to know how long a turn takes here."""
        took = []
        for n in range(trials):
            with self._child(f"measure{n}", *self._next()) as (pid, pipe):
                _until(pipe, READY)
                began = time.monotonic()
                _until(pipe, MARKED)
                took.append(time.monotonic() - began)
                os.kill(pid, signal.SIGKILL)
            self.handled += 1
        self.longest = 1.1 * statistics.median(took)

    def take_up(self) -> None:
        """What a restarted copy does first."""
        with self._turns() as turns:
            asyncio.run(turns.resume())
        self._count_handled()

    def send_again(self, message_id: str, *, while_taking_up: bool) -> list[Reply]:
        """The client had no answer and sends the same message again, after the restart or in the middle of it."""

        async def both(turns: Turns) -> list[Reply]:
            again = Person(turns, SENDER).say(*self.sent, message_id)
            if not while_taking_up:
                await turns.resume()
                return await again
            return (await asyncio.gather(turns.resume(), again))[1]

        with self._turns() as turns:
            replies = asyncio.run(both(turns))
        self._count_handled()
        return replies

    def begin(self) -> None:
        with self._turns() as turns:
            asyncio.run(Person(turns, SENDER).reach("question"))
        self.opening = self.store.count(inbox)

    def expect_whole(self) -> None:
        """Every message in the inbox has had exactly one effect, and the talk is where that leads."""
        [talk] = self.store.rows(talks)
        messages = self.store.rows(inbox)
        assert {row.status for row in messages} == {"done"}
        assert talk.seq == len(messages) == self.opening + self.handled
        assert {event.seq for event in self.store.rows(events)} == set(range(1, talk.seq + 1))
        assert self.accepted <= {row.id for row in messages}
        replies = self.store.rows(outbox)
        assert set(self.shown) <= {reply.id for reply in replies}
        assert {reply.inbox for reply in replies} == {row.id for row in messages}
        lines = [row.line for row in (*messages, *replies)]
        assert sorted(lines) == list(range(1, talk.lines + 1))
        trail = talk.state["slots"]["interview"]["trail"]
        assert tuple(entry["level"] for entry in trail) == TRAILS[self.handled % len(TRAILS)]
        assert talk.state["loop"] == "interview_loop"

    def _count_handled(self) -> None:
        self.handled = self.store.count(inbox) - self.opening

    def _next(self) -> tuple[str, str | None]:
        """The next move as text and payload; every answer is pressed on the button that is offered."""
        move = MOVES[self.handled % len(MOVES)]
        if move == "vorige":
            return move, None
        [talk] = self.store.rows(talks)
        payload = next(p for p in talk.offered if value_of(p) == move)
        return talk.offered[payload], payload

    @contextmanager
    def _turns(self) -> Iterator[Turns]:
        again = self.store.again()
        with closing(again), closing(Turns(self.engine, again.ledger, SECRET)) as turns:
            yield turns

    @contextmanager
    def _child(self, message_id: str, text: str, payload: str | None) -> Iterator[tuple[int, Any]]:
        """A forked copy that takes one message; it has ended when this does."""
        self.store.close()  # no connection is shared with a child
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._be_the_child(writing, message_id, text, payload)
        os.close(writing)
        with open(reading, encoding="utf-8") as pipe:
            try:
                yield pid, pipe
            finally:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _be_the_child(self, pipe: int, message_id: str, text: str, payload: str | None) -> None:
        """Accept, turn, commit, show by the pipe, mark as sent; then wait for the end."""
        try:
            ledger = WatchedLedger(open_database(self.store.url), pipe)
            turns = Turns(self.engine, ledger, SECRET)

            async def take() -> None:
                replies = await Person(turns, SENDER).say(text, payload, message_id)
                ledger.tell(SHOWN, *(reply.id for reply in replies))
                await turns.shown(replies)
                ledger.tell(MARKED)

            ledger.tell(READY)
            asyncio.run(take())
            signal.pause()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)  # never back into the tests


def _until(pipe: Any, word: str) -> str:
    heard = ""
    while line := pipe.readline():
        heard += line
        if line.startswith(word):
            return heard
    raise AssertionError(f"the child ended before it was {word}; it had told {heard!r}")


def _told(heard: str) -> dict[str, list[str]]:
    """Whole lines only: a kill may cut the last one."""
    whole = [line.split() for line in heard.splitlines(keepends=True) if line.endswith("\n")]
    return {word: rest for word, *rest in whole}


@pytest.fixture
def harness(engine: Engine, stores: Store) -> Harness:
    made = Harness(engine, stores, random.Random(20_261_122))
    made.begin()
    made.measure()
    return made


def _report(capsys: pytest.CaptureFixture[str], harness: Harness, what: str) -> None:
    stages = harness.stages
    kind = "PostgreSQL" if harness.store.is_postgres else "SQLite"
    counts = ", ".join(
        f"{stages[stage]} {stage}" for stage in ("before accept", "in the turn", "after commit")
    )
    with capsys.disabled():
        print(f"\n{kind}, {stages.total()} kills, {what}: {counts}")


def test_a_kill_loses_nothing_and_doubles_nothing(
    harness: Harness, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(KILLS):
        trial = harness.kill_one(f"kill{n}")
        before = harness.handled
        harness.take_up()
        if trial.stage != "before accept":
            assert harness.handled == before + 1
        harness.expect_whole()
    _report(capsys, harness, "the service takes the talk up again")
    assert harness.stages["in the turn"] >= KILLS / 3


def test_a_message_that_is_sent_again_after_a_kill_has_one_effect(
    harness: Harness, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(KILLS // 2):
        trial = harness.kill_one(f"kill{n}")
        before = harness.handled
        replies = harness.send_again(f"kill{n}", while_taking_up=bool(n % 2))
        assert harness.handled == before + 1
        assert replies
        assert not trial.shown or trial.shown == [reply.id for reply in replies]
        harness.expect_whole()
    _report(capsys, harness, "the client sends the same message again")
    assert harness.stages["in the turn"] >= KILLS // 2 / 3
