"""The coaching loop: from the guiding question to a promise."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.privacy import paper_links
from actions.promises import promise_of
from actions.rounds import give_up_round
from actions.talk import (
    COACHING,
    FINISHED,
    heard,
    keep_coaching,
    returning,
    say,
    say_or_soften,
    spoken_to,
    standing,
    unspent,
)
from coach.domain.coaching import Coaching, Stage
from coach.domain.interview import Scope
from coach.usecases.reply import Say
from coach.wiring import coach


class BeginCoaching(Action):
    def name(self) -> str:
        return "action_begin_coaching"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        now = standing(tracker)
        interview = now.interview
        assert interview is not None
        if interview.scope is Scope.NOT:
            return give_up_round(tracker)
        followed = coach().coaching.start(interview, now.rounds)
        say(dispatcher, followed.says)
        return [*keep_coaching(tracker, followed.coaching), SlotSet("part", COACHING)]


class HearMove(Action):
    def name(self) -> str:
        return "validate_coaching_loop"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        coaching = standing(tracker).coaching
        if coaching is None or not spoken_to(tracker):
            return unspent(tracker)
        followed = coach().coaching.hear(coaching, heard(tracker))
        return [
            *say_or_soften(dispatcher, tracker, followed.says),
            SlotSet("answer", None),
            *keep_coaching(tracker, followed.coaching),
            SlotSet("requested_slot", open_slot(followed.coaching)),
        ]


class AskMove(Action):
    def name(self) -> str:
        return "action_ask_coaching_loop_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        coaching = standing(tracker).coaching
        if coaching is None:
            return []
        if returning(tracker):
            say(dispatcher, [Say("utter_back_to_question")])
        say(dispatcher, coach().coaching.ask(coaching))
        return []


class Close(Action):
    def name(self) -> str:
        return "action_close"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        interview = standing(tracker).interview
        kept = interview is not None and interview.consent
        says = [Say("utter_plan_kept" if kept else "utter_plan_not_kept"), *paper_links(tracker)]
        says += coming_back(tracker)
        promise = promise_of(tracker)
        asked = [Say("utter_ask_start")] if promise and promise.start is None else []
        say(dispatcher, [*says, Say("utter_close"), *asked])
        return [SlotSet("part", FINISHED)]


def coming_back(tracker: Tracker) -> list[Say]:
    """When the bot asks how it went, or that it does not; nothing when no day was chosen."""
    promise = promise_of(tracker)
    if promise is None or promise.plan.come_back is None:
        return []
    if not promise.kept:
        return [Say("utter_no_check_in")]
    if tracker.get_slot("no_messages"):
        return [Say("utter_still_no_messages")]
    return [Say("utter_check_in_on", {"when": coach().followups.day(promise)})]


def open_slot(coaching: Coaching | None) -> str | None:
    """The loop goes on as long as something is asked."""
    return None if coaching is None or coaching.stage is Stage.DONE else "answer"
