"""Events that come in one to five times each, before and after a restart: one turn for each id.

    .venv/bin/python bench/deliveries.py --events 1000

A third each in Slack, in Teams and on the web page. The service is ended with SIGTERM half-way, while copies come in,
and what comes while it is away is sent again, as the platforms do.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import httpx
from grounds import Grounds, asked, hold, told
from people import AtSlack, AtTeams, AtWeb, Person, fresh, listen
from talking import Store

from coach.store.tables import inbox, outbox

AT_ONCE = 12
EACH = 5
"""So many events for one person."""
MOST = 5
PATIENCE = 120.0


@dataclass(frozen=True)
class Copy:
    person: Person
    text: str
    key: str

    async def arrive(self) -> None:
        """Once taken it is not sent again; who hears of an error, or nothing, sends it again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    if await self.person.send(self.text, self.key) == 200:
                        return
                except (httpx.HTTPError, KeyError):  # no service, or one that gives no session
                    pass
                await asyncio.sleep(0.2)


def events(made: Grounds, client: httpx.AsyncClient, many: int) -> list[Copy]:
    kinds = (AtSlack, AtTeams, AtWeb)
    people: list[Person] = [kinds[n % 3](made, client) for n in range(-(-many // EACH))]
    return [
        Copy(people[n % len(people)], f"hoeveel nog? {n} {people[n % len(people)].token}", fresh())
        for n in range(many)
    ]


async def send(copies: Sequence[Copy]) -> None:
    left = iter(copies)

    async def one_after_another() -> None:
        for copy in left:
            await copy.arrive()

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def quiet(store: Store) -> None:
    """Everything has had its turn and has gone out."""
    async with asyncio.timeout(PATIENCE):
        while any(row.status == "new" for row in store.rows(inbox)) or any(  # noqa: ASYNC110
            not row.sent for row in store.rows(outbox)
        ):
            await asyncio.sleep(0.3)


async def run(given: argparse.Namespace, made: Grounds) -> int:
    listen(made)
    store, chance, began = made.store(), random.Random(given.seed), time.monotonic()
    async with httpx.AsyncClient(base_url=made.service.url, timeout=30) as client:
        all_ = events(made, client, given.events)
        for one in {copy.person: copy for copy in all_ if isinstance(copy.person, AtWeb)}.values():
            await one.arrive()  # a browser has its session before it says two things at once
        copies = [copy for copy in all_ for _ in range(chance.randint(1, MOST))]
        chance.shuffle(copies)
        half = len(copies) // 2
        sending = asyncio.create_task(send(copies[:half]))
        await asyncio.sleep(chance.uniform(0.5, 2.0))
        await asyncio.to_thread(made.service.stop, signal.SIGTERM)
        await made.service.start()
        await sending
        await send(copies[half:])
        await quiet(store)
    wrong = faults(store, all_)
    spent = time.monotonic() - began
    return told(f"{made.kind}: {len(all_)} events, {len(copies)} copies, in {spent:.0f} s", wrong)


def faults(store: Store, all_: Sequence[Copy]) -> list[str]:
    rows, replies = store.rows(inbox), store.rows(outbox)
    turns = Counter(row.text for row in rows)
    wrong = [f"{turns[c.text]} turns: {c.text}" for c in all_ if turns[c.text] != 1]
    answered = {reply.inbox for reply in replies}
    wrong += [f"no answer: {row.text}" for row in rows if row.id not in answered]
    called = {c.person for c in all_ if not isinstance(c.person, AtWeb)}
    for person in called:
        posts = person.calls.boxes[person.where]  # type: ignore[attr-defined]
        keys = [post.args.get("client_msg_id") for post in posts if hasattr(post, "args")]
        if len(keys) != len(set(keys)):
            wrong.append(f"{type(person).__name__}: a reply was posted twice")
    return wrong


if __name__ == "__main__":
    options = asked(__doc__, events=1_000).parse_args()
    sys.exit(hold(options.database, partial(run, options)))
