"""Words of a date in one spelling: typos, short forms and dialect become the plain Dutch word."""

from __future__ import annotations

import re
from difflib import get_close_matches

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
_UNITS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_TEENS = (
    "tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
)  # fmt: skip
NUMBERS: dict[str, int] = {
    **{word: n for n, word in enumerate((*_UNITS, *_TEENS), 1)},
    **{
        f"{unit}{'ën' if unit.endswith('e') else 'en'}{tens}": base + n
        for tens, base in (("twintig", 20), ("dertig", 30))
        for n, unit in enumerate(_UNITS, 1)
    },
    **{f"{unit}en{tens}": base + n for tens, base in (("twintig", 20), ("dertig", 30)) for n, unit in enumerate(_UNITS, 1)},
    "twintig": 20, "dertig": 30, "veertig": 40, "zestig": 60, "negentig": 90, "honderd": 100, "paar": 2, "'n": 1, "n": 1,
}  # fmt: skip
_IRREGULAR = {"eerste": 1, "derde": 3, "achtste": 8}


def _ordinal(word: str, number: int) -> str:
    return word + ("ste" if number >= 20 else "de")


ORDINALS: dict[str, int] = {
    **{_ordinal(word, n): n for word, n in NUMBERS.items() if 2 <= n <= 31 and n not in (3, 8) and len(word) > 2},
    **_IRREGULAR,
}  # fmt: skip

_ALIASES = {
    r"moandei|mndag|ma[ao]?ndig|m[ao]a?nd[ao]g|maonde[gh]": "maandag",
    r"tiisdei|dinsdig|dingsdag|diensdag": "dinsdag",
    r"woansdei|woensdig|woonsdag|weunsdag|goonsdig": "woensdag",
    r"tongersdei|donderdig|dunderdag|dónderdig": "donderdag",
    r"freed|vrijdig|vridag|vriedag|vriedig": "vrijdag",
    r"sneon|zotterdag|zaoterdag|zoaterdag|zaoterdag|zaoterdig|zaterdig": "zaterdag",
    r"snein|zundag|zondig": "zondag",
    r"jan": "januari", r"feb|febr": "februari", r"mrt": "maart", r"apr": "april", r"jun": "juni", r"jul": "juli",
    r"aug": "augustus", r"sep|sept": "september", r"okt|oct": "oktober", r"nov": "november", r"dec": "december",
    r"m[oö]rgen(?:vroe?u?g)?|m[oö]rge|mrogen|mogren|morgne|mrgn|mrgen|morge|merge|merrege|moarn|mörn|morn": "morgen",
    r"overmorge|overmrgn|euvermörge|overmörgen": "overmorgen",
    r"vandage|vandaog|vandoag|vndg": "vandaag",
    r"v(?:olg|lg)e?n?de?|vlgnd|vlg|volgende|volgend|vgl": "volgende",
    r"aanstaande|aanst|a\.?s|eerstvolgende|eerstkomende|eersvolgende": "komende",
    r"aankomende|komend|aankomend|kommende": "komende",
    r"wk|wkn|weeknr|weeknummer": "week", r"wkn": "weken", r"dgn": "dagen", r"mnd|mnden": "maand",
    r"einde|eind|ende": "eind", r"medio|midden|halverwege|half|hallef": "half", r"begin|beginne": "begin",
    r"één|ene|eén|ein": "een", r"vóór": "voor", r"nao|noa": "na",
}  # fmt: skip
_PLAIN = [(re.compile(rf"(?:{pattern})\.?"), word) for pattern, word in _ALIASES.items()]
_SHORT_DAY = re.compile(
    r"^(?:op )?(ma|di|wo|do|vr|za)\b\.?(?= (?!is\b|zegt\b|heb\b))|\b(ma|di|wo|vr|za)\.(?= )|(?<=, )(ma|di|wo|do|vr|za)(?= (?:kan|niet|wel))|\b(ma|di|wo|do|vr|vrij|za|zo)\b\.?(?= (?:de )?\d{1,2}(?:[ /-]|e|ste|$))|(?<=week )(ma|di|wo|do|vr|za|zo)\b"
)
_SHORT = {"ma": 0, "di": 1, "wo": 2, "do": 3, "vr": 4, "vrij": 4, "za": 5, "zo": 6}
_PART_OF_DAY = re.compile(
    rf"({'|'.join(WEEKDAYS)}|morgen|overmorgen) ?(?:vroeg|ochtend|morgen|voormiddag|namiddag|middag|avond|nacht)\b"
)
_TIME = re.compile(
    r"\b(?:om|tegen|rond|vanaf|tot|tussen|van) (?:kwart (?:voor|over) |half |tien (?:voor|over) )?(?:\d{1,2}|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf)(?:[:.u]\d{2})?"
    r"(?: (?:en|tot) \d{1,2}(?:[:.]\d{2})?)?(?: ?(?:uur|u)\b|(?= ?(?:$|[,.!?;)]| (?:s |bij|in|met|en|heb|ga|zit|bel|doe))))"
    r"|\b\d{1,2}[:.]\d{2}(?:-\d{1,2}[:.]\d{2})? ?(?:uur|u\b)|\b\d{1,2}:\d{2}\b|(?<!over )(?<!binnen )(?<!\d)\d{1,2} ?(?:uur|u)\b(?! later)|\b\d{1,2}u\d{2}\b"
)


