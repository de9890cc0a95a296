"""Asking for a person: what would be sent is shown first, and nothing else is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from coach.domain.checkin import Hours
from coach.domain.coaching import Stage as CoachingStage
from coach.domain.content import Content
from coach.domain.handover import Asking, Reason, Stage, answer_by
from coach.domain.promise import Outcome
from coach.usecases.choices import NO, YES, tokens
from coach.usecases.reply import Button, Say
from coach.usecases.side import Standing
from coach.usecases.spoken import spoken

CHANGE, BACK = "wijzigen", "terug"
WHO_READS = ("faq_wie_ziet_wat", "faq_privacy", "faq_bot_of_mens")
MISSED_OFTEN = 2
"""After so many messages in a row that were not understood, that is why somebody wants a person."""


class Effect(StrEnum):
    """What a message did to what may be sent."""

    STAYS = "stays"
    SENT = "sent"
    LEFT = "left"
    ELSE = "else"
    """It was about something else."""


@dataclass(frozen=True)
class Heeded:
    effect: Effect
    asking: Asking
    says: tuple[Say, ...] = ()


@dataclass(frozen=True)
class HandoverTalk:
    content: Content
    hours: Hours
    now: Callable[[], datetime]

    def offer(self, standing: Standing, reason: Reason) -> tuple[Asking, Say]:
        """What would be sent, to look at first."""
        asking = Asking(Stage.SHOWN, reason, self.summary(standing, reason))
        return asking, self._shown(asking, "utter_handover_offer")

    def button(self) -> Button:
        """The way to a person for who is in distress."""
        return Button(self._word("knop"), f"/human {Reason.DISTRESS}")

    def hear(self, asking: Asking, text: str, choice: str | None, new_id: str) -> Heeded:
        """A message while the summary is shown or written; consent is a button or plain words, nothing vaguer."""
        meant = choice or self.meant(text)
        if meant == NO:
            return Heeded(Effect.LEFT, asking, (Say("utter_handover_refused"),))
        if asking.stage is Stage.EDIT and choice is None and text.strip():
            written = asking.write(text)
            return Heeded(Effect.STAYS, written, (self._shown(written, "utter_handover_again"),))
        if asking.stage is Stage.SHOWN and meant == YES:
            sent = asking.agree(new_id)
            return Heeded(Effect.SENT, sent, (Say("utter_handover_sent", self.promise()),))
        if asking.stage is Stage.SHOWN and meant == CHANGE:
            return Heeded(Effect.STAYS, asking.edit(), (Say("utter_handover_edit"),))
        return Heeded(Effect.ELSE, asking)

    def asked(self, intent: str) -> Say | None:
        """The answer to a question about the sending itself: who reads it, and when somebody answers."""
        if intent in WHO_READS:
            return Say("utter_handover_who")
        return Say("utter_handover_when", self.promise()) if intent == "progress" else None

    def meant(self, text: str) -> str | None:
        """`ja`, `wijzigen`, `nee` or `terug`, when the message says that and nothing more."""
        said = " ".join(tokens(text))
        known = self.content.words["handover_replies"]
        return next((key for key, phrases in known.items() if said in phrases), None)

    def promise(self) -> dict[str, str]:
        """When somebody answers at the latest, as people say it."""
        now = self.now()
        until, today = (
            _local(answer_by(now, self.hours), self.hours),
            _local(now, self.hours).date(),
        )
        return {"day": self._day(until.date(), today), "time": f"{until:%H.%M}"}

    def summary(self, standing: Standing, reason: Reason) -> str:
        """What the desk gets to read: only what the user said or was shown."""
        return "\n".join([self._word(reason), *self._lines(standing)])

    def _lines(self, standing: Standing) -> Iterator[str]:
        interview = standing.interview
        if interview and interview.role:
            yield self._line("rol", interview.role.value)
        if interview and interview.subject:
            yield self._line("onderwerp", self.content.words["subjects"][interview.subject][0])
        placement = interview.placement() if interview else None
        if placement:
            yield self._line("plek", self.content.places[placement.position].name)
        if question := self._open_question(standing):
            yield self._line("vraag", question)
        if words := _last_words(standing):
            yield self._line("woorden", words)
        if standing.promise and standing.promise.outcome is Outcome.OPEN:
            plan = standing.promise.plan
            day = spoken(plan.on, self.content) or plan.when
            yield self._line("stap", f"{plan.what} ({day})" if day else plan.what)

    def _open_question(self, standing: Standing) -> str:
        interview, question = standing.interview, standing.open_question
        if interview and question and interview.role:
            item = self.content.questionnaires[interview.version].items[question]
            return item.roles[interview.role].question
        if standing.coaching and not standing.coaching.plan():
            return self.content.places[standing.coaching.working_on].guiding_question
        return ""

    def _shown(self, asking: Asking, response: str) -> Say:
        return Say(response, {"summary": asking.summary, **self.promise()})

    def _day(self, day: date, today: date) -> str:
        return self._word("vandaag") if day == today else spoken(day, self.content)

    def _line(self, name: str, value: str) -> str:
        return f"{self._word(name)}: {' '.join(value.split())}"

    def _word(self, name: str) -> str:
        return self.content.words["handover"][name][0]


def reason_of(value: str | None, missed: int) -> Reason:
    """Why somebody asks for a person: by the button that was used, or by what went before."""
    if value == Reason.DISTRESS:
        return Reason.DISTRESS
    return Reason.UNCLEAR if missed >= MISSED_OFTEN else Reason.ASKED


def _last_words(standing: Standing) -> str:
    """What the user last told about their own work, in their own words."""
    if standing.coaching:
        told = (CoachingStage.OBSTACLE, CoachingStage.REALITY)
        said = [m.words for m in standing.coaching.trail if m.stage in told and m.words != m.value]
        if said:
            return said[-1]
    trail = standing.interview.trail if standing.interview else ()
    return next((entry.answer.words for entry in reversed(trail) if entry.answer.words), "")


def _local(moment: datetime, hours: Hours) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(hours.zone)
