"""Who will act, read from a promise: 'ik vraag het dinsdag samen met Petra' says who, besides what and when."""

from __future__ import annotations

import re

ME = "ik"
TOGETHER = "jullie samen"
_ME = re.compile(r"^(?:(?:ok[eé]|goed|nou|dan|ja|prima|dus|want)[, ]+)*(?:ik|'?k|kga|kzal|ikke|ikzelf)\b|\b(?:ga|zal|doe|vraag|bel|plan|maak|praat|spreek|bespreek|regel|zet|neem|stuur|hang|mail|app) (?:ik|'?k)\b", re.I)  # fmt: skip
_WE = re.compile(r"^(?:(?:dan|ja|goed|dus)[, ]+)*(?:wij|we|ons team|mijn team)\b|\b(?:gaan|zullen|doen|maken|bespreken|plannen) (?:wij|we)\b", re.I)  # fmt: skip
_WITH = re.compile(
    r"\b(?:samen met|met hulp van|met) ((?:(?:mijn|onze|de|een|ons|d'n|den) )?"
    r"(?:[A-Z][\w-]+(?: en [A-Z][\w-]+)?|collega\w*|teamleid\w+|leidinggevende|chef|baas|manager|directeur|planner|hr\b|adviseur|leeradviseur|voorman|maat\w*|ploeg|team))"
)
_TOGETHER = re.compile(
    r"^(?:(?:ok[eé]|goed|nou|dan|ja|prima|dus|graag|maar)[, ]+)*samen met\b", re.I
)
_OTHER = re.compile(
    r"^((?:(?:mijn|onze|de|ons) )?(?:[A-Z][\w-]+|collega|teamleid\w+|leidinggevende|chef|baas|manager|directeur|planner|hr|adviseur|leeradviseur|voorman|or)(?: van [\w-]+)?)"
    r" (?:gaat|zal|doet|vraagt|belt|plant|maakt|praat|regelt|zet|neemt|stuurt|pakt|bespreekt|mailt|kijkt|zoekt)\b"
)
_NO_NAME = frozenset(
    [
        "Maandag",
        "Dinsdag",
        "Woensdag",
        "Donderdag",
        "Vrijdag",
        "Zaterdag",
        "Zondag",
        "Januari",
        "Februari",
        "Maart",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Augustus",
        "September",
        "Oktober",
        "November",
        "December",
        "Excel",
        "Teams",
        "Slack",
        "Word",
    ]
)


class Promises:
    """Reads who will act from a promise."""

    def who(self, text: str) -> str | None:
        """`ik`, or words that name who; None when the text does not say."""
        other = _OTHER.search(text)
        if other and other[1] not in _NO_NAME:
            return other[1]
        others = _WITH.search(text)
        me = bool(_ME.search(text) or _TOGETHER.search(text))
        if others and others[1].split()[-1] not in _NO_NAME and (me or _WE.search(text)):
            return f"jij en {_to_you(others[1])}" if me else f"jullie en {_to_you(others[1])}"
        if me:
            return ME
        return TOGETHER if _WE.search(text) else None

    def is_only_who(self, text: str) -> bool:
        """Whether 'samen met Petra' is all that a text says."""
        others = _WITH.search(text) if _TOGETHER.search(text) else None
        return others is not None and not text[others.end() :].strip(" .!")


def _to_you(words: str) -> str:
    """'mijn collega' is said back as 'je collega'."""
    return re.sub(r"^mijn\b", "je", re.sub(r"^(?:onze|ons)\b", "jullie", words))
