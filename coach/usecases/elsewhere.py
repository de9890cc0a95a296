"""An answer that fits another question than the open one: people often tell more than was asked."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.answers import Answer, Question
from coach.domain.content import Item
from coach.domain.interview import Interview
from coach.usecases.choices import tokens
from coach.usecases.ports import AnswerReader

SURE = 0.8
"""From here on; it is only ever used as a question whether it was meant so."""
FEWEST = 3
"""Of fewer words any question could be the right one."""


def fitting(
    interview: Interview, text: str, items: Mapping[Question, Item], reader: AnswerReader
) -> Answer | None:
    """The reading for the question to come that a text answers best; None when it answers none surely."""
    if interview.role is None or len(tokens(text)) < FEWEST:
        return None
    found = []
    for question in _to_come(interview):
        reading = reader.read(text, items[question], interview.role)
        if reading.level is not None and reading.certainty >= SURE:
            answer = Answer(question, reading.level, text, reading.read_as, reading.certainty)
            found.append(answer)
    return max(found, key=lambda answer: answer.certainty, default=None)


def _to_come(interview: Interview) -> tuple[Question, ...]:
    """The ring questions after the open one, as long as the ring is not known."""
    opened, settled = interview.next_question(), interview.settled()
    if opened not in interview.order or interview.correcting:
        return ()
    return tuple(q for q in interview.order if q not in settled and q != opened)
