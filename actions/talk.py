"""What every action shares: where the talk stands, what was heard, and saying things by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.promises import keep_promise
from coach.domain.coaching import Coaching
from coach.domain.interview import Interview
from coach.usecases.followups import promised
from coach.usecases.reply import Heard, Say
from coach.usecases.side import Standing, standing_of
from coach.wiring import coach, current_settings

INTERVIEW, COACHING, FINISHED = "interview", "coaching", "finished"


def heard(tracker: Tracker) -> Heard:
    """The latest message; a button's payload is its value, not text."""
    message = tracker.latest_message
    text = message.get("text") or ""
    choice = value(tracker)
    intent = message.get("intent") or {}
    return Heard(
        "" if choice is not None else text,
        intent.get("name") or "",
        choice,
        intent.get("confidence") or 0.0,
    )


def value(tracker: Tracker) -> str | None:
    """The value that a button carried, if one was used."""
    entities = tracker.latest_message.get("entities") or []
    return next((e["value"] for e in entities if e["entity"] == "value"), None)


def standing(tracker: Tracker) -> Standing:
    return standing_of(tracker.slots)


def say(dispatcher: CollectingDispatcher, says: Iterable[Say]) -> None:
    for line in says:
        dispatcher.utter_message(response=line.response, **filled(line))


def filled(line: Say) -> dict[str, Any]:
    """What fills in a response: its words, its buttons and its picture."""
    more: dict[str, Any] = dict(line.slots)
    if line.buttons:
        more["choices"] = [{"title": b.title, "payload": b.value} for b in line.buttons]
    if line.image:
        more["image"] = f"{current_settings().base_url}{line.image}"
    return more


def meanings(tracker: Tracker) -> dict[str, float]:
    """What else the message may have meant: intents with their share, likeliest first."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return {guess["name"]: guess["confidence"] for guess in ranking}


def say_or_soften(
    dispatcher: CollectingDispatcher, tracker: Tracker, says: Iterable[Say]
) -> list[EventType]:
    """Say it; what was not understood is said with a way out. Keeps count of such messages in a row."""
    before = int(tracker.get_slot("missed") or 0)
    graced = coach().grace.soften(tuple(says), before, meanings(tracker))
    say(dispatcher, graced.says)
    return [SlotSet("missed", graced.missed)] if graced.missed != before else []


def keep_interview(tracker: Tracker, interview: Interview) -> list[EventType]:
    """The slots of an interview as it now stands; its answers are kept when the user agreed to that."""
    if interview.consent and interview.trail:
        coach().records.keep_assessment(round_of(tracker), interview)
    return [SlotSet("interview", interview.to_json()), SlotSet("role", interview.role)]


def keep_coaching(tracker: Tracker, coaching: Coaching) -> list[EventType]:
    plan, now = coaching.plan(), standing(tracker)
    events = [SlotSet("coaching", coaching.to_json())]
    if plan and now.interview:
        kept = bool(now.interview.consent)
        promise = promised(now.promise, plan, coaching, round_of(tracker), kept)
        events += keep_promise(tracker, promise)
    return events


def round_of(tracker: Tracker) -> int:
    return int(tracker.get_slot("round") or 1)


def spoken_to(tracker: Tracker) -> bool:
    """Whether a loop runs because the user just answered it, and not because it begins or asks again."""
    return tracker.get_slot("answer") is not None and _before_loop(tracker) == "action_listen"


def unspent(tracker: Tracker) -> list[EventType]:
    """What a loop gives back that was not answered: no event, so that Rasa looks for a rule.

    A loop that just begins may find the message that led to it, and must not take it for an answer.
    """
    return [] if tracker.get_slot("answer") is None else [SlotSet("answer", None)]


def returning(tracker: Tracker) -> bool:
    """Whether a loop asks again after a side question, and not because the talk went on."""
    return _before_loop(tracker) not in _GOING_ON


def _before_loop(tracker: Tracker) -> str:
    names = [e["name"] for e in tracker.events[-30:] if e["event"] == "action"]
    return next((name for name in reversed(names) if name not in _LOOPS), "action_listen")


_LOOPS = ("interview_loop", "coaching_loop", "followup_loop")
_GOING_ON = (
    "action_listen",
    "action_welcome",
    "action_go_on",
    "action_begin_coaching",
    "action_measure",
    "action_followed",
    "action_back",
    "action_correct",
    "action_restart",
    "action_repeat",
    "utter_still_here",
)
