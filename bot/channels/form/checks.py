"""What is wrong with a form that was sent in, in the order of the page; nothing is ever guessed or lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.channels.form.page import MOST_WORDS, Errors
from coach.domain.answers import Question, Role, Subject
from coach.domain.interview import Interview
from coach.domain.path import Ring
from coach.usecases.form import Field, FormTalk, Sheet, Taken


@dataclass(frozen=True)
class Checked:
    """A sheet with what is wrong in it, or the interview that it gives."""

    sheet: Sheet
    errors: Errors = field(default_factory=dict)
    taken: Taken | None = None


@dataclass(frozen=True)
class Alarm:
    """A sheet without the words that speak of distress, and what is said about them."""

    sheet: Sheet
    sentence: str


def check(talk: FormTalk, sheet: Sheet, before: Interview | None) -> Checked:
    errors = opening_errors(sheet)
    if not is_open(sheet):
        return Checked(sheet, errors)
    items = talk.content.questionnaires[sheet.version].items
    known = {question.id for question in items}
    sheet = replace(sheet, answers={k: f for k, f in sheet.answers.items() if k in known})
    on_page = [q for q in items if q.id in sheet.answers]
    errors |= {q.id: "long" for q in on_page if len(sheet.answers[q.id].words) > MOST_WORDS}
    taken = talk.take(sheet, before)
    sheet, found = _read(talk, sheet, [q for q in taken.missing if q in on_page])
    errors |= {id_: code for id_, code in found.items() if id_ not in errors}
    ordered = {q.id: errors[q.id] for q in on_page if q.id in errors}
    opening = {id_: code for id_, code in errors.items() if id_ not in ordered}
    return Checked(sheet, {**opening, **ordered}, taken)


def opening_errors(sheet: Sheet) -> Errors:
    errors: Errors = {}
    if sheet.role is None:
        errors["role"] = "role"
    if sheet.subject is None:
        errors["subject"] = "subject"
    elif sheet.subject is Subject.KLANT and sheet.role not in (None, Role.LEERADVISEUR):
        errors["subject"] = "client"
    if sheet.consent is None:
        errors["consent"] = "consent"
    return errors


def is_open(sheet: Sheet) -> bool:
    return bool(sheet.role and sheet.subject and sheet.consent is not None)


def ring_of(talk: FormTalk, sheet: Sheet) -> Ring | None:
    """Whose process questions belong on the page: of the ring that the answers on it give."""
    return talk.take(sheet, None).interview.ring() if is_open(sheet) else None


def alarm(sheet: Sheet, of_words: Callable[[str], str | None]) -> Alarm | None:
    """The first words that speak of distress; all such words are taken off the sheet."""
    said = {id_: of_words(f.words) for id_, f in sheet.answers.items() if f.words}
    grave = {id_: sentence for id_, sentence in said.items() if sentence}
    if not grave:
        return None
    kept = {
        id_: Field(f.level, "" if id_ in grave else f.words) for id_, f in sheet.answers.items()
    }
    return Alarm(replace(sheet, answers=kept), next(iter(grave.values())))


def _read(talk: FormTalk, sheet: Sheet, unanswered: list[Question]) -> tuple[Sheet, Errors]:
    """Words without a choice: the choice that they seem to mean is made, and asked about."""
    answers, errors = dict(sheet.answers), {}
    for question in unanswered:
        words = answers[question.id].words[:MOST_WORDS]
        level = talk.suggest(sheet, question, words) if words else None
        errors[question.id] = "read" if level else "answer"
        if level:
            answers[question.id] = Field(str(level), answers[question.id].words)
    return replace(sheet, answers=answers), errors
