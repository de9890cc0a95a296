"""Many talks at once, each person with a token of their own: nobody ever gets a byte of somebody else.

    .venv/bin/python bench/interleaved.py --talks 10000 --at-once 50

A quarter of the people each over REST, on the web page, in Slack and in Teams (local servers stand in for those).
Everybody says four things with their token in it, at the place of a talk where the bot repeats words.
Looked through: every byte of every answer and of every call to a platform, and every row that was stored.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from functools import partial
from typing import Any

import httpx
from grounds import Grounds, asked, hold, told
from people import KINDS, AtRest, Person, fresh, listen, mixed, place
from sqlalchemy import select
from talking import Store, value_of

from coach.store.tables import talks

USUAL = {
    "role": "medewerker", "subject": "team", "consent": "ja", "scope": "alles", "question": "niveau_1",
    "probe": "niveau_1", "check": "ja", "review": "ja",
}  # fmt: skip
SAID = (
    "wij doen dat op maandag samen aan tafel, met {token} erbij",
    "ik wil zelf iets proberen met {token} en mijn team",
    "dat doe ik samen met {token}",
)


async def reach(store: Store, person: Person) -> dict[str, Any]:
    """Where a talk stands at the question that is about somebody's own words."""
    await person.say("hallo")
    while True:
        with store.database.begin() as db:
            [row] = db.execute(select(talks)).all()
        loop = row.state["loop"]
        slots = row.state["slots"]
        if loop == "coaching_loop":
            return {"state": row.state, "offered": row.offered}
        phase = slots["interview"]["phase"]
        wanted = USUAL[phase]
        await person.say(next(p for p in row.offered if value_of(p) == wanted))


async def hold_a_talk(store: Store, person: Person, reached: dict[str, Any]) -> list[str]:
    key = fresh()
    await person.say(f"hallo, ik ben {person.token}", key)
    place(store, key, reached)
    for words in SAID:
        await person.say(words.format(token=person.token))
    wrong = [f"{type(person).__name__} got {other}" for other in person.others()]
    if not any(person.token in said for said in person.seen()):
        wrong.append(f"{type(person).__name__} never got its own token: nothing was shown")
    return wrong


async def run(given: argparse.Namespace, made: Grounds) -> int:
    listen(made)
    store, wrong, done = made.store(), [], 0
    limits = httpx.Limits(max_connections=2 * given.at_once)
    async with httpx.AsyncClient(base_url=made.service.url, timeout=60, limits=limits) as client:
        reached = await reach(store, AtRest(made, client))
        chance, left, pid = random.Random(given.seed), iter(range(given.talks)), made.service.pid
        began = time.monotonic()

        async def one_after_another() -> None:
            nonlocal done
            for n in left:
                await asyncio.sleep(chance.uniform(0, 0.05))
                wrong.extend(await hold_a_talk(store, KINDS[n % len(KINDS)](made, client), reached))
                done += 1
                print(f"\r{done} talks", end="", flush=True)

        await asyncio.gather(*(one_after_another() for _ in range(given.at_once)))
    spent = time.monotonic() - began
    wrong += mixed(store)
    if made.service.pid != pid or not made.service.is_running:
        wrong.append("the service did not stay alive")
    print()
    what = f"{made.kind}: {done} talks, {given.at_once} at once, {4 * done} turns in {spent:.0f} s"
    return told(f"{what}: {done / spent:.1f} talks/s", wrong)


if __name__ == "__main__":
    options = asked(__doc__, talks=10_000, at_once=50).parse_args()
    sys.exit(hold(options.database, partial(run, options)))
