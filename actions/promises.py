"""The promise of a talk in its slot, what is kept of it, and whether the bot may come back to it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from coach.domain.promise import Outcome, Promise
from coach.usecases.side import standing_of
from coach.wiring import coach


def promise_of(tracker: Tracker) -> Promise | None:
    """The latest promise; it outlives the coaching talk in which it was made."""
    return standing_of(tracker.slots).promise


def open_promise(tracker: Tracker) -> Promise | None:
    promise = promise_of(tracker)
    return promise if promise and promise.outcome is Outcome.OPEN else None


def part_before(tracker: Tracker) -> str:
    """The part of the talk that was open, looking through a follow-up."""
    followup = standing_of(tracker.slots).followup
    return followup.part if followup else tracker.get_slot("part") or "finished"


def keep_promise(tracker: Tracker, promise: Promise) -> list[EventType]:
    """The promise as it now is; with consent it is kept, and the check-in follows it."""
    before = promise_of(tracker)
    promise = promise.revised(before)
    if promise.kept and promise != before:
        coach().records.keep_plan(promise)
        if promise.day != (before.day if before else None):
            wanted = None if tracker.get_slot("no_messages") else promise.day
            coach().records.keep_check_in(promise.round, wanted)
    return [SlotSet("promise", promise.to_json())]


def stop_messages(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """End all check-ins; a follow-up that was open ends with them."""
    coach().records.stop_check_ins()
    dispatcher.utter_message(response="utter_messages_off")
    events: list[EventType] = [SlotSet("no_messages", True)]
    if tracker.get_slot("followup"):
        events += [SlotSet("followup", None), SlotSet("part", part_before(tracker))]
        events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    return events


def take_messages(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Messages again: the check-in of an open promise comes back too."""
    promise = open_promise(tracker)
    day = promise.day if promise else None
    if promise and day:
        coach().records.keep_check_in(promise.round, day)
        when = coach().followups.day(promise)
        dispatcher.utter_message(response="utter_check_in_on", when=when)
    else:
        dispatcher.utter_message(response="utter_messages_on")
    return [SlotSet("no_messages", None)]
