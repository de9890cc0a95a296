"""A promise made in Slack or in Teams: the bot comes back there once, by itself, and the talk goes on from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from doors import House
from returning import Clock
from served import until
from talking import OWN_WORDS, value_of
from visitor import Visitor

from bot import app
from bot.channels import state
from bot.turns.checkins import ComingBack
from coach.store.tables import check_ins, inbox, plans, talks

USUAL = {
    "role": "medewerker", "subject": "team", "consent": "ja", "question": "niveau_1",
    "probe": "niveau_1", "check": "ja", "review": "ja", "obstacle": "niets",
    "what": "ja", "who": "ik", "when": "week", "sure": "8", "come_back": "week",
}  # fmt: skip


def phase(house: House) -> str:
    [talk] = house.store.rows(talks)
    return str(state.report(talk.state)["phase"])


async def promise(visitor: Visitor, house: House) -> None:
    await visitor.say("hallo")
    while (now := phase(house)) != "done":
        if now == "reality":
            await visitor.say(OWN_WORDS)
        else:
            [talk] = house.store.rows(talks)
            await visitor.press(USUAL.get(now) or value_of(next(iter(talk.offered))))


@pytest.mark.parametrize("channel", ["slack", "teams"])
async def test_a_check_in_arrives_where_the_promise_was_made(
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    open_house: Callable[..., Awaitable[House]],
    channel: str,
) -> None:
    looks: list[int] = []

    class Looking(ComingBack):
        async def sweep(self) -> int:
            looks.append(await super().sweep())
            return looks[-1]

    monkeypatch.setattr(app, "ComingBack", partial(Looking, every=0.2))
    house = await open_house()
    visitor = await house.visitor(channel, "sanne")
    await promise(visitor, house)
    [plan] = house.store.rows(plans)
    [due] = house.store.rows(check_ins)
    before = len(visitor.read())

    clock.to(due.due_at.date(), 11)
    await until(lambda: any(looks))
    await visitor.settled()
    came = visitor.read()[before:]
    assert plan.what[:30] in " ".join(came[0].words)
    assert "gelukt" in " ".join(came[-1].buttons).lower()

    done = len(looks)
    await until(lambda: len(looks) > done + 3)
    await visitor.settled()
    assert visitor.read()[before:] == came, "it comes once"

    await visitor.press("gelukt")
    assert phase(house) == "rate"
    await visitor.say("80")
    [plan] = house.store.rows(plans)
    assert (plan.outcome, plan.rating) == ("gelukt", 80)
    assert [row.state for row in house.store.rows(check_ins)] == ["answered"]
    assert sum(row.own for row in house.store.rows(inbox)) == 1
