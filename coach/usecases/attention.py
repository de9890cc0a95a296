"""Is a message an answer to the open question, or a side request? The open question helps to tell.

'Samen met de directeur' means nothing by itself, but after 'wie doet het?' it is an answer. A side request
that the classifier is sure of stays one; what it doubts counts as an answer where an open answer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from coach.domain.coaching import DAYS, Stage
from coach.domain.followup import CHOICES
from coach.domain.followup import DAYS as FOLLOW_DAYS
from coach.domain.followup import Stage as FollowStage
from coach.domain.interview import Phase
from coach.usecases.side import Standing

ANSWERS = frozenset(
    ("inform", "affirm", "deny", "partly", "unknown", "skip", "choose", "role", "subject", "nlu_fallback")
)  # fmt: skip
CHATTER = frozenset(
    ("greet", "thanks", "goodbye", "smalltalk", "resume", "frustration", "out_of_scope")
)
COMMANDS = frozenset(
    ("back", "correct", "pause", "later", "restart", "stop", "help", "human", "repeat")
)

ABOUT_PLAN = frozenset(("plan_done", "plan_change", "plan_drop"))
"""Means nothing as long as nothing was promised."""
ABOUT_ROUND = frozenset(("measure", "restart"))

DISTRESS = 0.60
"""Below this a text that surely answers the open question is an answer; plain words of distress come with 1."""
ASIDE = 0.60
"""From here on a side request is believed, also where an open answer is asked."""
SHORT_COMMAND = 0.45
"""The same for a command of at most three words."""
LONGEST_COMMAND = 6
"""In words; a wish to change an answer that is longer may be an answer itself, when it reads as one."""
ASIDE_OWN_WORDS = 0.85
"""The same where people answer in a few words of their own: a name, a day, a mark."""
CHATTER_OWN_WORDS = 0.92

_CHOSEN = {Stage.LOOK_BACK, Stage.SURE, Stage.DONE}
_OPEN = {
    Phase.ROLE,
    Phase.SUBJECT,
    Phase.SCOPE,
    Phase.QUESTION,
    Phase.PROBE,
    Phase.CHECK,
    Phase.REVIEW,
}


def is_answer(
    intent: str,
    certainty: float,
    text: str,
    standing: Standing,
    reads: Callable[[], bool] = lambda: False,
    says_day: Callable[[], bool] = lambda: False,
    says_helped: Callable[[], bool] = lambda: False,
    says_moving: Callable[[], bool] = lambda: True,
) -> bool:
    """Whether a message counts as an answer to what is open now.

    `reads` says whether the text has a level for the open question; it is asked only when that matters.
    `says_day` says whether it names a day, `says_helped` whether it says that something helped, and
    `says_moving` whether it speaks of going on elsewhere.
    """
    if intent in ANSWERS:
        return True
    if intent.startswith("distress"):
        return certainty < DISTRESS and reads()
    if text.rstrip().endswith("?"):
        return False
    if intent in ABOUT_PLAN and standing.promise is None:
        return True
    # 'op mijn telefoon, tussen de zorg door' tells how somebody learns
    if intent == "other_device" and _asks(standing) and not says_moving():
        return True
    # 'maandag over een week' is a day where a day is asked, and not a wish to go on later
    if intent in ("later", "pause") and _asks_day(standing) and says_day():
        return True
    # 'beginnen hielp' is no wish to begin again
    if standing.followup and standing.followup.stage is FollowStage.HELPED and says_helped():
        return True
    if standing.followup:
        return _in_followup(intent, certainty, text, standing.followup.stage)
    if standing.coaching:
        return _in_coaching(intent, certainty, text, standing.coaching.stage)
    phase = standing.interview.phase if standing.interview else None
    opened = phase in _OPEN
    if not opened:
        return False
    if phase is Phase.SCOPE and intent in ABOUT_ROUND:  # 'alles opnieuw' is a choice there
        return True
    # 'ik heb een potje vrijgemaakt' looks like another subject, but answers who decides
    # a command is short; 'we weten dat er iets verandert maar niet wat' only sounds like one
    told = intent not in COMMANDS or (intent == "correct" and len(text.split()) > LONGEST_COMMAND)
    readable = told and certainty < ASIDE_OWN_WORDS and reads()
    return certainty < _believed(intent, text) or readable


def _asks(standing: Standing) -> bool:
    """Whether a question is open to which words are an answer."""
    if standing.followup:
        return standing.followup.stage is not FollowStage.DONE
    if standing.coaching:
        return standing.coaching.stage is not Stage.DONE
    return bool(standing.interview and standing.interview.phase in _OPEN)


def _asks_day(standing: Standing) -> bool:
    if standing.followup:
        return standing.followup.stage in FOLLOW_DAYS
    return standing.coaching is not None and standing.coaching.stage in DAYS


def _believed(intent: str, text: str) -> float:
    return SHORT_COMMAND if intent in COMMANDS and len(text.split()) <= 3 else ASIDE


def _in_followup(intent: str, certainty: float, text: str, stage: FollowStage) -> bool:
    """'Mijn stap is gelukt' answers how it went; elsewhere it is as in the coaching talk."""
    if stage is FollowStage.DONE:
        return False
    if stage is FollowStage.HOW and intent in ABOUT_PLAN:
        return True
    if stage is FollowStage.NEXT and intent == "measure":
        return True
    if stage is FollowStage.RATE and re.search(r"\d", text):
        return True
    if stage in FOLLOW_DAYS:
        return intent == "greet" or certainty < ASIDE_OWN_WORDS
    if stage in CHOICES:
        return certainty < _believed(intent, text)
    return certainty < (CHATTER_OWN_WORDS if intent in CHATTER else ASIDE_OWN_WORDS)


def _in_coaching(intent: str, certainty: float, text: str, stage: Stage) -> bool:
    if stage is Stage.SURE and re.search(r"\d", text):
        return True
    if stage in DAYS and intent == "greet":  # 'morgen' is a day here, not a greeting
        return True
    if stage in _CHOSEN:
        return stage is not Stage.DONE and certainty < _believed(intent, text)
    return certainty < (CHATTER_OWN_WORDS if intent in CHATTER else ASIDE_OWN_WORDS)
