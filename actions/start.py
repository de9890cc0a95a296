"""How a talk begins, goes on after a rest, and answers when it is finished."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.opinion import start_rated
from actions.talk import INTERVIEW, say, say_or_soften
from coach.usecases.reply import Say
from coach.wiring import coach


class Welcome(Action):
    def name(self) -> str:
        return "action_welcome"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, [Say("utter_welcome")])
        interview = coach().interview.start()
        return [SlotSet("interview", interview.to_json()), SlotSet("part", INTERVIEW)]


class GoOn(Action):
    def name(self) -> str:
        return "action_go_on"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, [Say("utter_go_on")])
        return []


class Finished(Action):
    def name(self) -> str:
        return "action_finished"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        rated = start_rated(dispatcher, tracker)
        if rated is not None:
            return rated
        unread = tracker.latest_message["intent"]["name"] == "nlu_fallback"
        line = Say("utter_finished_unclear" if unread else "utter_finished")
        return say_or_soften(dispatcher, tracker, [line])
