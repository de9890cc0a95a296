"""The calendar file opens in strict readers, says what was promised, and keeps its ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ics
import pytest
from icalendar import Calendar, Event
from sheets import BACK, ON, ROLES, promised

from coach.domain.content import Content
from coach.domain.path import POSITIONS
from coach.domain.promise import Outcome, Promise
from coach.report.calendar import AMSTERDAM, draw_up

MADE = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
TALK = "0123456789abcdef0123456789abcdef"
AWKWARD = (
    "Koffie, taart; en een \\ streep \N{HOT BEVERAGE}\N{VARIATION SELECTOR-16}\N{ROCKET}\n"
    "BEGIN:VALARM: tweede regel met een heel lang stuk dat zeker gevouwen moet worden, é ü ß \N{ROCKET}"
)


def _file(content: Content, position: int = 5, **said: Any) -> bytes:
    made = draw_up(promised(content, POSITIONS[position], **said), TALK, MADE)
    assert made is not None
    return made


def _events(file: bytes) -> list[Event]:
    """Read strictly: nothing may be left that the reader had to skip."""
    calendar = Calendar.from_ical(file)
    assert [part.errors for part in calendar.walk()] == [[] for _ in calendar.walk()]
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize("position", range(12))
def test_the_step_and_the_check_in_stand_on_their_days(content: Content, position: int) -> None:
    file = _file(content, position, who="ik, samen met een collega")
    step, check_in = _events(file)
    for event, on in ((step, ON), (check_in, BACK)):
        begins = event.decoded("dtstart")
        assert (begins.date(), begins.hour, begins.tzinfo.key) == (on, 9, AMSTERDAM.key)
        assert event.decoded("dtend") > begins
    assert begins.utcoffset() == timedelta(hours=2)  # 29 March 2027 is in summer time
    told = str(step["description"])
    assert "ik, samen met een collega" in told
    assert content.places[POSITIONS[position]].in_order_when[0] in told
    assert {str(t["tzid"]) for t in Calendar.from_ical(file).walk("VTIMEZONE")} == {AMSTERDAM.key}


def test_another_reader_agrees(content: Content) -> None:
    events = sorted(ics.Calendar(_file(content, what=AWKWARD).decode()).events)
    assert [event.begin.date() for event in events] == [ON, BACK]
    assert AWKWARD in events[0].description and AWKWARD in events[1].description


def test_awkward_words_stay_whole_and_break_nothing(content: Content) -> None:
    file = _file(content, what=AWKWARD, who="de baas; nee, ik", helps="tijd, rust;\nen koffie")
    step, _ = _events(file)
    for words in (AWKWARD, "de baas; nee, ik", "tijd, rust;\nen koffie"):
        assert words in str(step["description"])
    assert b"\nBEGIN:VALARM" not in file
    lines = file.split(b"\r\n")
    assert lines[-1] == b"" and not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # folded between characters, never inside one


def test_ids_stay_and_differ_by_talk_round_and_event(content: Content) -> None:
    sheet = promised(content, POSITIONS[0])

    def ids(talk: str, round_: int, made: datetime) -> list[str]:
        file = draw_up(replace(sheet, round=round_), talk, made)
        assert file is not None
        return [str(event["uid"]) for event in _events(file)]

    first = ids(TALK, 1, MADE)
    assert ids(TALK, 1, MADE + timedelta(days=2)) == first
    others = [*first, *ids(TALK, 2, MADE), *ids("f" * 32, 1, MADE)]
    assert len(set(others)) == 6 and not any(TALK in one for one in others)


@pytest.mark.parametrize(
    ("on", "back", "events"), [(ON, None, 1), (None, BACK, 1), (None, None, 0)]
)
def test_only_what_has_a_date_is_an_event(
    content: Content, on: date | None, back: date | None, events: int
) -> None:
    file = draw_up(promised(content, POSITIONS[3], on=on, back=back), TALK, MADE)
    assert (len(_events(file)) if file else 0) == events


def test_a_calendar_that_has_it_sees_which_is_newer(content: Content) -> None:
    sheet = promised(content, POSITIONS[2])
    first = Promise(ROLES[0], sheet.plan)
    moved = first.with_day(date(2026, 12, 11), "vrijdag over een week").revised(first)
    undone = first.revised(moved)
    numbers = []
    for promise in (first, first.revised(first), moved, undone):
        file = draw_up(replace(sheet, plan=promise.plan, revision=promise.revision), TALK, MADE)
        assert file is not None
        events = _events(file)
        assert {str(event["status"]) for event in events} == {"CONFIRMED"}
        numbers.append([event["sequence"] for event in events])
    assert numbers == [[0, 0], [0, 0], [1, 1], [2, 2]]
    assert Promise.from_json(undone.to_json()) == undone


def test_a_step_that_was_dropped_is_cancelled_in_the_calendar(content: Content) -> None:
    sheet = replace(promised(content, POSITIONS[2]), outcome=Outcome.DROPPED, revision=3)
    file = draw_up(sheet, TALK, MADE)
    assert file is not None
    assert [str(event["status"]) for event in _events(file)] == ["CANCELLED", "CANCELLED"]
