"""A person instead of a bot, and what to do when somebody is in distress."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.flow import resting
from actions.talk import say
from coach.usecases.reply import Say
from coach.wiring import coach


class Human(Action):
    def name(self) -> str:
        return "action_human"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
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
        say(dispatcher, [Say(f"utter_{tracker.latest_message['intent']['name']}")])
        return resting()
