"""Moving through the talk: back, change an answer, rest, start again, see the place."""

from __future__ import annotations

import secrets
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.promises import keep_promise, stop_messages
from actions.talk import (
    COACHING,
    FINISHED,
    INTERVIEW,
    keep_coaching,
    keep_interview,
    round_of,
    say,
    standing,
    value,
)
from coach.domain.code import mark
from coach.domain.errors import IllegalMove
from coach.domain.followup import FollowUp
from coach.domain.interview import Interview, Phase
from coach.usecases.choices import YES
from coach.usecases.reply import Say
from coach.wiring import coach, current_settings


class Back(Action):
    def name(self) -> str:
        return "action_back"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        now = standing(tracker)
        try:
            if now.followup:
                events = step_back(tracker, now.followup)
            elif now.coaching and now.coaching.trail:
                events = keep_coaching(tracker, now.coaching.back())
                events += [SlotSet("part", COACHING), ActiveLoop("coaching_loop")]
            elif now.interview:
                events = to_interview(tracker, now.interview.back())
            else:
                raise IllegalMove("nothing has begun")
        except IllegalMove:
            say(dispatcher, [Say("utter_back_none")])
            return []
        say(dispatcher, [Say("utter_back")])
        return events


class Correct(Action):
    def name(self) -> str:
        return "action_correct"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        interview = standing(tracker).interview
        try:
            if interview is None:
                raise IllegalMove("nothing has begun")
            return to_interview(tracker, interview.choose_correction())
        except IllegalMove:
            say(dispatcher, [Say("utter_correct_none")])
            return []


class Rest(Action):
    """Pause, later, stop and goodbye: the loop rests, everything stays."""

    def name(self) -> str:
        return "action_rest"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if tracker.get_slot("part") is None:
            say(dispatcher, [Say("utter_rest_none")])
            return []
        kind = tracker.latest_message["intent"]["name"]
        if kind == "stop" and tracker.get_slot("part") in ("followup", FINISHED):
            return stop_messages(dispatcher, tracker)
        interview = standing(tracker).interview
        unkept = interview is not None and interview.consent is False
        say(dispatcher, [Say("utter_rest_unkept" if unkept else f"utter_rest_{kind}")])
        if kind == "later" and is_kept(tracker):
            say(dispatcher, [Say("utter_offer_code")])
        return resting()


class OtherDevice(Action):
    """A personal code, by which the talk goes on somewhere else."""

    def name(self) -> str:
        return "action_other_device"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        kept = is_kept(tracker)
        if kept:
            nonce = secrets.token_hex(8)
            coach().records.keep_code(tracker.sender_id, nonce)
            days = str(current_settings().code_lasts.days)
            say(dispatcher, [Say("utter_code", {"code": mark(nonce), "days": days})])
        elif tracker.get_slot("part") is None:
            say(dispatcher, [Say("utter_code_none")])
        else:
            say(dispatcher, [Say("utter_code_unkept" if kept is False else "utter_code_not_yet")])
        return []


class Restart(Action):
    def name(self) -> str:
        return "action_restart"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        interview = standing(tracker).interview
        if interview and interview.trail and value(tracker) != YES:
            done = interview.phase is Phase.DONE
            say(dispatcher, [Say("utter_ask_restart_or_measure" if done else "utter_ask_restart")])
            return resting()
        say(dispatcher, [Say("utter_restarted")])
        # who was invited answers once in a round: what is said anew comes in its place
        kept = bool(interview and interview.trail and not interview.invited)
        return [
            SlotSet("interview", coach().interview.again(interview).to_json()),
            SlotSet("coaching", None),
            SlotSet("followup", None),
            SlotSet("rounds", None),
            SlotSet("round", round_of(tracker) + kept),
            SlotSet("part", INTERVIEW),
            ActiveLoop("interview_loop"),
        ]


class Help(Action):
    def name(self) -> str:
        return "action_help"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, [Say("utter_help")])
        if not tracker.get_slot("part"):
            say(dispatcher, [Say("utter_begin")])
        return []


class Place(Action):
    def name(self) -> str:
        return "action_place"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        say(dispatcher, coach().side.place(standing(tracker)))
        return []


def is_kept(tracker: Tracker) -> bool | None:
    """Whether the user agreed that the talk is kept; None when that was not asked yet."""
    interview = standing(tracker).interview
    if interview is not None and interview.consent is None and round_of(tracker) > 1:
        return True  # an earlier round is
    return interview.consent if interview else None


def to_interview(tracker: Tracker, interview: Interview) -> list[EventType]:
    """Events that go on with the interview, also from the coaching talk."""
    return [
        *keep_interview(tracker, interview),
        SlotSet("coaching", None),
        SlotSet("followup", None),
        SlotSet("part", INTERVIEW),
        ActiveLoop("interview_loop"),
    ]


def step_back(tracker: Tracker, followup: FollowUp) -> list[EventType]:
    """Events that undo one step of coming back to a promise."""
    before = followup.back()
    return [
        *keep_promise(tracker, before.promise),
        SlotSet("followup", before.to_json()),
        ActiveLoop("followup_loop"),
    ]


def resting() -> list[EventType]:
    return [ActiveLoop(None), SlotSet("requested_slot", None)]
