"""One talk in four places: with questions of one's own, corrections, coaching and a plan; the words are the same."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from doors import CHANNELS, House
from visitor import Visitor

from bot.channels import state
from bot.phrasing import Phrasing
from coach.store.tables import inbox, outbox, talks

SAY, PRESS = "say", "press"
OWN = 'op maandag kijken wij <samen> & "rustig" terug op de week'

INTERVIEW = (
    (SAY, "hallo"),
    (PRESS, "medewerker"),
    (PRESS, "team"),
    (PRESS, "ja"),
    (PRESS, "niveau_1"),
    (SAY, "wat is eigen regie?"),
    (SAY, "waarom vraag je dit?"),
    (PRESS, "niveau_1"),
    (SAY, "terug"),
    (PRESS, "niveau_2"),
    (PRESS, "niveau_1"),
    (SAY, "hoeveel vragen nog?"),
    (PRESS, "niveau_1"),
    (PRESS, "niveau_1"),
)
CORRECTION = (
    (SAY, "ik wil een antwoord veranderen"),
    (PRESS, "weten"),
    (PRESS, "niveau_1"),
    (PRESS, "ja"),
)
COACHING = (
    (SAY, OWN),
    (PRESS, "act-doe-1"),
    (PRESS, "niets"),
    (PRESS, "ja"),
    (PRESS, "ik"),
    (PRESS, "week"),
    (PRESS, "8"),
    (PRESS, "week"),
    (SAY, "wat was mijn stap?"),
)
SCRIPT = (*INTERVIEW, *CORRECTION, *COACHING)


@pytest.fixture
def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each talk goes round the wordings from a place of its own; here all four begin at the same."""
    turn: Callable[..., int] = Phrasing._turn

    def alike(utter_action: str, _: Any) -> int:
        return turn(utter_action, SimpleNamespace(sender_id="one talk", events=()))

    monkeypatch.setattr(Phrasing, "_turn", staticmethod(alike))


async def _hold(visitor: Visitor) -> None:
    for how, what in SCRIPT:
        before = len(visitor.read())
        await (visitor.say(what) if how == SAY else visitor.press(what))
        assert len(visitor.read()) > before, f"silence at {visitor.channel} after {what}"


async def test_the_same_talk_has_the_same_words_at_every_door(one_seed: None, house: House) -> None:
    visitors = await house.visitors("sanne")
    for visitor in visitors:
        await _hold(visitor)
    transcripts = {v.channel: [(r.words, r.buttons, r.picture) for r in v.read()] for v in visitors}
    for channel in CHANNELS[1:]:
        assert transcripts[channel] == transcripts["rest"], channel
    alts = [[r.alt for r in v.read() if r.picture] for v in visitors if v.channel != "rest"]
    assert alts[0] and all(alts[0]) and alts[0] == alts[1] == alts[2]

    assert {row.channel for row in house.store.rows(talks)} == set(CHANNELS)
    ends = [state.report(row.state) for row in house.store.rows(talks)]
    assert ends[0]["plan"] and ends[0]["position"] == "activatie-doelen_stellen"
    assert all(end == ends[0] for end in ends)
    said: dict[str, list[str]] = {}
    for row in house.store.rows(inbox):
        said.setdefault(row.talk, []).append(row.text)
    assert len(said) == len(CHANNELS)
    assert all(words == next(iter(said.values())) for words in said.values())
    assert all(row.sent for row in house.store.rows(outbox))
    for visitor in visitors:
        assert any(OWN in line for read in visitor.read() for line in read.words), visitor.channel
