"""The promise after the talk: see it, change it, keep it, drop it, and the talk that comes back to it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.privacy import paper_links
from actions.promises import (
    keep_promise,
    open_promise,
    part_before,
    promise_of,
    stop_messages,
    take_messages,
)
from actions.talk import (
    COACHING,
    FINISHED,
    INTERVIEW,
    heard,
    keep_coaching,
    returning,
    round_of,
    say,
    say_or_soften,
    spoken_to,
    standing,
    unspent,
    value,
)
from coach.domain.checkin import MESSAGES
from coach.domain.followup import After, FollowUp, Stage
from coach.domain.promise import Outcome
from coach.usecases.followups import Looked
from coach.usecases.reply import Say
from coach.wiring import coach

FOLLOWUP = "followup"


class ShowPlan(Action):
    """Shows the plan; with a value that only the service itself can send it comes back to the promise."""

    def name(self) -> str:
        return "action_plan"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if value(tracker) in MESSAGES.values():
            return come_back(dispatcher, tracker)
        promise = promise_of(tracker)
        if promise is None:
            say(dispatcher, [Say("utter_plan_none")])
        elif promise.outcome is Outcome.OPEN:
            sure = {"sure": str(promise.plan.sure)}
            lines = {**coach().followups.lines(promise), **sure}
            say(dispatcher, [Say("utter_plan", lines), *paper_links(tracker)])
        else:
            lines = coach().followups.lines(promise)
            say(dispatcher, [Say(f"utter_plan_was_{promise.outcome}", lines)])
        return []


def come_back(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """The bot asks how it went; without a word when that is no question any more."""
    promise, again = open_promise(tracker), value(tracker) == MESSAGES["again"]
    if promise is None or promise.day is None:
        return []
    return _open(
        dispatcher, coach().followups.come_back(promise, part_before(tracker), again=again)
    )


class PlanDone(Action):
    def name(self) -> str:
        return "action_plan_done"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        promise = open_promise(tracker)
        if promise is None:
            return _nothing_open(dispatcher)
        words = heard(tracker).text
        looked = coach().followups.kept_it(promise, part_before(tracker), words)
        return [*keep_promise(tracker, looked.followup.promise), *_open(dispatcher, looked)]


class PlanChange(Action):
    def name(self) -> str:
        return "action_plan_change"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        promise = open_promise(tracker)
        if promise is None:
            return _nothing_open(dispatcher)
        return _open(dispatcher, coach().followups.change(promise, part_before(tracker)))


class PlanDrop(Action):
    def name(self) -> str:
        return "action_plan_drop"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        promise = open_promise(tracker)
        if promise is None:
            return _nothing_open(dispatcher)
        return _open(dispatcher, coach().followups.drop(promise, part_before(tracker)))


class NoMessages(Action):
    """No messages any more, or with the value `aan` messages again."""

    def name(self) -> str:
        return "action_no_messages"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if value(tracker) == "aan":
            return take_messages(dispatcher, tracker)
        return stop_messages(dispatcher, tracker)


class HearFollowUp(Action):
    def name(self) -> str:
        return "validate_followup_loop"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        followup = standing(tracker).followup
        if followup is None or not spoken_to(tracker):
            return unspent(tracker)
        looked = coach().followups.hear(followup, heard(tracker))
        after = looked.followup
        return [
            *say_or_soften(dispatcher, tracker, looked.says),
            *(keep_promise(tracker, after.promise) if after != followup else []),
            SlotSet("answer", None),
            SlotSet(FOLLOWUP, after.to_json()),
            SlotSet("requested_slot", None if after.stage is Stage.DONE else "answer"),
        ]


class AskFollowUp(Action):
    def name(self) -> str:
        return "action_ask_followup_loop_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        followup = standing(tracker).followup
        if followup is None:
            return []
        if returning(tracker) and not _just_opened(tracker):
            say(dispatcher, [Say("utter_back_to_question")])
        say(dispatcher, coach().followups.ask(followup))
        return []


class Followed(Action):
    """The follow-up is done: on to a next step, a new measurement, or back to what was open before."""

    def name(self) -> str:
        return "action_followed"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        followup = standing(tracker).followup
        if followup is None:
            return [SlotSet("part", FINISHED)]
        closed = SlotSet(FOLLOWUP, None)
        match followup.after:
            case After.MEASURE:
                return [closed, *_measure(dispatcher, tracker)]
            case After.STEP | After.LOOK_BACK:
                coaching = coach().followups.next_talk(followup)
                events = keep_coaching(tracker, coaching)
                return [closed, *events, SlotSet("part", COACHING), ActiveLoop("coaching_loop")]
        say(dispatcher, _closing(tracker, followup))
        return [closed, SlotSet("part", followup.part)]


def _open(dispatcher: CollectingDispatcher, looked: Looked) -> list[EventType]:
    say(dispatcher, looked.says)
    return [
        SlotSet(FOLLOWUP, looked.followup.to_json()),
        SlotSet("part", FOLLOWUP),
        ActiveLoop("followup_loop"),
    ]


def _nothing_open(dispatcher: CollectingDispatcher) -> list[EventType]:
    say(dispatcher, [Say("utter_plan_none_open")])
    return []


def _measure(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    say(dispatcher, [Say("utter_measure_again")])
    return [
        SlotSet("interview", coach().interview.start().to_json()),
        SlotSet("coaching", None),
        SlotSet("round", round_of(tracker) + 1),
        SlotSet("part", INTERVIEW),
        ActiveLoop("interview_loop"),
    ]


def _closing(tracker: Tracker, followup: FollowUp) -> list[Say]:
    """When the bot comes back, if it does, and that something else is still open."""
    promise = followup.promise
    when = "" if tracker.get_slot("no_messages") else coach().followups.day(promise)
    says = [Say("utter_check_in_on", {"when": when})] if when else []
    if followup.part != FINISHED:
        return [*says, Say("utter_other_waiting")]
    return says or [Say("utter_followed")]


def _just_opened(tracker: Tracker) -> bool:
    """Whether the follow-up was opened by this very message."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "slot" and event["name"] == FOLLOWUP:
            return True
    return False
