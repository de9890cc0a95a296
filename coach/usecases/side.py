"""Side requests: what people ask at any time, inside the interview, inside the coaching talk and outside.

None of these changes the talk; afterwards the open question is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from coach.domain.answers import Question, Role
from coach.domain.coaching import Coaching, Stage
from coach.domain.content import Content, Item, Place
from coach.domain.followup import FollowUp
from coach.domain.interview import Interview, Phase
from coach.domain.promise import Promise
from coach.domain.rounds import Round
from coach.usecases.choices import by_words
from coach.usecases.reply import Say
from coach.usecases.spoken import lines, spoken
from coach.usecases.then_now import picture

GOES_SOMEWHERE = ("kosten", "training_vinden")
RESOURCES = 3


@dataclass(frozen=True)
class Standing:
    """Where a talk stands: its interview and, once begun, its coaching talk, its promise and coming back to it."""

    interview: Interview | None = None
    coaching: Coaching | None = None
    followup: FollowUp | None = None
    promise: Promise | None = None
    rounds: tuple[Round, ...] = ()
    """The rounds before the present one."""
    measured_on: date | None = None
    """The day on which the present place was agreed to."""

    @property
    def open_question(self) -> Question | None:
        if self.followup or self.coaching or not self.interview:
            return None
        if self.interview.phase in (Phase.QUESTION, Phase.PROBE, Phase.CHECK):
            return self.interview.next_question()
        return None

    @property
    def phase(self) -> str:
        """The name of the open phase or stage; `none` before a talk begins."""
        if self.followup:
            return self.followup.stage.value
        if self.coaching:
            return self.coaching.stage.value
        return self.interview.phase.value if self.interview else "none"


def standing_of(slots: Mapping[str, Any]) -> Standing:
    """Where a talk stands by its JSON slots."""
    interview, coaching = slots.get("interview"), slots.get("coaching")
    followup, promise = slots.get("followup"), slots.get("promise")
    now = Standing(
        Interview.from_json(interview) if interview else None,
        Coaching.from_json(coaching) if coaching else None,
        FollowUp.from_json(followup) if followup else None,
        Promise.from_json(promise) if promise else None,
        tuple(Round.from_json(r) for r in slots.get("rounds") or ()),
        date.fromisoformat(slots["measured_on"]) if slots.get("measured_on") else None,
    )
    return now if promise else replace(now, promise=_older(now, slots.get("round") or 1))


def _older(now: Standing, round_: int) -> Promise | None:
    """The promise of a talk that was held before promises had a slot of their own."""
    plan = now.coaching.plan() if now.coaching else None
    if now.coaching is None or plan is None:
        return None
    kept = bool(now.interview and now.interview.consent)
    return Promise(now.coaching.role, plan, round_, kept=kept)


@dataclass(frozen=True)
class SideTalk:
    content: Content

    def explain(self, standing: Standing) -> tuple[Say, ...]:
        """'Wat bedoel je?': the open question in other words."""
        if standing.followup:
            return (Say("utter_explain_followup"),)
        item = self._item(standing)
        if item:
            return (Say("utter_explain", {"body": item.explanation}),)
        place = self._place(standing)
        if standing.coaching and place:
            if standing.coaching.stage in (Stage.REALITY, Stage.OBSTACLE):
                return (Say("utter_explain", {"body": place.meaning}),)
            return (Say(f"utter_explain_{standing.coaching.stage}"),)
        if place:
            return (Say("utter_explain_place", {"signs": lines(place.looks_like)}),)
        return (Say(f"utter_explain_{standing.phase}"),)

    def why(self, standing: Standing) -> tuple[Say, ...]:
        """'Waarom vraag je dit?'"""
        if standing.followup:
            return (Say("utter_why_followup"),)
        item = self._item(standing)
        if item:
            return (Say("utter_why", {"body": item.why}),)
        if standing.coaching:
            return (Say("utter_why_coaching"),)
        return (Say("utter_why_opening"),)

    def examples(self, standing: Standing) -> tuple[Say, ...]:
        """'Geef eens een voorbeeld.'"""
        if standing.followup:
            return self.explain(standing)
        item = self._item(standing)
        if item:
            return (Say("utter_explain", {"body": item.explanation}),)
        place = self._place(standing)
        if place:
            return (Say("utter_examples", {"signs": lines(place.looks_like)}),)
        return self.explain(standing)

    def progress(self, standing: Standing) -> tuple[Say, ...]:
        """'Hoeveel nog?'"""
        if standing.followup:
            return (Say("utter_progress_followup"),)
        if standing.coaching:
            return (Say("utter_progress_coaching"),)
        if standing.interview and standing.open_question:
            progress = standing.interview.progress()
            filled = {"number": str(progress.number), "at_most": str(progress.at_most)}
            return (Say("utter_progress", filled),)
        if standing.interview and standing.interview.placement():
            return (Say("utter_progress_done"),)
        return (Say("utter_progress_opening"),)

    def place(self, standing: Standing) -> tuple[Say, ...]:
        """'Waar staan we?': the picture, or that it is not known yet."""
        placement = standing.interview.placement() if standing.interview else None
        if placement is None:
            return (Say("utter_place_unknown"),)
        place = self.content.places[placement.position]
        return (
            Say(
                "utter_place",
                {"name": place.name},
                image=picture(placement.position, standing.rounds),
            ),
        )

    def more(self, standing: Standing, topic: str | None) -> tuple[Say, ...]:
        """'Vertel meer': about the topic last answered, or about what is open."""
        if topic and topic in self.content.topics:
            return (Say("utter_faq", {"body": self.content.topics[topic].more}),)
        place = self._place(standing)
        if place and not standing.coaching:
            return (
                Say("utter_examples", {"signs": lines(place.looks_like)}),
                Say("utter_in_order_when", {"signs": lines(place.in_order_when)}),
            )
        return self.explain(standing)

    def topic(self, topic: str, text: str, standing: Standing) -> tuple[Say, ...]:
        """One of the questions that people ask, with the offer to say more and where to go."""
        found = self.content.topics[topic]
        answer = Say("utter_faq_with_more", {"body": found.answer, "topic": found.id})
        if topic not in GOES_SOMEWHERE:
            return (answer,)
        return (*self._ended(text), answer, self._where_to_go(standing))

    def _ended(self, text: str) -> tuple[Say, ...]:
        """A scheme that was named but is no more, with what there is instead."""
        named = by_words(text, {e.name: (e.name.lower(), *e.also) for e in self.content.ended})
        return tuple(
            Say("utter_ended", {"name": e.name, "instead": e.instead})
            for e in self.content.ended
            if e.name == named
        )

    def _where_to_go(self, standing: Standing) -> Say:
        """At most three resources for this role, those of this position first."""
        interview, place = standing.interview, self._place(standing)
        role = (interview.role if interview else None) or Role.MEDEWERKER
        fitting = [r for r in self.content.resources if role in r.roles]
        code = place.code if place else ""
        fitting.sort(key=lambda resource: code not in resource.positions)
        listed = lines(f"{r.name}: {r.what} {r.url}" for r in fitting[:RESOURCES])
        checked = spoken(min(r.checked_on for r in fitting[:RESOURCES]), self.content)
        return Say("utter_where_to_go", {"resources": listed, "checked": checked})

    def term(self, text: str) -> tuple[Say, ...]:
        """'Wat betekent ...?'"""
        known = {t.term: (t.term.lower(), *t.also) for t in self.content.terms}
        term = by_words(text, known)
        if term is None:
            return (Say("utter_term_unknown"),)
        meaning = next(t.meaning for t in self.content.terms if t.term == term)
        return (Say("utter_term", {"term": term[:1].upper() + term[1:], "body": meaning}),)

    def _item(self, standing: Standing) -> Item | None:
        question = standing.open_question
        if question is None or standing.interview is None:
            return None
        return self.content.questionnaires[standing.interview.version].items[question]

    def _place(self, standing: Standing) -> Place | None:
        if standing.coaching:
            return self.content.places[standing.coaching.working_on]
        placement = standing.interview.placement() if standing.interview else None
        return self.content.places[placement.position] if placement else None
