"""Each hostile input at each door of one running service: an answer in Dutch, no harm, and nobody else notices.

A sample by default; `PADWIJZER_HOSTILE=all` (or `make hostile`) sends all of them, class by class.
"""

from __future__ import annotations

import asyncio
import html
import os
from collections.abc import AsyncIterator, Awaitable, Callable

import hostile_sending as sending
import pytest
from doors import CHANNELS, House
from hostile_corpus import CLASSES, Input, read, sample
from hostile_judging import a_script_only_said_words, no_harm, only_as_words
from hostile_scene import Reached, Scene
from served import until
from visitor import Visitor

from bot.channels.guard import _sentences
from bot.engine import Engine
from coach.store.tables import inbox

Open = Callable[..., Awaitable[House]]
ASKED = os.environ.get("PADWIJZER_HOSTILE", "")
"""`all`, or the names of classes; else a sample."""
ALL = ASKED == "all"
KINDS = [k for k in CLASSES if k != "flood"] if ALL else ASKED.split(",") if ASKED else ["a sample"]
SEED = int(os.environ.get("PADWIJZER_HOSTILE_SEED", "7"))
SAMPLED = 60
FLOODS = read("flood") if ALL else read("flood")[:1]


@pytest.fixture(scope="module")
def reached() -> dict[str, Reached]:
    """Where the talks stand when the input comes; walked to once."""
    return {}


@pytest.fixture
async def scene(house: House, reached: dict[str, Reached]) -> AsyncIterator[Scene]:
    made = await Scene.open(house, reached)
    yield made
    await made.close()


def _drawn(kind: str) -> list[Input]:
    return sample(SAMPLED, SEED) if kind == "a sample" else read(kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_door_stands_every_input(scene: Scene, engine: Engine, kind: str) -> None:
    wrong = []
    for one in _drawn(kind):
        before = scene.marks()

        try:
            await sending.send(scene, one)
            no_harm(scene, one, scene.since(before))
            if one.as_words:
                await only_as_words(scene, engine, one)
            if one.at == "payload":
                await a_script_only_said_words(scene, engine, one)
            await scene.neighbour_is_served()
        except (AssertionError, TimeoutError) as error:
            wrong.append(f"{one}: {str(error).splitlines()[:1]}")
        scene.back()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("flood", FLOODS, ids=str)
@pytest.mark.parametrize("channel", CHANNELS if ALL else ("web",))
async def test_a_flood_costs_nobody_else_a_turn(
    open_house: Open, channel: str, flood: Input
) -> None:
    house = await open_house(PADWIJZER_BURST="10")
    visitor = await house.visitor(channel, "lastig")
    others = await house.visitors("rustig")
    text, times = flood.value["text"], flood.value["times"]
    same = "1515449600.000007" if flood.value.get("same_id") else None
    sent = [asyncio.create_task(visitor.send(text, same)) for _ in range(times)]
    for other in others:
        await other.say("hallo")
        await until(lambda other=other: other.read())
    assert max(await asyncio.gather(*sent)) < 500
    await visitor.settled()
    assert house.store.count(inbox) <= 10 + times // 3 + len(others)
    await until(lambda: _told_or_answered(visitor))


def _told_or_answered(visitor: Visitor) -> bool:
    told = {html.unescape(sentence) for sentence in visitor.told()}
    return bool(visitor.read()) or bool(told & set(_sentences().values()))
