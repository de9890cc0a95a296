"""A later round: look again where these people stand, and put it beside the time before."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import COACHING, FINISHED, INTERVIEW, round_of, say, standing
from coach.domain.coaching import Stage
from coach.domain.interview import Phase
from coach.usecases.reply import Say
from coach.wiring import coach


class Measure(Action):
    def name(self) -> str:
        return "action_measure"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        now = standing(tracker)
        if now.interview is None:
            say(dispatcher, [Say("utter_measure_none"), Say("utter_begin")])
            return []
        answering = now.followup is not None and now.followup.trail
        if answering or now.interview.phase is not Phase.DONE:
            say(dispatcher, [Say("utter_measure_busy")])
            return []
        return [SlotSet("followup", None), *begin_round(dispatcher, tracker)]


def begin_round(
    dispatcher: CollectingDispatcher, tracker: Tracker, *, told: bool = False
) -> list[EventType]:
    """Events that open the next round; `told` when the promise was just talked about."""
    number = round_of(tracker)
    begun = coach().rounds.begin(standing(tracker), number, told=told)
    say(dispatcher, begun.says)
    return [
        SlotSet("interview", begun.interview.to_json()),
        SlotSet("rounds", [r.to_json() for r in begun.rounds]),
        SlotSet("coaching", None),
        SlotSet("round", number + 1),
        SlotSet("part", INTERVIEW),
        ActiveLoop("interview_loop"),
    ]


def give_up_round(tracker: Tracker) -> list[EventType]:
    """Events that put back what was there before a round that is not wanted after all."""
    *earlier, last = standing(tracker).rounds
    coaching = last.coaching
    talking = coaching is not None and coaching.stage is not Stage.DONE
    return [
        SlotSet("interview", last.interview.to_json()),
        SlotSet("rounds", [r.to_json() for r in earlier] or None),
        SlotSet("coaching", coaching.to_json() if coaching else None),
        SlotSet("round", last.number),
        SlotSet("measured_on", last.on.isoformat()),
        SlotSet("part", COACHING if talking else FINISHED),
    ]
