"""The form as a page: which questions it shows, with what is filled in, what is missing and the result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coach.domain.answers import Question, Role, process_questions, ring_questions
from coach.domain.interview import Interview
from coach.domain.path import Ring
from coach.usecases.choices import NO, YES
from coach.usecases.form import UNKNOWN, Field, FormTalk, Sheet

ROOM = Path(__file__).parent
MOST_WORDS = 500

Errors = dict[str, str]
"""The id of a field and the code of what is wrong with it, in the order of the page."""


@dataclass(frozen=True)
class Frame:
    """Where the page stands: on the front of the service, or at the desk for the talk of a client."""

    path: str = "/formulier"
    home: str = "/"
    chat: str = "/"
    proof: str = "token"
    """The name of the field that shows that a page of ours sent it."""
    title: str = ""
    """Whose talk it is; at the desk alone."""

    @property
    def at_desk(self) -> bool:
        """Then who it is about and whether it is kept is settled, and a form may come in half filled."""
        return bool(self.title)


@dataclass(frozen=True)
class Shown:
    """All that the page needs beside the sheet."""

    token: str
    id: str
    frame: Frame = Frame()
    errors: Errors = field(default_factory=dict)
    notice: str | None = None
    said: Sequence[Mapping[str, Any]] = ()
    alt: str = ""
    alarm: str | None = None
    placed: bool = False
    talking: bool = False
    invited: bool = False
    """The talk is one of a team that sent a code: what it is about is known."""
    invitation: str = ""
    """A code in the address, by which one may join."""
    told: str = ""
    """What the bot said to that code."""


@cache
def texts() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOM / "texts.yml").read_text(encoding="utf-8"))
    return found


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOM),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["paragraphs"] = paragraphs
    return made


class FormPage:
    def __init__(self, talk: FormTalk) -> None:
        self._talk = talk

    def render(self, sheet: Sheet, ring: Ring | None, privacy: str, shown: Shown) -> str:
        """The page; `ring` is whose process questions are on it, or None."""
        said = texts()
        errors = [(id_, self._error(id_, code)) for id_, code in shown.errors.items()]
        return (
            _templates()
            .get_template("page.html.j2")
            .render(
                t=said,
                sheet=sheet,
                shown=shown,
                frame=shown.frame,
                errors=errors,
                wrong=dict(errors),
                privacy=privacy,
                opening=[] if shown.frame.at_desk else self._opening(sheet, dict(errors), shown),
                ring_fields=self._fields(sheet, ring_questions(), shown) if sheet.role else [],
                process_fields=self._fields(sheet, process_questions(ring), shown) if ring else [],
                ring=ring.value if ring else "",
                most=MOST_WORDS,
            )
        )

    def plain(self, sentence: str) -> str:
        """A page that only says why something is refused."""
        return _templates().get_template("refused.html.j2").render(t=texts(), sentence=sentence)

    def _error(self, id_: str, code: str) -> str:
        items = self._talk.content.questionnaires[self._talk.content.current].items.values()
        names = {item.question.id: item.name for item in items}
        return str(texts()["errors"][code].format(name=names.get(id_, "")))

    def _opening(
        self, sheet: Sheet, wrong: Mapping[str, str], shown: Shown
    ) -> list[dict[str, Any]]:
        said = texts()
        consent = {True: YES, False: NO, None: ""}[sheet.consent]
        rows = (
            ("role", "roles", sheet.role or ""),
            ("subject", "subjects", sheet.subject or ""),
            ("consent", "consents", consent),
        )
        # for whom was invited the subject is the team, and nobody there is an adviser
        left_out = (Role.LEERADVISEUR.value,) if shown.invited else ()
        return [
            {
                "id": name,
                "name": name,
                "legend": said[name],
                "options": [o for o in said[options].items() if o[0] not in left_out],
                "value": str(value),
                "error": wrong.get(name),
            }
            for name, options, value in rows
            if not (shown.invited and name == "subject")
        ]

    def _fields(
        self, sheet: Sheet, questions: Sequence[Question], shown: Shown
    ) -> list[dict[str, Any]]:
        version = sheet.version
        interview = replace(Interview(version), role=sheet.role or Role.MEDEWERKER)
        items = self._talk.content.questionnaires[version].items
        ordered = [q for q in items if q in questions]
        return [self._field(interview, sheet, q, shown.errors.get(q.id)) for q in ordered]

    def _field(
        self, interview: Interview, sheet: Sheet, question: Question, code: str | None
    ) -> dict[str, Any]:
        talk = self._talk.interview
        wording, item = talk.wording(interview, question), talk.item(interview, question)
        values, titles = talk.levels_as_shown(interview, question)
        options = [(v.removeprefix("niveau_"), t) for v, t in zip(values, titles, strict=True)]
        filled = sheet.answers.get(question.id, Field())
        return {
            "id": question.id,
            "name": f"niveau-{question.id}",
            "legend": wording.question,
            "options": [*options, (UNKNOWN, texts()["unknown"])],
            "value": filled.level,
            "words": filled.words,
            "explanation": item.explanation,
            "probe": wording.probe,
            "error": self._error(question.id, code) if code else None,
        }


def paragraphs(text: str) -> list[list[str] | str]:
    """A text of the bot as paragraphs and lists."""
    found: list[list[str] | str] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        point = re.match(r"^[-*] +(.*)", line)
        if not point:
            found.append(line)
        elif found and isinstance(found[-1], list):
            found[-1].append(point[1])
        else:
            found.append([point[1]])
    return found
