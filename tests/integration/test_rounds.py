"""Three rounds with one person, over months: the real engine, the real store and a clock that is moved.

The talk stands in docs/gesprek-drie-rondes.md word for word. After a change of what the bot says it is written
anew with PADWIJZER_WRITE_DOCS=1; read it aloud then.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from returning import Came, Clock
from sqlalchemy import select
from talking import SECRET, Person, Store

from bot.channels.papers import Papers
from bot.channels.pictures import Pictures
from bot.engine import Engine
from bot.phrasing import Phrasing
from bot.turns.worker import Turns
from coach.domain.content import Content
from coach.report import record
from coach.store.tables import answers, assessments, check_ins, outbox, plans
from coach.usecases.privacy import Terms
from coach.usecases.sheet import sheet_of
from coach.wiring import coach

DOCUMENT = Path(__file__).parents[2] / "docs" / "gesprek-drie-rondes.md"
LINK = re.compile(r"https?://\S+")
WHO = "Sanne"


class Told(Came):
    """The same, and all of it is written down as it is read."""

    def __init__(self, person: Person, store: Store, clock: Clock) -> None:
        super().__init__(person, store, clock)
        self.pictures = Pictures(coach().content)
        self.lines: list[str] = []

    def day(self, title: str) -> None:
        self.lines += ["", f"## {title}"]

    async def says(self, text: str) -> str:
        """Typed."""
        self.lines += ["", f"**{WHO}:** {text}"]
        replies = await self.person.say(text)
        return self.heard([reply.message for reply in replies])

    async def clicks(self, *values: str) -> str:
        said = ""
        for value in values:
            before = (await self.person.talk()).offered
            replies = await self.person.press(value)
            title = next(t for p, t in before.items() if _carries(p, value))
            self.lines += ["", f"**{WHO}:** [{title}]"]
            said = self.heard([reply.message for reply in replies])
        return said

    async def bot_comes(self) -> str:
        self.clock.to(self.queue[-1].due_at.date(), 11)
        before = self.store.count(outbox)
        await self.coming.sweep()
        return self.heard([row.message for row in self.store.rows(outbox)[before:]])

    def heard(self, messages: list[Mapping[str, Any]]) -> str:
        for message in messages:
            if message.get("image"):
                alt = self.pictures.describe(message["image"]).split(" Het pad heeft")[0]
                self.lines += ["", f"*(plaat: {alt})*"]
            if message.get("text"):
                text = LINK.sub("(link)", message["text"])
                first, *rest = text.splitlines()
                self.lines += ["", f"**Padwijzer:** {first}", *_block(rest)]
        return "\n".join(m.get("text", "") for m in messages)

    @property
    async def rounds(self) -> list[str]:
        """The places of the rounds as they are stored."""
        return [f"{row.ring}-{row.process}" for row in self.store.rows(assessments)]


def _carries(payload: str, value: str) -> bool:
    return f'"{value}"' in payload or payload.endswith(f"/{value}")


def _block(rows: list[str]) -> list[str]:
    """Lines under the first; a list needs an empty line before it."""
    found: list[str] = []
    for row in rows:
        if not (row.startswith("- ") and found and found[-1].startswith("- ")):
            found.append("")
        found.append(row)
    return found


@pytest.fixture
def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each talk goes round the wordings from a place of its own; here always from the same."""
    turn: Callable[..., int] = Phrasing._turn

    def alike(utter_action: str, _: Any) -> int:
        return turn(utter_action, SimpleNamespace(sender_id="sanne", events=()))

    monkeypatch.setattr(Phrasing, "_turn", staticmethod(alike))


@pytest.fixture
async def sanne(
    one_seed: None, engine: Engine, sqlite: Store, clock: Clock
) -> AsyncIterator[Told]:
    turns = Turns(engine, sqlite.ledger, SECRET)
    yield Told(Person(turns, WHO), sqlite, clock)
    turns.close()


async def first_round(sanne: Told) -> None:
    sanne.day("Maandag 7 december: de eerste keer")
    await sanne.says("hallo")
    await sanne.clicks("leidinggevende", "team", "ja", "niveau_1", "niveau_1", "niveau_2")
    said = await sanne.clicks("niveau_1")
    assert "Vraag 5" in said
    said = await sanne.clicks("niveau_1")
    assert "geen meting" in said or "inschatting" in said
    await sanne.clicks("ja")
    await sanne.says("iedereen volgt wat er langskomt, een doel is er niet")
    await sanne.clicks("act-doe-1", "niets", "ja", "ik", "week", "8", "maand")


async def kept(sanne: Told) -> None:
    sanne.day("Januari: Padwijzer komt terug op de stap")
    assert sanne.plan.what[:40] in await sanne.bot_comes()
    await sanne.says("ja, het is gelukt")
    await sanne.clicks("75")
    await sanne.says("we hebben het samen in de lunch gedaan")
    said = await sanne.clicks("meten")
    assert "Welkom" not in said and "rol" not in said.lower()


async def second_round(sanne: Told) -> str:
    said = await sanne.clicks("deel")
    assert "vorige keer" in said or "laat ik staan" in said
    await sanne.clicks("niveau_3")
    said = await sanne.clicks("niveau_1")
    while await sanne.person.phase() == "question":
        said = await sanne.clicks("niveau_1")
    await sanne.clicks("ja")
    await sanne.says("we leren alleen als het rustig is, en het is nooit rustig")
    await sanne.clicks("act-pro-1", "niets", "ja", "samen", "week", "7", "maand")
    return said


async def third_round(sanne: Told) -> str:
    sanne.day("Juni: Sanne komt zelf terug")
    sanne.clock.to(date(2027, 6, 7), 10)
    await sanne.says("hallo")
    await sanne.says("ik wil opnieuw meten")
    said = await sanne.says("alles graag")
    while await sanne.person.phase() == "question":
        said = await sanne.clicks("niveau_1")
    return said


async def test_place_promise_progress_and_relapse_in_one_talk(sanne: Told) -> None:
    await first_round(sanne)
    await kept(sanne)
    ahead = await second_round(sanne)
    assert "activatie-programmeren" == (await sanne.rounds)[-1]
    fallen = await third_round(sanne)
    assert len(await sanne.rounds) == 3
    await sanne.clicks("ja")
    print(ahead, fallen)
    document = "\n".join(sanne.lines)
    if os.environ.get("PADWIJZER_WRITE_DOCS"):
        DOCUMENT.write_text(document, encoding="utf-8")
