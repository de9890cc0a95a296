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
from talking import SECRET, Person, Store

from bot.channels.pictures import Pictures
from bot.engine import Engine
from bot.phrasing import Phrasing
from bot.turns.worker import Turns
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
async def sanne(one_seed: None, engine: Engine, sqlite: Store, clock: Clock) -> AsyncIterator[Told]:
    turns = Turns(engine, sqlite.ledger, SECRET)
    yield Told(Person(turns, WHO), sqlite, clock)
    turns.close()


async def first_round(sanne: Told) -> None:
    sanne.day("Maandag 7 december: de eerste keer")
    await sanne.says("hallo")
    await sanne.clicks("leidinggevende", "team", "ja", "niveau_1", "niveau_1", "niveau_2")
    assert "activatie" in await sanne.clicks("niveau_1") or await sanne.person.phase() == "question"
    await sanne.clicks("niveau_1", "ja")
    await sanne.says("iedereen volgt wat er langskomt, een doel is er niet")
    await sanne.clicks("act-doe-1", "niets", "ja", "ik", "week", "8", "maand")
    assert "40" in await sanne.says("40")


async def second_round(sanne: Told) -> str:
    """The bot comes back to a step that was taken; she wants to know what has changed."""
    sanne.day("Woensdag 13 januari: Padwijzer komt terug op de stap")
    assert sanne.plan.what[:40] in await sanne.bot_comes()
    await sanne.says("ja, het is gelukt")
    await sanne.clicks("75")
    await sanne.says("we hebben het samen in de lunch gedaan")
    await sanne.clicks("meten")
    assert "hooguit 4" in await sanne.clicks("deel")
    await sanne.clicks("niveau_3")
    said = await sanne.clicks("niveau_1", "ja")
    await sanne.says("we leren alleen als het rustig is, en het is nooit rustig")
    await sanne.clicks("act-pro-1", "niets", "ja", "samen", "week", "7", "maand")
    return said


async def partly(sanne: Told) -> str:
    sanne.day("Vrijdag 19 februari: een deel is gelukt")
    assert sanne.plan.what[:40] in await sanne.bot_comes()
    await sanne.says("een beetje, het is begonnen")
    await sanne.clicks("50")
    await sanne.says("de eerste week lukte, toen werd het druk")
    await sanne.says("één keer per week een kwartier, op dinsdag na de koffie")
    return await sanne.clicks("week", "later")


async def third_round(sanne: Told) -> str:
    """Months later she comes by herself."""
    sanne.day("Maandag 7 juni: Sanne komt zelf terug")
    sanne.clock.to(date(2027, 6, 7), 10)
    await sanne.says("hallo")
    opened = await sanne.says("ik wil opnieuw meten")
    assert "dinsdag na de koffie" in opened
    said = await sanne.says("alles graag")
    while await sanne.person.phase() == "question":
        said = await sanne.clicks("niveau_1")
    return said


async def last_promise(sanne: Told) -> str:
    said = await sanne.clicks("ja")
    await sanne.says("het doel is uit beeld geraakt toen het druk werd")
    await sanne.clicks("act-doe-1", "niets")
    await sanne.says("ik hang het doel naast het rooster en begin er elke maandag mee")
    while await sanne.person.phase() in ("who", "when"):
        await sanne.clicks("ik" if await sanne.person.phase() == "who" else "week")
    await sanne.clicks("8", "maand")
    return said


async def test_place_promise_progress_and_relapse_in_one_talk(sanne: Told) -> None:
    await first_round(sanne)
    await second_round(sanne)
    assert "opnieuw" in await partly(sanne)
    places = [(r.round, r.ring, r.process) for r in sanne.store.rows(assessments)]
    assert places == [(1, "activatie", "doelen_stellen"), (2, "activatie", "programmeren")]
    fallen = await third_round(sanne)
    known = await last_promise(sanne)
    places = [(r.round, r.ring, r.process) for r in sanne.store.rows(assessments)]
    assert [p[2] for p in places] == ["doelen_stellen", "programmeren", "doelen_stellen"]
    assert "13 januari" in fallen and "7 december" in fallen
    assert "7 december" in known and "twee ervaren collega" in known
    expect_one_coach(sanne.lines)
    expect_no_blame(fallen)
    await expect_on_paper(sanne)
    expect_document("\n".join((*HEAD, *sanne.lines, "")))


