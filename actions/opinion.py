"""After the talk: how near one is to what one wants, and the page on which to say what one thinks."""

from __future__ import annotations

import secrets

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.promises import keep_promise, open_promise
from actions.talk import heard, say
from coach.report.links import Paper
from coach.usecases.followups import SKIP, mark_in
from coach.usecases.reply import Say
from coach.wiring import links


def start_rated(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType] | None:
    """How far the user is when the promise was just made; None when the message is about something else.

    After it comes the page on which they may say what they think; its link has nothing to do with the talk.
    """
    promise, said = open_promise(tracker), heard(tracker)
    mark = mark_in(said)
    skipped = (said.choice or said.text.strip().lower()) == SKIP
    if promise is None or promise.start is not None or (mark is None and not skipped):
        return None
    page = links().make(Paper.OPINION, secrets.token_hex(8), "html")
    heard_it = Say("utter_start_heard", {"mark": str(mark)})
    first = Say("utter_start_skipped") if mark is None else heard_it
    say(dispatcher, [first, Say("utter_opinion", {"page": page})])
    return [] if mark is None else keep_promise(tracker, promise.begun_at(mark))
