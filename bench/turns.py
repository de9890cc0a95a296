"""What a turn costs over REST: the same messages to both bots, a few talks of one and then of the other."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import httpx

from bench.service import Service
from bench.talkers import LONGEST, Held, Script, long_talk, talks

ROUNDS = 4
"""So often both bots take turns, so that what else the machine does troubles both alike."""
AROUND = (10, 100, 500)
BIT = 20
"""Turns of a long talk with one bot before the other has its own."""


async def turns(
    bots: dict[str, Service], at_once: int, count: int, who: str = "t"
) -> dict[str, Any]:
    """Figures for every bot of `count` talks, so many at once, by people whose names begin so."""
    held = {name: Held() for name in bots}
    script: Script = {}
    for names in _parts(f"{who}{at_once}x", at_once, max(count, at_once)):
        # ours first: it makes the script, by the buttons that it offers
        for name, bot in bots.items():
            held[name].add(await talks(bot.url, names, at_once, script))
    return {name: one.figures() for name, one in held.items()}


async def warm(bots: dict[str, Service]) -> None:
    """What is loaded at its first use."""
    script: Script = {}
    for bot in bots.values():
        await talks(bot.url, ["warm"], 1, script)


def _parts(who: str, at_once: int, count: int) -> list[list[str]]:
    names = [f"{who}{number}x" for number in range(count)]
    size = max(at_once, -(-count // ROUNDS))
    return [names[start : start + size] for start in range(0, count, size)]


async def long(bots: dict[str, Service], turns: int) -> dict[str, dict[str, float]]:
    """The middle cost of a side question around its 10th, 100th and last time in one talk."""
    spent: dict[str, list[float]] = {name: [] for name in bots}
    async with httpx.AsyncClient(timeout=LONGEST) as client:
        for start in range(0, turns, BIT):
            for name, bot in bots.items():
                number = min(BIT, turns - start)
                spent[name] += await long_talk(bot.url, "lang", start, number, client)
    return {name: around(values) for name, values in spent.items()}


def around(spent: Sequence[float]) -> dict[str, float]:
    """The median of up to ten turns before and after the 10th, 100th and 500th, as far as the talk came."""
    found = {}
    for number in AROUND:
        if number <= len(spent):
            near = spent[max(0, number - 10) : number + 10]
            found[str(number)] = round(statistics.median(near), 1)
    return found