def expect_one_coach(lines: list[str]) -> None:
    """It introduces itself once, and asks who somebody is, about what and whether it may keep things once."""
    said = "\n".join(lines)
    for once in ("computer", "je werkgever", "[Ik geef leiding]", "[Mijn team]"):
        assert said.count(once) == 1, once


def expect_no_blame(said: str) -> None:
    own = "\n".join(line for line in said.lower().splitlines() if not line.startswith("- "))
    assert not re.search(r"\b(fout|schuld van|jammer|helaas|mislukt|slecht|had je)\b", own)
    assert "bij nul" in own or "blijft van jullie" in own


async def expect_on_paper(sanne: Told) -> None:
    """All three rounds are in the printable page and in what somebody can see of their own data."""
    talk = await sanne.person.talk()
    content = coach().content
    sheet = sheet_of(content, talk.state)
    assert sheet and [p.process for p in sheet.earlier] == ["doelen_stellen", "programmeren"]
    assert sheet.movement == "terugval"
    kept = sanne.store.ledger.vault.everything(talk.id)
    assert kept is not None
    html = record.html(kept, content, Terms(), "kopie.json", "wissen.html")
    for number in (1, 2, 3):
        assert f"Ronde {number}: je antwoorden" in html and f"Ronde {number}: je stap" in html
    assert html.count("overgenomen van de vorige keer") == 4
    taken_over = [row.kept for row in sanne.store.rows(answers)]
    assert sum(taken_over) == 4


HEAD = (
    "# Drie keer met dezelfde coach",
    "",
    "Dit gesprek is echt gevoerd met Padwijzer, op een klok die vooruit is gezet. Een test houdt het gesprek opnieuw en",
    "vergelijkt elk woord met deze tekst. Tussen haken staat een knop die Sanne koos.",
)


def expect_document(document: str) -> None:
    if os.environ.get("PADWIJZER_WRITE_DOCS"):
        DOCUMENT.write_text(document, encoding="utf-8")
    assert document == DOCUMENT.read_text(encoding="utf-8")


# --- a round is never begun unasked, and can be given up -----------------------------------------


async def test_a_round_can_be_given_up_and_all_is_as_it_was(person: Person) -> None:
    await person.reach("done")
    before = (await person.talk()).state["slots"]
    await person.say("ik wil opnieuw meten")
    assert await person.phase() == "scope"
    await person.say("toch niet")
    assert await person.phase() == "done"
    after = (await person.talk()).state["slots"]
    assert after == {**before, "round": 1}


async def test_in_the_middle_of_the_coaching_talk_it_goes_on_where_it_was(person: Person) -> None:
    await person.reach("option")
    await person.say("ik wil opnieuw meten")
    await person.press("niet")
    assert await person.phase() == "option"


async def test_nothing_is_measured_again_before_there_is_a_first_time(person: Person) -> None:
    await person.say("ik wil opnieuw meten")
    assert await person.turns.find_talk("rest", person.sender) is not None
    assert await person.phase() == "none"
    await person.reach("question")
    await person.press("niveau_1")
    trail = await person.trail()
    await person.say("ik wil opnieuw meten")
    assert await person.trail() == trail and await person.phase() == "question"


async def test_starting_again_offers_to_compare_and_keeps_what_was(came: Came) -> None:
    await came.promise()
    await came.say("opnieuw beginnen")
    assert (await came.person.state())["phase"] == "done"
    talk = await came.person.talk()
    measure = next(p for p in talk.offered if p.endswith("/measure"))
    await came.person.say(talk.offered[measure], measure)
    await came.promise()
    assert [row.round for row in came.store.rows(assessments)] == [1, 2]
    assert [(row.round, row.outcome) for row in came.store.rows(plans)] == [
        (1, "open"),
        (2, "open"),
    ]
    assert [(row.round, row.state) for row in came.store.rows(check_ins)] == [
        (1, "stopped"),
        (2, "due"),
    ]
