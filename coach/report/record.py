"""Everything that is kept of one talk: as a page that its person can read and print, and as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from coach.domain.answers import Construct, Question
from coach.domain.content import Content
from coach.domain.path import Process, Ring
from coach.report import page
from coach.report.calendar import AMSTERDAM
from coach.usecases.privacy import Kept, Terms
from coach.usecases.spoken import spoken

DAYS_A_MONTH = 30.44
READABLE = (
    "assessments",
    "answers",
    "plans",
    "inbox",
    "outbox",
    "addresses",
    "handovers",
    "handover_lines",
)
"""Told in words on the page; every other row is shown there as it is stored."""


def plain(kept: Kept) -> dict[str, Any]:
    """Every row of every table, with times as ISO text."""
    return {name: [_plain(row) for row in rows] for name, rows in kept.tables.items()}


def html(kept: Kept, content: Content, terms: Terms, copy: str, wipe: str) -> str:
    """The page; `copy` is the address of the same as JSON, `wipe` of the page that erases it."""
    talk = kept.rows("talks")[0]
    rest = {name: rows for name, rows in plain(kept).items() if name not in READABLE and rows}
    return page.render(
        "record.html.j2",
        talk=talk,
        rounds=[_round(row, kept, content) for row in kept.rows("assessments")],
        plans=[_promise(row, content) for row in kept.rows("plans")],
        lines=_lines(kept),
        handovers=[_handover(row, kept, content) for row in kept.rows("handovers")],
        addresses=[_pairs(row["data"]) for row in kept.rows("addresses")],
        rest=rest,
        copy=copy,
        wipe=wipe,
        begun=_day(talk["created_at"], content),
        until=_day(talk["updated_at"] + timedelta(days=terms.months * DAYS_A_MONTH), content),
        texts_until=_day(talk["updated_at"] + timedelta(days=terms.text_days), content),
        forget=_moment(talk["forget_at"], content) if talk["forget_at"] else "",
        terms=terms,
    )


def _round(row: Mapping[str, Any], kept: Kept, content: Content) -> dict[str, Any]:
    given = [answer for answer in kept.rows("answers") if answer["assessment"] == row["id"]]
    place = ""
    if row["ring"] and row["process"]:
        ring, process = content.rings[Ring(row["ring"])], content.processes[Process(row["process"])]
        place = f"{ring.name}: {process.name}"
    subjects = content.words["subjects"]
    return {
        **row,
        "subject": subjects[row["subject"]][0],
        "place": place,
        "answers": [_answer(answer, row, content) for answer in given],
        "on": _day(row["updated_at"], content),
    }


def _answer(answer: Mapping[str, Any], row: Mapping[str, Any], content: Content) -> dict[str, Any]:
    ring = Ring(answer["ring"]) if answer["ring"] else None
    questionnaire = content.questionnaires.get(row["version"])
    item = (
        questionnaire.items.get(Question(Construct(answer["construct"]), ring))
        if questionnaire
        else None
    )
    echo = item.echo.get(answer["level"], "") if item and answer["level"] else ""
    return {**answer, "name": item.name if item else answer["construct"], "echo": echo}


def _promise(row: Mapping[str, Any], content: Content) -> dict[str, Any]:
    return {
        **row,
        "went": content.words["outcomes"][row["outcome"]][0],
        "when": spoken(row["on_date"], content) or row["when_words"],
        "back": spoken(row["come_back"], content),
        "on": _day(row["updated_at"], content),
    }


def _handover(row: Mapping[str, Any], kept: Kept, content: Content) -> dict[str, Any]:
    said = [line for line in kept.rows("handover_lines") if line["handover"] == row["id"]]
    return {
        "on": _day(row["asked_at"], content),
        "summary": row["summary"],
        "state": row["state"],
        "lines": [line for line in said if line["by"] != "bot"],
    }


def _lines(kept: Kept) -> list[dict[str, Any]]:
    """The talk as it was said, in order; a button is shown by its title, on every channel."""
    titles = {
        button["payload"]: button["title"]
        for r in kept.rows("outbox")
        for button in r["message"].get("buttons", ())
        if "payload" in button
    }
    said = [
        {"n": r["line"], "by_user": True, "text": titles.get(r["text"], r["text"])}
        for r in kept.rows("inbox")
        if r["line"] and r["text"]
    ]
    said += [
        {"n": r["line"], "by_user": False, "text": r["message"]["text"]}
        for r in kept.rows("outbox")
        if r["message"].get("text")
    ]
    return sorted(said, key=lambda line: line["n"])


def _pairs(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in data.items()]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime | date) else value
        for key, value in row.items()
    }


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(AMSTERDAM)


def _day(moment: datetime, content: Content) -> str:
    on = _local(moment).date()
    return f"{spoken(on, content)} {on.year}"


def _moment(moment: datetime, content: Content) -> str:
    return f"{_day(moment, content)}, {_local(moment):%H.%M}"
