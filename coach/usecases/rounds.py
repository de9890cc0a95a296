"""A later round begins: what was then, and what to ask again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from coach.domain.content import Content
from coach.domain.interview import Interview
from coach.domain.promise import Outcome, Promise
from coach.domain.rounds import Round, again
from coach.usecases.reply import Say
from coach.usecases.side import Standing
from coach.usecases.spoken import mirror, spoken
from coach.usecases.then_now import shared


@dataclass(frozen=True)
class Begun:
    """A new round: its interview, the rounds before it, and what the bot says about them."""

    interview: Interview
    rounds: tuple[Round, ...]
    says: tuple[Say, ...]


@dataclass(frozen=True)
class RoundTalk:
    content: Content
    today: Callable[[], date]

    def begin(self, now: Standing, number: int, *, told: bool = False) -> Begun:
        """The round after the present one; `told` when the promise was just talked about."""
        earlier = now.interview
        assert earlier is not None
        done = Round(number, now.measured_on or self.today(), earlier, now.coaching)
        questionnaire = self.content.questionnaires[self.content.current]
        interview = again(
            earlier, questionnaire, shared(self.content, earlier, self.content.current)
        )
        says = (Say("utter_measure_again"), *self._then(done), *self._promised(now.promise, told))
        return Begun(interview, (*(r.settled() for r in now.rounds), done), says)

    def _then(self, done: Round) -> tuple[Say, ...]:
        if done.position is None:
            return ()
        name = self.content.places[done.position].name
        return (Say("utter_measure_then", {"on": spoken(done.on, self.content), "then": name}),)

    @staticmethod
    def _promised(promise: Promise | None, told: bool) -> tuple[Say, ...]:
        if promise is None or told:
            return ()
        what = {"what": mirror(promise.plan.what)}
        if promise.outcome is Outcome.OPEN:
            return (Say("utter_measure_open_step", what),)
        return (Say(f"utter_plan_was_{promise.outcome}", what),)
