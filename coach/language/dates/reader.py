"""Reads the date that a text promises, in the way people at work mean it.

A stretch of days counts as its first working day ('volgende week' is Monday), its end as its last day. A
date that someone does not mean ('vrijdag lukt niet, doe maar woensdag') is crossed out first.
"""

from __future__ import annotations

import re
from datetime import date

from coach.language.dates.days import workday_after, workday_before
from coach.language.dates.found import Found
from coach.language.dates.rules import RULES
from coach.language.dates.words import WEEKDAYS, plain

_NAMED = rf"(?:{'|'.join(WEEKDAYS)}|morgen|vandaag|vanmiddag|(?:volgende|deze) week)"
_NOT_MEANT = re.compile(
    rf"\b(?:niet|i\.?p\.?v\.?|in plaats van|geen) (?:op )?{_NAMED}"
    rf"|{_NAMED} (?:lukt|kan|gaat|red)(?: (?:ik|me|mij|ons|het|'t|dat))* (?:niet|nie)\b"
    rf"|{_NAMED} (?:ben|is|zijn|zit) (?:ik|we|hij|ze|iedereen) (?:vrij|weg|ziek|vol)\b"
)
_CHOSEN = re.compile(
    r"\b(?:(?:niet|geen|nie|i\.?p\.?v)\b.*?\b(?:maar|wordt|doe)|(?:schreef|zei|typte)\b.*?\bmoet|dus|doe (?:ik )?maar|maak er|liever|wordt het|dan maar|toch maar|maar wel)\b"
)
_BEFORE = re.compile(r"\b(?:voor|vooraleer)(?: de| het| dat het)?$")
_AFTER = re.compile(r"\bna(?: de| het)?$")
_PLANNED = re.compile(
    r"\b(?:afspra\w+|afgesproken|gepland|ingepland|plan\w*|uitgenodigd|uitnodiging|staat|gezet|zet|gereserveerd|vraag|aangemeld|agenda)\b[^.,;]*$"
)
_AROUND = 40


class DutchDates:
    """Reads the date that a text promises; None when it names none."""

    def read(self, text: str, today: date) -> date | None:
        """The date, seen from `today`; None when the text names none, or only a vague one."""
        words = _NOT_MEANT.sub(" ", plain(text))
        chosen = words[max((m.end() for m in _CHOSEN.finditer(words)), default=0) :]
        return _read(chosen, today) or _read(words, today)


def _read(text: str, today: date) -> date | None:
    found = next((f for rule in RULES if (f := rule(text, today))), None)
    return _meant(text, found) if found else None


def _meant(text: str, found: Found) -> date:
    """'Voor vrijdag' is the last working day before it, 'na kerst' the first one after it."""
    lead = text[: found.at].rstrip()
    if not found.exact and _BEFORE.search(lead) and not _PLANNED.search(lead[-_AROUND:]):
        return workday_before(found.first)
    if _AFTER.search(lead):
        return workday_after(found.last)
    return found.first
