"""What is too old is removed, by the operator's terms; only numbers are left of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.engine import Connection, Engine

from coach.domain.coaching import UNPROMISED
from coach.store.privacy import Vault, count
from coach.store.tables import answers, assessments, events, inbox, plans, talks
from coach.usecases.privacy import Terms

DAYS_A_MONTH = 30.44
FEW = 200
"""Talks whose state is rewritten in one transaction."""
"""Moves of the coaching talk whose words are no part of the promise."""


def expire(engine: Engine, terms: Terms, now: datetime) -> dict[str, int]:
    """Remove what is older than the terms allow; returns how much of what. `now` is UTC."""
    records = now - timedelta(days=terms.months * DAYS_A_MONTH)
    texts = now - timedelta(days=terms.text_days)
    with engine.begin() as db:
        if db.dialect.name == "postgresql":  # after a long rest there may be much to remove
            db.execute(text("SET LOCAL statement_timeout = 0"))
        done = {
            "talks": db.execute(delete(talks).where(talks.c.updated_at < records)).rowcount,
            "assessments": _delete(db, assessments, records),
            "plans": _delete(db, plans, records),
            "texts": _texts(db, texts),
        }
        for what, number in done.items():
            count(db, what, number)
    done["states"] = _blank_states(engine, texts)
    if any(done.values()):
        Vault(engine).scrub()
    return done


def _delete(db: Connection, table: Any, before: datetime) -> int:
    return int(db.execute(delete(table).where(table.c.updated_at < before)).rowcount)


def _texts(db: Connection, before: datetime) -> int:
    """What was said, and the bot's answers with it, for they repeat people's words."""
    handled = (inbox.c.received_at < before) & (inbox.c.status != "new")
    gone = int(db.execute(delete(inbox).where(handled)).rowcount)
    stamp = before.replace(tzinfo=UTC).timestamp()
    db.execute(delete(events).where(events.c.data["timestamp"].as_float() < stamp))
    _blank_answers(db, before)
    return gone


def _blank_answers(db: Connection, before: datetime) -> None:
    """The own words with old answers; a place holds the answers that decided it, so there too."""
    old = (assessments.c.updated_at < before) & (answers.c.words != "")
    joined = assessments.join(answers, answers.c.assessment == assessments.c.id)
    query = select(assessments.c.id).select_from(joined).where(old).distinct()
    for key in list(db.execute(query).scalars()):
        here = assessments.c.id == key
        placement = db.execute(select(assessments.c.placement).where(here)).scalar()
        if placement:
            blank = {"placement": wordless(placement)}
            db.execute(update(assessments).where(here).values(**blank))
        db.execute(update(answers).where(answers.c.assessment == key).values(words=""))


def _blank_states(engine: Engine, before: datetime) -> int:
    """Take people's words out of the state of talks that rest; the levels and the promise stay."""
    done, after = 0, ""
    while True:
        with engine.begin() as db:
            old = (talks.c.updated_at < before) & (talks.c.id > after)
            query = select(talks.c.id, talks.c.state).where(old).order_by(talks.c.id).limit(FEW)
            rows = db.execute(query.with_for_update()).all()
            for row in rows:
                blank = without_words(row.state)
                if blank != row.state:
                    here = talks.c.id == row.id
                    db.execute(update(talks).where(here).values(state=blank))
                    done += 1
        if len(rows) < FEW:
            return done
        after = rows[-1].id


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
