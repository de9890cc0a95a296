"""What is too old is removed, by the operator's terms; only numbers are left of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, exists, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import ColumnElement

from coach.domain.coaching import UNPROMISED
from coach.store.database import reading
from coach.store.desk_tables import handover_lines, handovers
from coach.store.privacy import Vault, count
from coach.store.tables import answers, assessments, events, inbox, plans, talks
from coach.store.tombstones import forget_stones
from coach.store.unclear import forget_unclear
from coach.usecases.privacy import Terms

DAYS_A_MONTH = 30.44
FEW = 100
"""Rows that go in one transaction: who talks meanwhile waits no longer than for those."""


def expire(engine: Engine, terms: Terms, now: datetime) -> dict[str, int]:
    """Remove what is older than the terms allow; returns how much of what. `now` is UTC.

    In small bits, each found by an index and gone when it is counted: a large database goes on being used.
    """
    records = now - timedelta(days=terms.months * DAYS_A_MONTH)
    texts = now - timedelta(days=terms.text_days)
    sentences = now.date() - timedelta(days=terms.sentence_days)
    done = {
        "talks": sum(_delete(engine, talks, here) for here in _old_talks(records)),
        "assessments": _delete(engine, assessments, assessments.c.updated_at < records),
        "plans": _delete(engine, plans, plans.c.updated_at < records),
        "texts": _texts(engine, texts),
    }
    with engine.begin() as db:
        done["unclear"] = forget_unclear(db, sentences)
        # no backup holds them any more
        forget_stones(db, now - timedelta(days=terms.backup_days))
        for what, number in done.items():
            count(db, what, number)
    done["states"] = _blank_states(engine, texts)
    if any(done.values()):
        Vault(engine).scrub()
    return done


def _old_talks(before: datetime) -> Iterator[ColumnElement[bool]]:
    for worded in (False, True):  # each by the index
        yield (talks.c.worded == worded) & (talks.c.updated_at < before)


def _delete(engine: Engine, table: Table, here: ColumnElement[bool]) -> int:
    """Delete the rows that are so; one that is so no more when its turn comes stays."""
    key, gone = table.c.id, 0
    while True:
        with reading(engine) as db:
            keys = list(db.execute(select(key).where(here).limit(FEW)).scalars())
        if keys:
            with engine.begin() as db:
                gone += db.execute(delete(table).where(key.in_(keys), here)).rowcount
        if len(keys) < FEW:
            return gone


def _texts(engine: Engine, before: datetime) -> int:
    """What was said, and the bot's answers with it, for they repeat people's words."""
    handled = (inbox.c.received_at < before) & (inbox.c.status != "new")
    gone = _delete(engine, inbox, handled)
    _forget_events(engine, before)
    _blank_answers(engine, before)
    old = (handovers.c.asked_at < before) & (handovers.c.summary != "")
    with engine.begin() as db:
        db.execute(delete(handover_lines).where(handover_lines.c.at < before))
        db.execute(update(handovers).where(old).values(summary=""))
    return gone


def _forget_events(engine: Engine, before: datetime) -> None:
    turn = (events.c.talk, events.c.seq)
    here = and_(*(column == bindparam(f"of_{column.name}") for column in turn))
    while True:
        with reading(engine) as db:
            rows = db.execute(select(*turn).where(events.c.at < before).limit(FEW)).all()
        if not rows:
            return
        with engine.begin() as db:
            db.execute(delete(events).where(here), [{"of_talk": t, "of_seq": n} for t, n in rows])


def _blank_answers(engine: Engine, before: datetime) -> None:
    """The own words with old answers; a place holds the answers that decided it, so there too."""
    of = (assessments.c.id == answers.c.assessment) & (assessments.c.updated_at < before)
    # from the answers that still have words, by their index: of all others this was done before
    old = select(answers.c.assessment).where(answers.c.words != "", exists().where(of)).limit(FEW)
    while True:
        with reading(engine) as db:
            keys = set(db.execute(old).scalars())
        if not keys:
            return
        with engine.begin() as db:
            for key in sorted(keys):
                _blank_answer(db, key)


def _blank_answer(db: Connection, key: int) -> None:
    here = assessments.c.id == key
    placement = db.execute(select(assessments.c.placement).where(here)).scalar()
    if placement:
        db.execute(update(assessments).where(here).values(placement=wordless(placement)))
    db.execute(update(answers).where(answers.c.assessment == key).values(words=""))


def _blank_states(engine: Engine, before: datetime) -> int:
    """Take people's words out of the state of talks that rest; the levels and the promise stay."""
    done = 0
    old = talks.c.worded.is_(True) & (talks.c.updated_at < before)
    query = select(talks.c.id, talks.c.state).where(old).limit(FEW)
    while True:
        with engine.begin() as db:
            rows = db.execute(query.with_for_update()).all()
            for row in rows:
                blank = without_words(row.state)
                changed = {"state": blank} if blank != row.state else {}
                here = talks.c.id == row.id
                db.execute(update(talks).where(here).values(worded=False, **changed))
                done += bool(changed)
        if len(rows) < FEW:
            return done


def without_words(state: Mapping[str, Any]) -> dict[str, Any]:
    """A talk's state without what was typed, except for the promise."""
    slots = dict(state.get("slots", {}))
    if slots.get("interview"):
        slots["interview"] = wordless(slots["interview"])
    if slots.get("coaching"):
        slots["coaching"] = _only_promise(slots["coaching"])
    if slots.get("rounds"):
        slots["rounds"] = [
            {
                **round_,
                "interview": wordless(round_["interview"]),
                "coaching": _only_promise(round_["coaching"]),
            }
            for round_ in slots["rounds"]
        ]
    if followup := slots.get("followup"):
        slots["followup"] = {**followup, "trail": wordless(followup["trail"])}
    if slots.get("handover"):
        slots["handover"] = {**slots["handover"], "summary": ""}
    return {**state, "slots": slots} if "slots" in state else dict(state)


def _only_promise(coaching: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A coaching talk without the words that are no part of its promise."""
    if coaching is None:
        return None
    moves = [
        {**move, "words": ""} if move["stage"] in UNPROMISED else move for move in coaching["trail"]
    ]
    return {**coaching, "trail": moves}


def wordless(data: Any) -> Any:
    """The same JSON with every `words` empty."""
    if isinstance(data, Mapping):
        return {key: "" if key == "words" else wordless(value) for key, value in data.items()}
    return [wordless(value) for value in data] if isinstance(data, list) else data
