"""A promise as a calendar file (RFC 5545): the step on its day, and the day to look back.

The times are at nine in the morning in Amsterdam and block nobody's day. An event keeps its id and counts its
revisions, so that a calendar that already has it takes over a change, and a step that was dropped is cancelled there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from coach.domain.promise import Outcome
from coach.usecases.sheet import Sheet
from coach.usecases.spoken import mirror

if TYPE_CHECKING:
    from icalendar import Event

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AT = time(9, 0)
LASTS = timedelta(minutes=15)
MAKER = "-//Padwijzer//Padwijzer//NL"


def draw_up(sheet: Sheet, talk: str, made: datetime) -> bytes | None:
    """The file; None when the promise has no date, because a calendar without events is not valid.

    `talk` and the round of the promise make the ids; `made` is a time with its zone.
    """
    from icalendar import Calendar

    days = {"step": sheet.plan.on, "check_in": sheet.plan.come_back}
    dated = {kind: on for kind, on in days.items() if on}
    if not dated:
        return None
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _texts()["name"])
    for kind, on in dated.items():
        calendar.add_component(_event(sheet, kind, on, f"{talk}:{sheet.round}:{kind}", made))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(sheet: Sheet, kind: str, on: date, key: str, made: datetime) -> Event:
    from icalendar import Event

    begins = datetime.combine(on, AT, AMSTERDAM)
    event = Event()
    event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@padwijzer")
    event.add("dtstamp", made.astimezone(UTC))
    event.add("last-modified", made.astimezone(UTC))
    event.add("sequence", sheet.revision)
    event.add("status", "CANCELLED" if sheet.outcome is Outcome.DROPPED else "CONFIRMED")
    event.add("dtstart", begins)
    event.add("dtend", begins + LASTS)
    event.add("summary", _texts()[kind]["title"].format(short=mirror(sheet.plan.what)))
    event.add("description", _description(sheet, kind))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _description(sheet: Sheet, kind: str) -> str:
    plan, texts = sheet.plan, _texts()
    said: Mapping[str, Any] = {
        "what": plan.what, "who": plan.who, "when": sheet.when, "sure": plan.sure,
    }  # fmt: skip
    lines = [texts[kind]["text"].format(**said)]
    if kind == "step":
        lines += [texts["helps"].format(helps=plan.helps)] if plan.helps else []
        lines += [texts["question"].format(question=sheet.working_on.guiding_question)]
    lines += [texts["signs"], *(f"- {sign}" for sign in sheet.signs)]
    return "\n".join(lines)


@cache
def _texts() -> dict[str, Any]:
    import yaml

    file = Path(__file__).with_name("calendar.yml")
    texts: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return texts
