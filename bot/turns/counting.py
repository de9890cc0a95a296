"""What a turn adds to the desk's figures, and to the sentences that were not understood."""

from __future__ import annotations

from dataclasses import replace

from bot.engine import Held
from coach.domain.coaching import Stage
from coach.domain.counting import Counted, count, so_far
from coach.domain.interview import Interview
from coach.domain.promise import Promise
from coach.store.figures import FigureRecord, UnclearRecord
from coach.store.ledger import Talk, Waiting
from coach.store.records import Record
from coach.usecases.side import Standing, standing_of
from coach.wiring import anonymous, coach, today

COUNTED = "counted"
"""In the state: how far this talk was counted."""


def counted(message: Waiting, talk: Talk, held: Held, *, typed: bool) -> Held:
    """The same turn with what it counts; `typed` when the message was somebody's own words."""
    now = standing_of(held.state.get("slots", {}))
    marks, new = count(_before(talk), *_place(now))
    records: list[Record] = [FigureRecord(today(), new)] if new else []
    if typed and not held.private and now.interview and now.interview.consent:
        records += _unclear(message.text, talk, held)
    state = {**held.state, COUNTED: marks.to_json()}
    return replace(held, state=state, records=[*held.records, *records])


def _before(talk: Talk) -> Counted:
    if COUNTED in talk.state:
        return Counted.from_json(talk.state[COUNTED])
    slots = talk.state.get("slots", {})
    return so_far(*_place(standing_of(slots))) if slots else Counted()


def _place(now: Standing) -> tuple[Interview | None, Stage | None, Promise | None]:
    return now.interview, now.coaching.stage if now.coaching else None, now.promise


def _unclear(text: str, talk: Talk, held: Held) -> list[Record]:
    """The sentence, when the bot said that it did not understand it and nothing in it is of distress."""
    slots = talk.state.get("slots", {})
    missed = (held.state.get("slots", {}).get("missed") or 0) > (slots.get("missed") or 0)
    distress = coach().distress
    grim = distress.find(text) or distress.is_saying(text) or distress.is_ordinary(text)
    if grim or not (missed or not held.replies):
        return []
    stripped = anonymous().strip(text)
    before = standing_of(slots)
    asked = before.open_question.id if before.open_question else before.phase
    return [UnclearRecord(today(), stripped, asked)] if stripped else []
