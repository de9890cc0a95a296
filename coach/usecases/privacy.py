"""A person's own data: what is kept, for how long, and when a talk is forgotten by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from coach.domain.handover import Stage
from coach.domain.interview import Interview
from coach.usecases.choices import by_words
from coach.usecases.reply import Say

IDLE = timedelta(hours=24)
"""Without consent a talk is forgotten when nothing is said for so long ('een dag' in the responses)."""
CLOSED = timedelta(hours=1)
"""The same once it is finished ('een uur'): time enough to fetch the page and the calendar file."""


class Wish(StrEnum):
    """What somebody can want with their data; the words for each stand in content/words.yml."""

    SHOW = "inzien"
    COPY = "kopie"
    ERASE = "wissen"
    ERASE_NOW = "wissen_ja"
    UNKEPT = "niet_bewaren"


@dataclass(frozen=True)
class Terms:
    """How long things are kept: settings of the operator."""

    months: int = 12
    """For assessments, plans and talks, since they last changed."""
    text_days: int = 30
    """For the words of the talk itself."""
    sentence_days: int = 90
    """For sentences that were not understood, kept without names and numbers, since they were last said; 0 keeps none."""
    backup_days: int = 30
    """After so many days nothing that was erased is in a backup any more; 0 when none is made."""


@dataclass(frozen=True)
class Kept:
    """What is kept of one talk: every row that belongs to it, by table."""

    tables: Mapping[str, tuple[Mapping[str, Any], ...]]

    def rows(self, table: str) -> tuple[Mapping[str, Any], ...]:
        return self.tables.get(table, ())

    @property
    def state(self) -> Mapping[str, Any]:
        talks = self.rows("talks")
        state: Mapping[str, Any] = talks[0]["state"] if talks else {}
        return state


class Vault(Protocol):
    def everything(self, talk: str) -> Kept | None:
        """None when there is no such talk."""
        ...


def wish(text: str, words: Mapping[str, Any], keeping: Mapping[str, Any]) -> Wish | None:
    """What is asked for with one's data, by the words in it; 'kan ik iets wissen?' is a question, no request.

    `keeping` has the words of 'bewaar hier alsjeblieft niets van', which stand in any order.
    """
    found = by_words(text, words) or _not_keeping(text, keeping)
    if found == Wish.ERASE and text.rstrip().endswith("?"):
        return None
    return Wish(found) if found else None


def _not_keeping(text: str, keeping: Mapping[str, Any]) -> Wish | None:
    """Keeping, a no, and a wish or an order: 'worden ze niet bewaard' asks, and orders nothing."""
    asks = text.rstrip().endswith("?") or by_words(text, {"ask": keeping["ask"]})
    ordered = all(by_words(text, {kind: keeping[kind]}) for kind in ("order", "no"))
    wished = all(by_words(text, {kind: keeping[kind]}) for kind in ("wish", "keep", "no"))
    return Wish.UNKEPT if (ordered or wished) and not asks else None


def forget_at(state: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a talk in this state is to be forgotten if nobody says anything more; None: it is kept.

    Before anybody was asked for consent, nothing is kept either, except of a talk that had consent before.
    """
    slots = state.get("slots", {})
    if (slots.get("handover") or {}).get("stage") == Stage.SENT:
        return None  # somebody is going to answer
    interview = Interview.from_json(slots["interview"]) if slots.get("interview") else None
    consent = interview.consent if interview else None
    if consent or (consent is None and int(slots.get("round") or 1) > 1):
        return None
    return now + (CLOSED if slots.get("part") == "finished" else IDLE)


def summary(kept: Kept, terms: Terms) -> Say:
    """What is kept, in a few lines, and until when."""
    talk = kept.rows("talks")[0]
    filled = {
        "answers": str(len(kept.rows("answers"))),
        "plans": str(len(kept.rows("plans"))),
        "lines": str(talk["lines"]),
        "months": str(terms.months),
        "days": str(terms.text_days),
    }
    return Say("utter_data_unkept" if talk["forget_at"] else "utter_data_shown", filled)


def erased(terms: Terms) -> tuple[Say, ...]:
    """The last thing said: it is done, and what the operator's backups still hold."""
    if not terms.backup_days:
        return (Say("utter_data_erased"),)
    return (Say("utter_data_erased_backups", {"days": str(terms.backup_days)}),)
