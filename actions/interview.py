"""The interview loop: take the answer to the open question, then ask the next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import (
    heard,
    keep_interview,
    returning,
    say,
    say_or_soften,
    spoken_to,
    standing,
    unspent,
)
from coach.domain.interview import Interview, Phase, Scope
from coach.usecases.reply import Say
from coach.wiring import coach, today


def renewed(dispatcher: CollectingDispatcher, interview: Interview) -> list[EventType] | None:
    """Begins again when an interview was kept under a questionnaire that is not here any more."""
    if interview.version in coach().content.questionnaires:
        return None
    say(dispatcher, [Say("utter_renewed")])
    return [SlotSet("answer", None), SlotSet("interview", coach().interview.start().to_json())]


class HearAnswer(Action):
    def name(self) -> str:
        return "validate_interview_loop"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        now = standing(tracker)
        interview = now.interview
        if interview is None or not spoken_to(tracker):
            return unspent(tracker)
        fresh = renewed(dispatcher, interview)
        if fresh:
            return [*fresh, SlotSet("requested_slot", "answer")]
        heeded = coach().interview.hear(interview, heard(tracker), now.rounds)
        return [
            *say_or_soften(dispatcher, tracker, heeded.says),
            SlotSet("answer", None),
            *keep_interview(tracker, heeded.interview),
            *agreed_on(heeded.interview),
            SlotSet("requested_slot", open_slot(heeded.interview)),
        ]


class AskQuestion(Action):
    def name(self) -> str:
        return "action_ask_interview_loop_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        interview = standing(tracker).interview
        if interview is None:
            return []
        if returning(tracker):
            say(dispatcher, [Say("utter_back_to_question")])
        say(dispatcher, coach().interview.ask(interview))
        return []


def agreed_on(interview: Interview) -> list[EventType]:
    """The day of this round, when its place was just agreed to."""
    done = interview.phase is Phase.DONE
    return [SlotSet("measured_on", today().isoformat())] if done else []


def open_slot(interview: Interview | None) -> str | None:
    """The loop goes on as long as something is asked."""
    over = interview is None or interview.phase is Phase.DONE or interview.scope is Scope.NOT
    return None if over else "answer"
