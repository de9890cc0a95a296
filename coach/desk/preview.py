"""What somebody in a role would see at a position: the real talk, with the answers that lead there."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from coach.desk.shelf import Sentence, Shelf
from coach.domain.answers import IN_ORDER, Answer, Role, Subject
from coach.domain.coaching import Coaching, Stage
from coach.domain.content import Content, Step
from coach.domain.interview import Interview, begin
from coach.domain.path import POSITIONS, PROCESSES, Position
from coach.report import figure
from coach.report.labels import Labels
from coach.usecases import result
from coach.usecases.coaching import CoachingTalk
from coach.usecases.reply import Heard, Say


@dataclass(frozen=True)
class Bubble:
    """What the bot says at once, with the choices under it."""

    text: str
    buttons: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A step that is offered, and what is said and asked when somebody takes it."""

    step: Step
    label: str
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True)
class Preview:
    result: tuple[Bubble, ...]
    question: tuple[Bubble, ...]
    options: tuple[Bubble, ...]
    choices: tuple[Choice, ...]
    picture: str
    """As an address that holds the picture itself."""
    picture_text: str


class _NoReader:
    """No dates and names: nobody types anything in a preview."""

    def read(self, text: str, today: date) -> date | None:
        return None

    def who(self, text: str) -> str | None:
        return None

    def is_only_who(self, text: str) -> bool:
        return False


def preview(shelf: Shelf, position: Position, role: Role, today: date) -> Preview:
    """The result and the coaching talk at a position, as people in this role meet them."""
    content = shelf.content
    interview = answered(content, role, position)
    reader = _NoReader()
    talk = CoachingTalk(content, reader, lambda: today, reader)
    started = talk.start(interview)
    reality = talk.hear(started.coaching, Heard("zo gaat het hier", "inform"))
    assert reality.coaching.stage is Stage.OPTION
    labels = Labels.of(content.figure)
    passed = POSITIONS[: POSITIONS.index(position)]
    svg = figure.draw(position, labels, passed).encode()
    return Preview(
        _bubbles(shelf.sentences, result.show(content, interview)),
        _bubbles(shelf.sentences, (*started.says, *talk.ask(started.coaching))),
        _bubbles(shelf.sentences, talk.ask(reality.coaching)),
        tuple(_choices(shelf, talk, reality.coaching, role)),
        f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}",
        figure.describe(position, labels, passed),
    )


def answered(content: Content, role: Role, position: Position) -> Interview:
    """An interview in which everything was answered as somebody at that position would."""
    questionnaire = content.questionnaires[content.current]
    interview = begin(questionnaire.version, questionnaire.order)
    interview = interview.choose_role(role).choose_subject(Subject.TEAM).give_consent(True)
    here = PROCESSES.index(position.process)
    while question := interview.next_question():
        level = position.ring.level
        if question.ring:
            level = IN_ORDER if PROCESSES.index(question.process) < here else 1
        interview = interview.record(Answer(question, level, ""))
    return interview


def _choices(shelf: Shelf, talk: CoachingTalk, at: Coaching, role: Role) -> Iterable[Choice]:
    for step in shelf.content.places[at.position].steps_for(role):
        taken = talk.hear(at, Heard("", "choose", step.id))
        if taken.coaching.stage is Stage.OPTION:  # only the first few are offered
            return
        says = (*taken.says, *talk.ask(taken.coaching))
        yield Choice(step, step.roles[role].label, _bubbles(shelf.sentences, says))


def _bubbles(sentences: Mapping[str, Sentence], says: Iterable[Say]) -> tuple[Bubble, ...]:
    return tuple(_bubble(sentences[say.response], say) for say in says)


def _bubble(sentence: Sentence, say: Say) -> Bubble:
    """In the first wording; the talk takes the others in turn."""
    text = sentence.wordings[0]
    for name, value in say.slots.items():
        text = text.replace(f"{{{name}}}", value)
    return Bubble(text, (*(button.title for button in say.buttons), *sentence.buttons))
