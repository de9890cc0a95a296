"""The twelve questions that people ask at any time."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import heard, say, standing
from coach.usecases.reply import Say
from coach.wiring import coach


class Faq(Action):
    def name(self) -> str:
        return "action_faq"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        asked = heard(tracker)
        topic = asked.intent.removeprefix("faq_")
        say(dispatcher, coach().side.topic(topic, asked.text, standing(tracker)))
        if not tracker.get_slot("part"):
            say(dispatcher, [Say("utter_begin")])
        return []
