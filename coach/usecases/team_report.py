"""What a group takes into a meeting about its place: three observations by rule, the question and a plan.

Made of what `GroupResult` may show, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach.domain.answers import (
    IN_ORDER,
    Question,
    process_questions,
    ring_questions,
)
from coach.domain.content import Content, Item, Meeting, Place
from coach.domain.group import GroupPlace, Middle
from coach.usecases.group_results import GroupResult


@dataclass(frozen=True)
class TeamReport:
    place: Place
    observations: tuple[str, str, str]
    """What lags, what is strong, and where people differ."""
    meeting: Meeting


def report_of(content: Content, result: GroupResult) -> TeamReport | None:
    """The report of a group in a closed round; None when it has no place."""
    if result.place is None or result.view is None:
        return None
    looking = _Looking(content, result.view.middles, result.place)
    strong, about = looking.strength()
    return TeamReport(
        content.places[result.place.position],
        (looking.lagging(), strong, looking.difference(result, but=about)),
        content.meetings[result.place.process],
    )


def asked(place: GroupPlace) -> tuple[Question, ...]:
    """The questions that say something about this place, in their own order."""
    return (*ring_questions(), *process_questions(place.completed or place.ring))


@dataclass(frozen=True)
class _Looking:
    content: Content
    middles: Mapping[Question, Middle]
    place: GroupPlace

    @property
    def items(self) -> Mapping[Question, Item]:
        return self.content.questionnaires[self.content.current].items

    @property
    def known(self) -> Sequence[Question]:
        return [question for question in asked(self.place) if question in self.middles]

    def lagging(self) -> str:
        """A trait below the ring, else the process that the group works on."""
        if self.place.lagging:
            return self.content.traits[self.place.lagging[0]].attention
        if self.place.completed:
            return self.content.observations["completed"]
        here = [q for q in self.known if q.ring and q.process is self.place.process]
        return self._of("process", here[0])

    def strength(self) -> tuple[str, Question | None]:
        """A trait above the ring, a process in order, else what goes furthest; and which question that is about."""
        if self.place.ahead:
            return self.content.traits[self.place.ahead[0]].strength, None
        done = [q for q in self.known if q.ring and self.middles[q].level == IN_ORDER]
        if done:
            return self._of("in_order", done[-1]), done[-1]
        ring = [question for question in self.known if not question.ring]
        best = max(ring, key=lambda q: (self.middles[q].level, self.middles[q].close))
        return self._of("agree" if self.middles[best].close else "best", best), best

    def difference(self, result: GroupResult, but: Question | None) -> str:
        """Where the two roles differ, else where answers do."""
        differ = [one for one in result.differences if one.question in self.known]
        # what both roles were asked; a process of another ring is filled in, and nobody said it
        differ = [one for one in differ if not one.question.ring or _same_ring(result)]
        if differ:
            item = self.items[differ[0].question]
            staff, managers = differ[0].staff.level, differ[0].managers.level
            words = {"staff": item.echo[staff], "managers": item.echo[managers]}
            return self.content.observations["differ"].format(name=item.name, **words)
        spread = [q for q in self.known if not self.middles[q].close and q != but]
        return self._of("spread", spread[0]) if spread else self.content.observations["together"]

    def _of(self, kind: str, question: Question) -> str:
        item = self.items[question]
        echo = item.echo[self.middles[question].level]
        return self.content.observations[kind].format(name=item.name, echo=echo)


def _same_ring(result: GroupResult) -> bool:
    """Whether staff and managers stand in one ring, so that most were asked about its processes."""
    places = [view.place if view else None for view in (result.staff, result.managers)]
    rings = {(place.completed or place.ring) if place else None for place in places}
    return len(rings) == 1 and None not in rings
