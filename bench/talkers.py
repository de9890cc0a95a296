"""Who talks in a run: buttons and typed words with one bot, and the very same messages with the other."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx

PERSONAS = Path(__file__).parents[1] / "tests" / "personas" / "path.jsonl"
A_TALK = 16
LONGEST = 600
"""Seconds. So long may one answer take: stock Rasa gets slow in a long talk, and the figure is wanted all the same."""
Spent = dict[str, list[float]]


@dataclass(frozen=True)
class Message:
    kind: str
    """`button`, `text`, or `first` for the greeting, which is not counted."""
    text: str


@dataclass
class Held:
    """Talks that were held: milliseconds by kind of message, and how many turns came in how many seconds."""

    spent: Spent = field(default_factory=dict)
    turns: int = 0
    seconds: float = 0.0
    silent: int = 0
    """Messages that were answered with nothing."""

    def add(self, other: Held) -> None:
        for kind, values in other.spent.items():
            self.spent.setdefault(kind, []).extend(values)
        self.turns += other.turns
        self.seconds += other.seconds
        self.silent += other.silent

    def figures(self) -> dict[str, object]:
        kinds = {kind: shares(values) for kind, values in sorted(self.spent.items())}
        every = shares([value for values in self.spent.values() for value in values])
        rate = round(self.turns / self.seconds, 1)
        return {"turns_a_second": rate, "all": every, **kinds, "silent": self.silent}


@cache
def typed() -> tuple[str, ...]:
    """What people say, as the simulated ones say it."""
    found: list[str] = []
    for line in PERSONAS.read_text(encoding="utf-8").splitlines():
        for answer in json.loads(line)["answers"].values():
            found += answer.get("texts", ())
    return tuple(found)


class Talker:
    """One person: presses the first button that is offered, and types every third message."""

    def __init__(self, client: httpx.AsyncClient, url: str, name: str) -> None:
        self._client, self._url, self.name = client, url, name
        self._buttons: list[str] = []
        self._turn = 0
        self.silent = 0

    def next(self) -> Message:
        """A button when there is one and it is its turn, else words that nobody typed before."""
        self._turn += 1
        if self._buttons and self._turn % 3:
            return Message("button", self._buttons[0])
        said = typed()[hash_of(f"{self.name}{self._turn}") % len(typed())]
        return Message("text", f"{said} ({self.name}{self._turn})")

    async def say(self, said: str) -> float:
        """The milliseconds until the answer was there."""
        begun = time.perf_counter()
        answer = await self._client.post(self._url, json={"sender": self.name, "message": said})
        passed = time.perf_counter() - begun
        answer.raise_for_status()
        replies = [reply for reply in answer.json() if "custom" not in reply]
        self.silent += not replies
        found = [b["payload"] for reply in replies for b in reply.get("buttons", ())]
        self._buttons = found or self._buttons
        return passed * 1_000


def hash_of(name: str) -> int:
    """The same number in every run, unlike Python's own hash."""
    return sum(n * letter for n, letter in enumerate(name.encode(), 1))


Script = dict[str, list[Message]]
"""What everybody said, by name: what one bot was told, the other is told too."""


async def talks(url: str, names: Sequence[str], at_once: int, script: Script) -> Held:
    """Hold these talks, so many at once. Who has lines in the script says those; others' lines are written there."""
    held, left = Held(), iter(names)

    async def hold(client: httpx.AsyncClient) -> None:
        for name in left:
            talker = Talker(client, url, name)
            for message in _lines(talker, script):
                passed = await talker.say(message.text)
                if message.kind != "first":
                    held.spent.setdefault(message.kind, []).append(passed)
                held.turns += 1
            held.silent += talker.silent

    begun = time.perf_counter()
    async with httpx.AsyncClient(timeout=LONGEST) as client:
        await asyncio.gather(*(hold(client) for _ in range(at_once)))
    held.seconds = time.perf_counter() - begun
    return held


def _lines(talker: Talker, script: Script) -> Iterator[Message]:
    if talker.name in script:
        yield from script[talker.name]
        return
    said = script[talker.name] = []
    for turn in range(A_TALK):
        message = talker.next() if turn else Message("first", "hallo")
        said.append(message)
        yield message


async def long_talk(
    url: str, name: str, start: int, turns: int, client: httpx.AsyncClient
) -> list[float]:
    """Milliseconds of the next side questions of one talk, which begins at number 0."""
    talker = Talker(client, url, name)
    if not start:
        for said in ("hallo", "ik ben medewerker"):
            await talker.say(said)
    return [await talker.say(f"wat bedoel je met vraag {n}") for n in range(start, start + turns)]


def shares(spent: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(spent, n=100)
    return {f"p{n}": round(cuts[n - 1], 1) for n in (50, 95, 99)}
