"""All content as people see it, for the learning experts: to read, to search, and to check a change before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from coach.content import STALE_AFTER_DAYS
from coach.desk.preview import preview
from coach.desk.shelf import Passage, Shelf, Shelves, found
from coach.desk.visit import Gate, Visit, missing
from coach.domain.answers import Role
from coach.domain.content import Content, Place, Resource
from coach.domain.path import POSITIONS, RINGS, Position

HOME = "/desk/inhoud"
MOST_FOUND = 50
MOST_SOUGHT = 100


class Library:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route(HOME, self.start),
            gate.route(f"{HOME}/plekken/{{position}}", self.place),
            gate.route(f"{HOME}/vragen", self.questions),
            gate.route(f"{HOME}/woorden", self.words),
            gate.route(f"{HOME}/hulp", self.help),
            gate.route(f"{HOME}/antwoorden", self.answers),
            gate.route(f"{HOME}/zinnen/{{topic}}", self.sentences),
        ]

    def start(self, visit: Visit) -> Response:
        shelf = self._shelves.now()
        sought = visit.query.get("zoek", "").strip()[:MOST_SOUGHT]
        hits = found(list(_passages(shelf)), sought) if sought else []
        return self._page(
            visit,
            shelf,
            "content",
            sought=sought,
            hits=hits[:MOST_FOUND],
            number=len(hits),
            stale=[r for r in shelf.content.resources if _is_stale(r, visit.at.date())],
            rings=RINGS,
        )

    def place(self, visit: Visit) -> Response:
        """One position in one role: the talk as it would go, and everything that is written for it."""
        try:
            position = Position.from_id(visit.ids["position"])
        except ValueError:
            return missing(visit)
        shelf, role = self._shelves.now(), _role(visit)
        place = shelf.content.places[position]
        return self._page(
            visit,
            shelf,
            "content_place",
            place=place,
            role=role,
            seen=preview(shelf, position, role, visit.at.date()),
            resources=_resources(shelf.content, place, role),
            stale=lambda resource: _is_stale(resource, visit.at.date()),
            before=_beside(position, -1),
            after=_beside(position, 1),
        )

    def questions(self, visit: Visit) -> Response:
        shelf, role = self._shelves.now(), _role(visit)
        items = shelf.content.questionnaires[shelf.content.current].items
        of_ring = [item for question, item in items.items() if question.ring is None]
        rounds = {r: [i for q, i in items.items() if q.ring is r] for r in RINGS}
        return self._page(
            visit, shelf, "content_questions", role=role, of_ring=of_ring, rounds=rounds
        )

    def words(self, visit: Visit) -> Response:
        return self._page(visit, self._shelves.now(), "content_words")

    def help(self, visit: Visit) -> Response:
        places = {place.code: place for place in self._shelves.now().content.places.values()}
        return self._page(
            visit,
            self._shelves.now(),
            "content_help",
            places=places,
            stale=lambda resource: _is_stale(resource, visit.at.date()),
        )

    def answers(self, visit: Visit) -> Response:
        return self._page(visit, self._shelves.now(), "content_answers", role=_role(visit))

    def sentences(self, visit: Visit) -> Response:
        shelf, topic = self._shelves.now(), visit.ids["topic"]
        if topic not in shelf.topics:
            return missing(visit)
        return self._page(visit, shelf, "content_sentences", topic=topic)

    @staticmethod
    def _page(visit: Visit, shelf: Shelf, template: str, **given: Any) -> Response:
        common = {"shelf": shelf, "content": shelf.content, "positions": POSITIONS, "roles": Role}
        return visit.page(template, **{**common, **given})


def _role(visit: Visit) -> Role:
    chosen = visit.query.get("rol", "")
    return Role(chosen) if chosen in list(Role) else Role.MEDEWERKER


def _is_stale(resource: Resource, today: date) -> bool:
    return today - resource.checked_on > timedelta(days=STALE_AFTER_DAYS)


def _resources(content: Content, place: Place, role: Role) -> list[Resource]:
    return [r for r in content.resources if place.code in r.positions and role in r.roles]


def _beside(position: Position, way: int) -> Position | None:
    at = POSITIONS.index(position) + way
    return POSITIONS[at] if 0 <= at < len(POSITIONS) else None


def _passages(shelf: Shelf) -> Iterator[Passage]:
    """All of it in pieces, each with the page it stands on; the kinds are named in the template."""
    content = shelf.content
    for place in content.places.values():
        yield from _of_place(place)
    for item in content.questionnaires[content.current].items.values():
        for role, wording in item.roles.items():
            text = " ".join(
                [wording.question, wording.probe, *wording.anchors.values(), item.explanation]
            )
            address = (
                f"{HOME}/vragen?rol={role}#{item.question.construct}-{item.question.ring or 'ring'}"
            )
            yield Passage("question", f"{item.name} ({role})", text, address, "questionnaire.yml")
    for term in content.terms:
        text = f"{term.meaning} {' '.join(term.also)}"
        yield Passage("term", term.term, text, f"{HOME}/woorden#{_mark(term.term)}", "glossary.yml")
    for one in content.resources:
        yield Passage("resource", one.name, one.what, f"{HOME}/hulp#{one.id}", "resources.yml")
    for topic in content.topics.values():
        text = f"{topic.answer} {topic.more}"
        yield Passage("topic", topic.question, text, f"{HOME}/antwoorden#{topic.id}", "faq.yml")
    for obstacle in content.obstacles.values():
        for role, text in obstacle.answers.items():
            address = f"{HOME}/antwoorden?rol={role}#{obstacle.id}"
            title = f"{obstacle.label} ({role})"
            yield Passage("obstacle", title, text, address, "obstacles.yml")
    for sentence in shelf.sentences.values():
        address = f"{HOME}/zinnen/{sentence.topic}#{sentence.name}"
        text, file = " ".join(sentence.wordings), f"data/responses/{sentence.topic}.yml"
        yield Passage("sentence", sentence.name, text, address, file)


def _of_place(place: Place) -> Iterator[Passage]:
    address, file = f"{HOME}/plekken/{place.position.id}", f"{place.position.id}.yml"
    parts = (place.place, place.guiding_question, place.meaning, *place.looks_like)
    text = " ".join((*parts, *place.in_order_when, *place.standstill))
    yield Passage("place", place.name, text, address, f"path/{file}")
    for step in place.steps:
        for role, own in step.roles.items():
            text = " ".join((own.label, own.first_step, step.what, step.pitfall))
            there = f"{address}?rol={role}#{step.id}"
            yield Passage("step", f"{step.title} ({role})", text, there, f"steps/{file}")


def _mark(term: str) -> str:
    return term.replace(" ", "-")
