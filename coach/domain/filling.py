"""Answers given all at once, as on a form: the interview takes those that it asks for, in its own order."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.answers import Answer, Question
from coach.domain.interview import Interview


def fill(opening: Interview, given: Mapping[Question, Answer]) -> Interview:
    """Answer what the interview asks, up to the first question that has no answer."""
    interview = opening
    while (question := interview.next_question()) and question in given:
        interview = settle(interview, given[question])
    return interview


def missing(opening: Interview, given: Mapping[Question, Answer]) -> tuple[Question, ...]:
    """The questions that are open: a later one counts when it would still be asked with the earlier ones unknown."""
    interview, found = opening, []
    while question := interview.next_question():
        if question not in given:
            found.append(question)
        interview = settle(interview, given.get(question) or Answer(question, None))
    return tuple(found)


def settle(interview: Interview, answer: Answer) -> Interview:
    """Put an answer on the trail for good: on a form the probe stands beside its question."""
    after = interview.record(answer)
    return after if after.next_question() != answer.question else after.record(answer)
