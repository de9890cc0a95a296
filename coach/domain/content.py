"""What the learning experts own, as the talk sees it: items, positions, steps, obstacles and topics.

Plain frozen data; `coach.content` fills it from the files in `content/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from coach.domain.answers import Construct, Level, Question, Role
from coach.domain.opinions import Statements
from coach.domain.path import Position, Process, Ring


@dataclass(frozen=True)
class Wording:
    """One question in the words of one role."""

    question: str
    probe: str
    anchors: Mapping[Level, str]


@dataclass(frozen=True)
class Item:
    question: Question
    name: str
    explanation: str
    why: str
    echo: Mapping[Level, str]
    roles: Mapping[Role, Wording]
    changed_in: str = ""
    """The questionnaire version in which its meaning changed: what was said before is not compared with it."""


@dataclass(frozen=True)
class Questionnaire:
    """All items under one version; the ring items are asked in the order in which they stand."""

    version: str
    items: Mapping[Question, Item]

    @property
    def order(self) -> tuple[Question, ...]:
        return tuple(question for question in self.items if question.ring is None)


@dataclass(frozen=True)
class OwnStep:
    """A step as one role can take it: a button label and the first small step within two weeks."""

    label: str
    first_step: str


@dataclass(frozen=True)
class Step:
    id: str
    title: str
    actors: tuple[str, ...]
    what: str
    roles: Mapping[Role, OwnStep]
    time: str
    pitfall: str
    evidence: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """The content of one position."""

    position: Position
    code: str
    name: str
    place: str
    guiding_question: str
    meaning: str
    looks_like: tuple[str, ...]
    in_order_when: tuple[str, ...]
    standstill: tuple[str, ...]
    reality: Mapping[Role, str]
    obstacle: Mapping[Role, str]
    steps: tuple[Step, ...]

    def steps_for(self, role: Role) -> tuple[Step, ...]:
        """The steps this role can take itself, the best to offer first."""
        return tuple(step for step in self.steps if role in step.roles)


@dataclass(frozen=True)
class Obstacle:
    id: str
    label: str
    words: tuple[str, ...]
    looks_back_to: Process | None
    answers: Mapping[Role, str]


@dataclass(frozen=True)
class Part:
    """A ring or a process: the model's name, plain words and an explanation."""

    name: str
    plain: str
    explanation: str


@dataclass(frozen=True)
class Trait:
    """A ring construct in plain words, as a point of attention and as a strength."""

    plain: str
    attention: str
    strength: str


@dataclass(frozen=True)
class Topic:
    """A question that people ask at any time."""

    id: str
    question: str
    answer: str
    more: str


@dataclass(frozen=True)
class Term:
    term: str
    also: tuple[str, ...]
    meaning: str


@dataclass(frozen=True)
class Resource:
    """A Dutch place to go for help, money or proof, as it was on the day it was checked."""

    id: str
    name: str
    roles: tuple[Role, ...]
    what: str
    url: str
    checked_on: date
    positions: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    """A scheme that is no more: said only when somebody names it."""

    name: str
    also: tuple[str, ...]
    instead: str


@dataclass(frozen=True)
class MeetingPart:
    minutes: int
    title: str
    what: str


@dataclass(frozen=True)
class Meeting:
    """A meeting of a group about the process that it works on."""

    title: str
    bring: str
    parts: tuple[MeetingPart, ...]


@dataclass(frozen=True)
class Reference:
    """What is known of a whole country, as background, with who measured it and when that was looked up."""

    name: str
    by: str
    year: int
    measures: str
    says: tuple[str, ...]
    origin: str
    url: str
    checked_on: date
    caution: str


@dataclass(frozen=True)
class Content:
    questionnaires: Mapping[str, Questionnaire]
    """By version: an interview finishes under the version it began with."""
    current: str
    places: Mapping[Position, Place]
    rings: Mapping[Ring, Part]
    processes: Mapping[Process, Part]
    transitions: Mapping[Ring, str]
    traits: Mapping[Construct, Trait]
    obstacles: Mapping[str, Obstacle]
    topics: Mapping[str, Topic]
    terms: tuple[Term, ...]
    resources: tuple[Resource, ...]
    ended: tuple[Ended, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By kind (`roles`, `subjects`): the value and the words people use for it."""
    figure: Mapping[str, Any]
    """The texts on the picture of the path."""
    opinions: Statements
    """What people are asked to think of a talk."""
    observations: Mapping[str, str]
    """What stands out in a group, by kind; the words in braces are filled in."""
    meetings: Mapping[Process, Meeting]
    reference: Reference
    meanings: Mapping[str, Mapping[str, str]]
    """What a sentence can mean, for advisers: by group the intents and their names."""
