"""The desk's own figures: how talks go, where they stop, how long people waited and what they thought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit
from coach.domain.answers import PROCESS_CONSTRUCTS, Question, ring_questions
from coach.domain.checkin import AMSTERDAM
from coach.domain.content import Content
from coach.domain.counting import BEGUN, SCOPED
from coach.domain.opinions import of_items, of_ratings, of_scales
from coach.domain.path import Process
from coach.domain.shown_figures import (
    FEWEST,
    bars,
    by_channel,
    by_role,
    funnel,
    shown,
    stops,
    waits,
)
from coach.store.figures import Figures
from coach.store.opinions import Opinions

HOME = "/desk/cijfers"
PERIODS = (7, 30, 90, 365)
USUAL = 30
OUTCOMES = ("gelukt", "deels", "niet")


class FigurePages:
    def __init__(self, figures: Figures, opinions: Opinions, content: Content) -> None:
        self._figures, self._opinions, self._content = figures, opinions, content

    def routes(self, gate: Gate) -> list[Route]:
        return [gate.route(HOME, self.figures)]

    def figures(self, visit: Visit) -> Response:
        days = _period(visit.query.get("periode", ""))
        since = first_day(visit.at, days)
        numbers = self._figures.since(since)
        questions = question_names(self._content)
        came, statements = funnel(numbers), self._content.opinions
        items = of_items(statements, self._opinions.counts(since))
        back = {name: numbers.get(f"terug:{name}", 0) for name in OUTCOMES}
        return visit.page(
            "figures",
            days=days,
            periods=PERIODS,
            since=since,
            fewest=FEWEST,
            funnel=came,
            step={bar.name: bar for bar in came},
            said_yes=shown(numbers.get(f"{SCOPED}:ja", 0)),
            stops=stops(numbers, tuple(questions)),
            questions=questions,
            roles=by_role(numbers),
            channels=by_channel(numbers),
            clients=funnel(numbers, "klant:"),
            has_clients=bool(numbers.get(f"klant:{BEGUN}")),
            waits=waits(numbers),
            back=bars(back, OUTCOMES, sum(back.values())),
            outcomes={name: self._content.words["outcomes"][name][0] for name in OUTCOMES},
            scales=of_scales(statements, items),
            scale_names=statements.scales,
            nearer=of_ratings(self._opinions.ratings(since)),
        )


def question_names(content: Content) -> Mapping[str, str]:
    """What every question is about, by its construct."""
    items = content.questionnaires[content.current].items
    names = {q.construct.value: items[Question(q.construct)].name for q in ring_questions()}
    parts = {c.value: content.processes[Process(c.value)] for c in PROCESS_CONSTRUCTS}
    return {**names, **{name: part.plain for name, part in parts.items()}}


def first_day(at: datetime, days: int) -> date:
    """The first of so many days, of which today is the last, where our users are."""
    return at.replace(tzinfo=UTC).astimezone(AMSTERDAM).date() - timedelta(days=days - 1)


def _period(given: str) -> int:
    return int(given) if given in {str(days) for days in PERIODS} else USUAL
