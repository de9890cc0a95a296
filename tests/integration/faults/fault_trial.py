"""One trial: somebody answers a question while a fault lasts, again if it was not taken, and then the next question."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager

import fault_database  # noqa: F401
import fault_outside  # noqa: F401
import fault_turn  # noqa: F401
from fault_kinds import Kind
from fault_scene import Scene, Someone

TRIES = 3
_ids = itertools.count(1)


def _key() -> str:
    """The id of a message, as Slack makes them and as no other here is; every door takes it."""
    return f"1600000000.{next(_ids):06d}"


async def trial(scene: Scene, kind: Kind, channel: str) -> list[str]:
    """What was not as it must be."""
    scene.clear()
    scene.hits = 0
    who, key = await scene.someone(channel), _key()
    first = scene.label(who, "niveau_2")
    fault: AbstractContextManager[None] = kind.inject(scene)
    with fault:
        taken = await who.say(first, key)
        await scene.struck()
        if kind.lasts:
            await scene.settled(who)
    await _until_answered(scene, who, first, key, taken=taken)
    await _say(scene, who, scene.label(who, "niveau_3"))
    await who.look()
    wrong = scene.wrong(who, key)
    return [f"{kind.name} at {channel}: {what}" for what in wrong]


async def _until_answered(scene: Scene, who: Someone, text: str, key: str, *, taken: bool) -> None:
    """Things are back: what was not taken is sent again, and what failed is said again, as the bot asks."""
    if not taken:
        await _hand_over(who, text, key)
    await scene.settled(who)
    if not scene.levels(who):  # the bot said that it failed, or asked the same question again
        await _say(scene, who, text)


async def _say(scene: Scene, who: Someone, text: str) -> None:
    await _hand_over(who, text, _key())
    await scene.settled(who)


async def _hand_over(who: Someone, text: str, key: str) -> None:
    """Again with the same id until it is taken, as a page and a platform do."""
    for _ in range(TRIES):
        if await who.say(text, key):
            return
        await who.look()