def plain(text: str) -> str:
    """Lower case, one spelling, without clock times and parts of a day."""
    low = re.sub(r"\s+", " ", text.lower().replace("’", "'").replace("`", "'"))
    low = re.sub(r"\bgoe(?:de|ie|i)[ -]?(?:morgen|middag|avond|dag)\b", " ", low)
    low = re.sub(r"\b(?:'s|s) (?:morgens|ochtends|middags|avonds)\b", " ", low)
    low = re.sub(r"\b(?:week|wk)\.?(?=\d)", "week ", low)
    low = re.sub(r"\bwk\b\.?", "week", low)
    low = _TIME.sub(" ", low)
    low = _SHORT_DAY.sub(lambda m: WEEKDAYS[_SHORT[next(filter(None, m.groups()))]], low)
    low = re.sub(rf"(\d)(?=(?:{'|'.join(month[:3] for month in MONTHS)}|mrt)[a-z]*\b)", r"\1 ", low)
    low = re.sub(r"\bv[./]?d\.?(?= )", "van de", low)
    low = re.sub(r"[^\W\d_]+(?:\.[^\W\d_]+)*\.?", lambda m: _spelled(m[0]), low)
    low = _PART_OF_DAY.sub(r"\1", low)
    return re.sub(r" +", " ", low).strip()


def _spelled(word: str) -> str:
    bare = word.rstrip(".")
    for pattern, plain_word in _PLAIN:
        if pattern.fullmatch(word) or pattern.fullmatch(bare):
            return plain_word
    if len(bare) >= 6 and bare not in _KNOWN:
        close = get_close_matches(bare, _FUZZY, 1, 0.83)
        if close:
            return close[0] + word[len(bare) :]
    return word


_FUZZY = (
    *WEEKDAYS,
    *(month for month in MONTHS if len(month) > 5),
    "vanmiddag",
    "vanavond",
    "vandaag",
    "overmorgen",
    "volgende",
    "komende",
)
_KNOWN = frozenset((*_FUZZY, "vandaar", "volgen", "volgens", "gevolgde", "opvolgende", "middag", "zodra", "koning", "vanaf", "overdag", "woensdagen", "dagdag", "bedag"))  # fmt: skip


def number(word: str | None) -> int | None:
    """A number of figures or one word; None for anything else."""
    if not word:
        return None
    return int(word) if word.isdigit() else NUMBERS.get(word)


def day_number(word: str) -> int | None:
    """'15', '15e', 'vijftien' or 'vijftiende' as 15."""
    figures = re.fullmatch(r"(\d{1,2})(?:en?|den?|sten?)?", word)
    if figures:
        return int(figures[1])
    return ORDINALS.get(word) or ORDINALS.get(word.removesuffix("n")) or NUMBERS.get(word)
