"""Questions about the open question: what do you mean, why, an example, once more, how much longer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import heard, say, standing, value
from coach.usecases.reply import Say
from coach.wiring import coach


class Explain(Action):
    def name(self) -> str:
        return "action_explain"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.explain(standing(tracker)))
        return []


class Why(Action):
    def name(self) -> str:
        return "action_why"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.why(standing(tracker)))
        return []


class Examples(Action):
    def name(self) -> str:
        return "action_examples"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.examples(standing(tracker)))
        return []


class Progress(Action):
    def name(self) -> str:
        return "action_progress"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.progress(standing(tracker)))
        return []


class Repeat(Action):
    def name(self) -> str:
        return "action_repeat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        opened = tracker.active_loop.get("name")
        say(dispatcher, [Say("utter_repeat" if opened else "utter_nothing_open")])
        return []


class More(Action):
    def name(self) -> str:
        return "action_more"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.more(standing(tracker), value(tracker)))
        return []


class Glossary(Action):
    def name(self) -> str:
        return "action_glossary"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.term(heard(tracker).text))
        return []
