"""Is a message an answer to the open question, or a side request? The open question helps to tell.

'Samen met de directeur' means nothing by itself, but after 'wie doet het?' it is an answer. A side request
that the classifier is sure of stays one; what it doubts counts as an answer where an open answer is asked.
"""

from __future__ import annotations

import re

from coach.domain.coaching import Stage
from coach.domain.interview import Phase
from coach.usecases.side import Standing

ANSWERS = frozenset(
    ("inform", "affirm", "deny", "partly", "unknown", "skip", "choose", "role", "subject", "nlu_fallback")
)  # fmt: skip
SURE_ASIDE = 0.60
"""From here on a side request is believed, also where an open answer is asked."""
VERY_SURE_ASIDE = 0.85
"""The same where people answer in a few words of their own: a name, a day, a mark."""

_OWN_WORDS = {
    Stage.REALITY, Stage.OWN_STEP, Stage.WHAT, Stage.WHO, Stage.WHEN, Stage.WHEN_AGAIN,
    Stage.RAISE, Stage.SMALLER, Stage.COME_BACK, Stage.OPTION, Stage.OBSTACLE,
}  # fmt: skip
_OPEN = {Phase.ROLE, Phase.SUBJECT, Phase.QUESTION, Phase.PROBE, Phase.CHECK, Phase.REVIEW}


def is_answer(intent: str, certainty: float, text: str, standing: Standing) -> bool:
    """Whether a message counts as an answer to what is open now."""
    if intent in ANSWERS:
        return True
    if intent.startswith("distress") or text.rstrip().endswith("?"):
        return False
    if standing.coaching:
        return _in_coaching(certainty, text, standing.coaching.stage)
    return bool(standing.interview and standing.interview.phase in _OPEN and certainty < SURE_ASIDE)


def _in_coaching(certainty: float, text: str, stage: Stage) -> bool:
    if stage is Stage.DONE:
        return False
    if stage is Stage.SURE:
        return bool(re.search(r"\d", text)) or certainty < SURE_ASIDE
    return certainty < (VERY_SURE_ASIDE if stage in _OWN_WORDS else SURE_ASIDE)
