"""Your own data: see it, take a copy, erase it, or talk without being kept; and the papers of a plan."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.flow import resting
from actions.talk import heard, round_of, say, standing, value
from coach.report.links import Paper
from coach.usecases import privacy
from coach.usecases.privacy import Wish
from coach.usecases.reply import Say
from coach.wiring import coach, current_settings, ledger, links


class MyData(Action):
    """Does what is asked with somebody's data; a question about it in general gets an answer and the choices."""

    def name(self) -> str:
        return "action_my_data"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        match _wish(tracker):
            case Wish.SHOW | Wish.COPY:
                say(dispatcher, await _shown(tracker.sender_id))
            case Wish.ERASE:
                say(dispatcher, [Say("utter_ask_erase")])
                return resting()
            case Wish.ERASE_NOW:
                coach().records.erase()
                say(dispatcher, privacy.erased(current_settings().terms))
                return resting()
            case Wish.UNKEPT:
                return _withdraw(dispatcher, tracker)
            case _:
                say(dispatcher, coach().side.topic("privacy", "", standing(tracker)))
                # the buttons of an open question come last, and would take the place of these
                asked = tracker.active_loop.get("name")
                offer = "utter_data_words" if asked else "utter_data_choices"
                say(dispatcher, [Say(offer)])
        return []


def paper_links(tracker: Tracker) -> list[Say]:
    """The page and the calendar file of a plan, behind links; nothing when nothing is promised."""
    promise = standing(tracker).promise
    if promise is None:
        return []
    plan = promise.plan
    talk = tracker.sender_id
    says = [Say("utter_plan_page", {"page": links().make(Paper.PLAN, talk, "html")})]
    if plan.on or plan.come_back:
        says.append(Say("utter_plan_calendar", {"file": links().make(Paper.PLAN, talk, "ics")}))
    return says


def _wish(tracker: Tracker) -> Wish | None:
    """By its button, else by the words; erasing itself is only ever done by its button."""
    chosen = value(tracker)
    if chosen is not None:
        return Wish(chosen) if chosen in list(Wish) else None
    words = coach().content.words
    return privacy.wish(heard(tracker).text, words["my_data"], words["keeping"])


async def _shown(talk: str) -> list[Say]:
    vault, terms = ledger().vault, current_settings().terms
    kept = await asyncio.get_running_loop().run_in_executor(None, vault.everything, talk)
    if kept is None:
        return [Say("utter_data_none")]
    page, file = (links().make(Paper.DATA, talk, kind) for kind in ("html", "json"))
    return [
        privacy.summary(kept, terms),
        Say("utter_data_page", {"page": page}),
        Say("utter_data_file", {"file": file}),
    ]


def _withdraw(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """From now on, and for what was said in this round, as if consent had been refused."""
    interview = standing(tracker).interview
    if interview is None:
        say(dispatcher, [Say("utter_data_not_kept_later")])
        return []
    coach().records.withdraw(round_of(tracker))
    say(dispatcher, [Say("utter_data_not_kept")])
    return [SlotSet("interview", interview.withdraw_consent().to_json())]
