"""What a turn adds to the desk's figures, and to the sentences that were not understood."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.engine import Held
from bot.turns import form
from coach.domain.counting import Counted, Place, count, so_far
from coach.store import codes
from coach.store.figures import FigureRecord
from coach.store.handed import HandoverRecord
from coach.store.records import Record
from coach.store.turn import Talk, Waiting
from coach.store.unclear import UnclearRecord
from coach.usecases.side import Standing, standing_of
from coach.wiring import anonymous, coach, current_settings, today

log = logging.getLogger("padwijzer.counting")

COUNTED = "counted"
"""In the state: what was counted of this talk."""
NOT_TYPED = (form.DOOR, form.DESK, codes.DOOR)
"""Doors where nobody speaks for themselves: a form, an adviser's talk for a client, a personal code."""


def counted(message: Waiting, talk: Talk, held: Held, *, command: str | None) -> Held:
    """The same turn with what it counts; `command` is the button, when it was one."""
    before, now = _before(talk), standing_of(held.state.get("slots", {}))
    handed = [record for record in held.records if isinstance(record, HandoverRecord)]
    more = [name for one in handed for name in ("overdracht", f"overdracht:{one.asking.reason}")]
    marks, new = count(before, _place(now), more)
    marks = replace(marks, told=marks.told or _is_told(talk, now))
    records: list[Record] = [FigureRecord(today(), new, talk.channel)] if new else []
    keeps = current_settings().terms.sentence_days > 0
    typed = keeps and command is None and not message.own and message.channel not in NOT_TYPED
    if typed and before.told and marks.told and not (held.private or held.silent):
        records += _unclear(message.text, talk, held)
    state = {**held.state, COUNTED: marks.to_json()}
    return replace(held, state=state, records=[*held.records, *records])


def _before(talk: Talk) -> Counted:
    if COUNTED in talk.state:
        return Counted.from_json(talk.state[COUNTED])
    slots = talk.state.get("slots", {})
    return so_far(_place(standing_of(slots))) if slots else Counted()


def _place(now: Standing) -> Place:
    return Place(now.interview, now.coaching.stage if now.coaching else None, now.promise)


def _is_told(talk: Talk, now: Standing) -> bool:
    """Whether consent was given just now, to a question of this version: an older one said nothing of sentences."""
    asked = not talk.state or COUNTED in talk.state
    before = standing_of(talk.state.get("slots", {})).interview
    had = bool(before and before.consent)
    return bool(asked and not had and now.interview and now.interview.consent)


def _unclear(text: str, talk: Talk, held: Held) -> list[Record]:
    """The sentence, when the bot says that it does not understand it and nothing in it is of distress."""
    slots = talk.state.get("slots", {})
    missed = (held.state.get("slots", {}).get("missed") or 0) > (slots.get("missed") or 0)
    if not missed and held.replies:
        return []
    try:
        distress = coach().distress
        if distress.find(text) or distress.is_saying(text) or distress.is_ordinary(text):
            return []
        stripped = anonymous().strip(text)
    except Exception as error:  # nobody's talk stops because a sentence could not be made nameless
        log.error("unclear.failed why=%s", type(error).__name__)
        return []
    before = standing_of(slots)
    asked = before.open_question.construct.value if before.open_question else before.phase
    return [UnclearRecord(stripped, asked, today())] if stripped else []
