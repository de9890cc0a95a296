"""A persona: what someone knows about learning at work, and where that should lead. One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coach.domain.answers import (
    LEVELS,
    RING_CONSTRUCTS,
    Construct,
    Level,
    Question,
    Role,
    Subject,
)
from coach.domain.coaching import Stage
from coach.domain.errors import BadContent
from coach.domain.path import Position, Process, Ring
from coach.domain.placement import ring_of

USUAL_SUBJECT = {Role.LEERADVISEUR: Subject.ORGANISATIE}


@dataclass(frozen=True)
class Known:
    """What a persona can say about one construct; without a level it can say nothing."""

    level: Level | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Persona:
    id: str
    role: Role
    position: Position
    answers: Mapping[Construct, Known]
    subject: Subject = Subject.TEAM
    coaching: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Own texts by stage of the coaching talk."""

    @property
    def ring(self) -> Ring:
        """The ring whose processes it knows; in a transition not the ring of its position."""
        return ring_of([self._level(c) for c in RING_CONSTRUCTS]) or self.position.ring

    def knows(self, question: Question) -> Known:
        """What it knows about a question; nothing about the processes of another ring."""
        if question.ring not in (None, self.ring):
            return Known()
        return self.answers.get(question.construct, Known())

    def _level(self, construct: Construct) -> Level | None:
        return self.answers.get(construct, Known()).level


def read(path: Path) -> tuple[Persona, ...]:
    """Every persona in the file; BadContent at the first line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadContent(str(path), 0, "/", error.strerror or "cannot be read") from None
    except UnicodeDecodeError:
        raise BadContent(str(path), 0, "/", "is no UTF-8 text") from None
    personas = tuple(Line(path.name, n, text).persona() for n, text in _filled(lines))
    seen: set[str] = set()
    for (number, _), persona in zip(_filled(lines), personas, strict=True):
        if persona.id in seen:
            raise BadContent(path.name, number, "id", f"{persona.id!r} stands here twice")
        seen.add(persona.id)
    if not personas:
        raise BadContent(path.name, 0, "/", "there are no personas in this file")
    return personas


def _filled(lines: list[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


@dataclass(frozen=True)
class Line:
    """One line of a persona file, with its place for error messages."""

    file: str
    number: int
    text: str

    def persona(self) -> Persona:
        try:
            data = json.loads(self.text)
        except json.JSONDecodeError as error:
            raise self._refuse("/", f"no valid JSON: {error.msg}") from None
        if not isinstance(data, dict):
            raise self._refuse("/", "a persona is a JSON object")
        role = Role(self._one_of(data, "role", [r.value for r in Role]))
        return Persona(
            self._text(data, "id"),
            role,
            self._position(data),
            self._answers(data),
            self._subject(data, role),
            self._coaching(data),
        )

    def _position(self, data: dict[str, Any]) -> Position:
        position = self._mapping(data, "position")
        ring = self._one_of(position, "ring", [r.value for r in Ring])
        process = self._one_of(position, "process", [p.value for p in Process])
        return Position(Ring(ring), Process(process))

    def _answers(self, data: dict[str, Any]) -> dict[Construct, Known]:
        answers = self._mapping(data, "answers")
        for name in answers:
            self._one_of({"answers": name}, "answers", [c.value for c in Construct])
        return {Construct(name): self._known(answers, name) for name in answers}

    def _known(self, answers: dict[str, Any], name: str) -> Known:
        said = self._mapping(answers, name)
        level = said.get("level") or None
        if level is None:
            return Known()
        if level not in LEVELS:
            raise self._refuse(name, f"level {level!r} is none of 1, 2, 3 or unknown (0, null)")
        return Known(level, self._texts(name, said.get("texts")))

    def _subject(self, data: dict[str, Any], role: Role) -> Subject:
        if "subject" not in data:
            return USUAL_SUBJECT.get(role, Subject.TEAM)
        return Subject(self._one_of(data, "subject", [s.value for s in Subject]))

    def _coaching(self, data: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        coaching = self._mapping({"coaching": {}, **data}, "coaching")
        for stage in coaching:
            self._one_of({"coaching": stage}, "coaching", [s.value for s in Stage])
        return {stage: self._texts(stage, texts) for stage, texts in coaching.items()}

    def _texts(self, key: str, texts: Any) -> tuple[str, ...]:
        listed = [texts] if isinstance(texts, str) else texts
        if not isinstance(listed, list) or not listed:
            raise self._refuse(key, "texts are missing")
        if not all(isinstance(text, str) and text.strip() for text in listed):
            raise self._refuse(key, "a text is empty")
        return tuple(listed)

    def _text(self, data: dict[str, Any], key: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value:
            raise self._refuse(key, "this key is missing")
        return value

    def _one_of(self, data: dict[str, Any], key: str, values: list[str]) -> str:
        value = self._text(data, key)
        if value not in values:
            raise self._refuse(key, f"{value!r} is none of {', '.join(values)}")
        return value

    def _mapping(self, data: dict[str, Any], key: str) -> dict[str, Any]:
        value = data.get(key)
        if not isinstance(value, dict):
            raise self._refuse(key, "this key is missing, or no JSON object")
        return value

    def _refuse(self, key: str, problem: str) -> BadContent:
        return BadContent(self.file, self.number, key, problem)
