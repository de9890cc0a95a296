"""A person instead of a bot, and what to do when somebody is in distress."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.flow import resting
from actions.talk import say, standing, value
from coach.usecases.handover import reason_of
from coach.usecases.reply import Say
from coach.wiring import coach, desk_is_staffed


class Human(Action):
    def name(self) -> str:
        return "action_human"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if desk_is_staffed():
            missed = int(tracker.get_slot("missed") or 0)
            reason = reason_of(value(tracker), missed)
            asking, shown = coach().handover.offer(standing(tracker), reason)
            say(dispatcher, [shown])
            return [SlotSet("handover", asking.to_json()), *resting()]
        contact = coach().contact
        say(
            dispatcher,
            [Say("utter_human_contact", {"contact": contact}) if contact else Say("utter_human")],
        )
        return []


class Frustration(Action):
    """Answers anger; a saying about dying ('ik ga dood van die cursus') is asked about, gently."""

    def name(self) -> str:
        return "action_frustration"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if coach().distress.is_saying(tracker.latest_message.get("text") or ""):
            say(dispatcher, [Say("utter_soft_check")])
            return resting()
        say(dispatcher, [Say("utter_frustration")])
        return []


class Distress(Action):
    """Shows help and lets the talk rest; the degree is in the intent, nothing is kept of it."""

    def name(self) -> str:
        return "action_distress"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        degree = tracker.latest_message["intent"]["name"]
        # who is in danger now needs help at once, and the desk answers within hours
        offers = degree != "distress_red" and desk_is_staffed()
        buttons = (coach().handover.button(),) if offers else ()
        say(dispatcher, [Say(f"utter_{degree}", {}, buttons)])
        return resting()
