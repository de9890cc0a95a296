"""The interview as a form: what was filled in becomes the same interview that a talk gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from coach.domain.answers import LEVELS, Answer, Level, Question, Role, Subject
from coach.domain.content import Content
from coach.domain.filling import fill, missing
from coach.domain.interview import Interview, Phase, begin
from coach.domain.path import Ring
from coach.domain.rounds import Round
from coach.usecases import result
from coach.usecases.interview import UNSURE, InterviewTalk
from coach.usecases.reply import Say

UNKNOWN = "onbekend"


@dataclass(frozen=True)
class Field:
    """What stands in one question of the form: a level (`1`, `2`, `3`), `onbekend` or nothing, and words."""

    level: str = ""
    words: str = ""


@dataclass(frozen=True)
class Sheet:
    """A form as it was filled in; `answers` by the id of their question, `ring` whose processes were shown."""

    version: str = ""
    role: Role | None = None
    subject: Subject | None = None
    consent: bool | None = None
    ring: Ring | None = None
    answers: Mapping[str, Field] = field(default_factory=dict)
    at_desk: bool = False
    """Of a talk that an adviser holds for a client; set by the desk, and by no form."""

    def to_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "role": self.role,
            "subject": self.subject,
            "consent": self.consent,
            "ring": self.ring.value if self.ring else None,
            "answers": {id_: [f.level, f.words] for id_, f in self.answers.items()},
            "at_desk": self.at_desk,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            data["version"],
            Role(data["role"]) if data["role"] else None,
            Subject(data["subject"]) if data["subject"] else None,
            data["consent"],
            Ring(data["ring"]) if data["ring"] else None,
            {id_: Field(*pair) for id_, pair in data["answers"].items()},
            data.get("at_desk", False),
        )


@dataclass(frozen=True)
class Taken:
    """The interview that a sheet gives, the questions that still need an answer, and answers it did not ask for."""

    interview: Interview
    missing: tuple[Question, ...] = ()
    unused: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True)
class FormTalk:
    content: Content
    interview: InterviewTalk

    def version_for(self, before: Interview | None) -> str:
        """The questionnaire of the interview that was begun, else the current one."""
        known = before is not None and before.version in self.content.questionnaires
        return before.version if before and known else self.content.current

    def sheet_of(self, before: Interview | None, unused: Mapping[str, Field]) -> Sheet:
        """The form as it stands in the talk, with what was filled in and not needed."""
        version = self.version_for(before)
        if before is None or before.version != version:
            return Sheet(version)
        answers = {q.id: self._field(before, a) for q, a in before.settled().items()}
        return Sheet(
            version,
            before.role,
            before.subject,
            before.consent,
            before.ring(),
            {**unused, **answers},
        )

    def take(self, sheet: Sheet, before: Interview | None) -> Taken:
        """The interview of a sheet whose opening is complete; answers that did not change stay as they were given."""
        assert sheet.role and sheet.subject and sheet.consent is not None
        opening = self._opening(sheet, before).give_consent(sheet.consent)
        given = self._given(opening, sheet, before)
        interview = fill(opening, given)
        asked = {entry.answer.question.id for entry in interview.trail}
        unused = {id_: f for id_, f in sheet.answers.items() if id_ not in asked and f != Field()}
        return Taken(interview, missing(opening, given), unused)

    def _opening(self, sheet: Sheet, before: Interview | None) -> Interview:
        """Up to the consent."""
        assert sheet.role and sheet.subject
        questionnaire = self.content.questionnaires[sheet.version]
        fresh = begin(questionnaire.version, questionnaire.order)
        if sheet.at_desk:
            return fresh.for_client()
        if before and before.invited:
            return fresh.for_team().choose_role(sheet.role)
        return fresh.choose_role(sheet.role).choose_subject(sheet.subject)

    @staticmethod
    def invited(sheet: Sheet, before: Interview | None) -> Sheet:
        """The sheet of somebody who was invited: about the team, and not as an adviser of it."""
        if before is None or not before.invited:
            return sheet
        role = None if sheet.role is Role.LEERADVISEUR else sheet.role
        return replace(sheet, subject=Subject.TEAM, role=role)

    def is_new(self, taken: Interview, before: Interview | None) -> bool:
        """Whether the form says anything that the talk did not know."""
        if before is None:
            return True
        opening = (taken.version, taken.role, taken.subject, taken.consent)
        if opening != (before.version, before.role, before.subject, before.consent):
            return True
        return taken.settled() != before.settled()

    def suggest(self, sheet: Sheet, question: Question, words: str) -> Level | None:
        """The level that words seem to say; it is shown and asked about, never taken."""
        item = self.content.questionnaires[sheet.version].items[question]
        reading = self.interview.reader.read(words, item, sheet.role or Role.MEDEWERKER)
        return reading.level if reading.certainty >= UNSURE else None

    def says(self, interview: Interview, rounds: Sequence[Round] = ()) -> tuple[Say, ...]:
        """What the talk says about a form that came in: the place when it is known, and what is asked now."""
        placed = result.show(self.content, interview, rounds) if interview.placement() else ()
        return (*placed, *self.interview.ask(interview))

    def result(self, interview: Interview, rounds: Sequence[Round] = ()) -> tuple[Say, ...]:
        """The place in words, or why there is none yet; nothing while questions are open."""
        if interview.placement():
            return result.show(self.content, interview, rounds)
        return (Say("utter_unplaced"),) if interview.phase is Phase.UNPLACED else ()

    def _given(
        self, opening: Interview, sheet: Sheet, before: Interview | None
    ) -> dict[Question, Answer]:
        earlier = before.settled() if before and before.version == sheet.version else {}
        same_role = bool(before) and before is not None and before.role is opening.role
        found = {}
        for question in self.content.questionnaires[sheet.version].items:
            filled = sheet.answers.get(question.id, Field())
            known = earlier.get(question)
            if known and same_role and before and filled == self._field(before, known):
                found[question] = known
            elif filled.level in (UNKNOWN, *map(str, LEVELS)):
                found[question] = self._answer(opening, question, filled)
        return found

    def _answer(self, opening: Interview, question: Question, filled: Field) -> Answer:
        if filled.level == UNKNOWN:
            return Answer(question, None, filled.words)
        level: Level = int(filled.level)
        anchor = self.interview.wording(opening, question).anchors[level]
        return Answer(question, level, filled.words or anchor)

    def _field(self, interview: Interview, answer: Answer) -> Field:
        """An answer as it stands on the form: words of our own are not the user's."""
        if answer.level is None:
            return Field(UNKNOWN, answer.words)
        anchor = self.interview.wording(interview, answer.question).anchors[answer.level]
        return Field(str(answer.level), "" if answer.words == anchor else answer.words)
