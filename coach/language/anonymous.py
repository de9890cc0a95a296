"""A sentence without what could tell who said it or whom it is about.

Rather a word too much taken out than one too few: what is no word that is known, or stands where names stand, goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

NAMES = Path(__file__).with_name("names.yml")
NAME, NUMBER, DAY, PLACE = "[naam]", "[getal]", "[datum]", "[adres]"
LEFT_OUT = "…"
"""What is read in the place of what was taken out."""
MOST_WORDS = 15
"""A longer text is a story, and a story tells who it is about whatever is taken out."""
FEWEST_WORDS = 2

_LINK = re.compile(
    r"\S+@\S+|\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:nl|com|org|net|eu|be|de)\b\S*|(?<!\w)@\w+"
)
_POSTCODE = re.compile(r"\b\d{4} ?[A-Za-z]{2}\b")
_MONTHS = (
    "jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?|"
    "okt(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"\b\d{{1,2}}[-/.]\d{{1,2}}(?:[-/.]\d{{2,4}})?\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b|"
    rf"\b\d{{1,2}}(?:e|ste|de)? (?:{_MONTHS})\b(?: \d{{2,4}}\b)?|"
    r"\b(?:januari|februari|april|juni|juli|augustus|september|oktober|november|december)\b(?: \d{4}\b)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![^\W\d_])[+(€#]*\d[\d .,:()/+-]*\d\w*|\w*\d\w*%?")
_TOKEN = re.compile(
    r"\[[a-z]+\]|['’]\w+(?:[-'’][^\W\d_]+)*|[^\W\d_](?:\.[^\W\d_])+\.?|[^\W\d_]+(?:[-'’][^\W\d_]+)*|\s+|."
)
_MARK = re.compile(r"(?:\[[a-z]+\]\s*)+")
_ENDS, _GOES_ON = ".!?", " .:"
_PARTICLES = (
    "van", "de", "der", "den", "het", "ten", "ter", "te", "'t", "’t", "in", "op", "el", "al", "ben", "bin",
    "von", "le", "la", "di", "da", "dos", "du", "op", "aan", "bij", "onder", "uit", "over", "voor", "ou", "ait",
)  # fmt: skip
_SURE_PARTICLES = frozenset(
    (
        "van",
        "der",
        "den",
        "ten",
        "ter",
        "'t",
        "’t",
        "el",
        "al",
        "ben",
        "bin",
        "von",
        "de",
        "ait",
        "ou",
    )
)
"""What is said between a first name and a family name: after a name it is taken for that."""
_TITLES = frozenset(
    ("mevrouw", "mevr", "mw", "meneer", "mijnheer", "heer", "dhr", "dokter", "dr", "drs", "ir", "ing", "mr",
     "prof", "professor", "juf", "juffrouw", "meester", "tante", "oom", "zuster", "broeder", "heet", "heette",
     "heten", "genaamd", "noemen", "noem", "groet", "groeten", "groetjes")
)  # fmt: skip
_ORDINARY = frozenset(
    (
        "HR",
        "MT",
        "OR",
        "P&O",
        "POP",
        "ICT",
        "IT",
        "ROC",
        "MBO",
        "HBO",
        "WO",
        "BHV",
        "UWV",
        "SER",
        "CAO",
        "I",
    )
)
"""Capitals that name no one."""


@cache
def first_names() -> frozenset[str]:
    """Names that are also in the word list, or near a word in it."""
    return frozenset(yaml.safe_load(NAMES.read_text(encoding="utf-8"))["names"])


@cache
def sensitive() -> tuple[str, ...]:
    """Beginnings of words with which a sentence is about somebody's health, belief, body or need."""
    return tuple(yaml.safe_load(NAMES.read_text(encoding="utf-8"))["sensitive"])


class Anonymous:
    """`knows` says whether something in lower case is a Dutch word."""

    def __init__(self, knows: Callable[[str], bool]) -> None:
        self._knows = knows

    def strip(self, text: str) -> str | None:
        """The sentence without names, numbers, days and addresses; None when there is too little or too much left."""
        text = _plain(text)
        if text.isupper():
            text = text.lower()
        for pattern, mark in (
            (_LINK, PLACE),
            (_POSTCODE, PLACE),
            (_DATE, DAY),
            (_NUMBER, f"{NUMBER} "),
        ):
            text = pattern.sub(mark, text)
        text = text.replace("@", " ")
        found = self._merged(self._marked(_TOKEN.findall(text)))
        words = [token for token in found if token[0].isalpha()]
        taken = [token for token in found if token.startswith("[")]
        if len(words) < max(FEWEST_WORDS, len(taken)) or len(words) + len(taken) > MOST_WORDS:
            return None
        if any(word.lower().startswith(sensitive()) for word in words):
            return None
        plain = _MARK.sub(f" {LEFT_OUT} ", "".join(found))
        return re.sub(r" +([.,!?;:])", r"\1", " ".join(plain.split()))

    def _marked(self, tokens: list[str]) -> list[str]:
        """Every token, with a mark for the ones that may be a name."""
        found: list[str] = []
        begins, titled = True, False
        for token in tokens:
            plain = token.lower().rstrip(".")
            if token.isspace() or not (token[0].isalpha() or token[0] in "'’"):
                begins = begins or token in _ENDS
                found.append(token)
                titled = titled and token in _GOES_ON
                continue
            if titled and plain in _PARTICLES:
                found.append(NAME)
            elif titled or self._is_name(token, begins=begins):
                found.append(NAME)
                titled = False
            else:
                found.append(token)
                titled = plain in _TITLES
            begins = False
        return found

    def _is_name(self, token: str, *, begins: bool) -> bool:
        plain = token.lower().replace("’", "'")
        if token in _ORDINARY or plain in (
            "'t",
            "'n",
            "'k",
            "'s",
            "z'n",
            "m'n",
            "d'r",
            "zo'n",
            "u",
        ):
            return False
        if plain in first_names():
            return True
        if token[0].isupper() and (not begins or len(plain.rstrip(".")) == 1 or "." in plain):
            return True
        parts = [part for part in re.split(r"[-']", plain) if part]
        if any(part in first_names() for part in parts):
            return True
        return not (self._is_word(plain) or (len(parts) > 1 and all(map(self._is_word, parts))))

    def _is_word(self, plain: str) -> bool:
        """A word, or two longer ones written as one."""
        if self._knows(plain):
            return True
        halves = ((plain[:n], plain[n:]) for n in range(5, len(plain) - 4))
        return any(self._knows(head) and self._knows(tail) for head, tail in halves)

    @staticmethod
    def _merged(tokens: list[str]) -> list[str]:
        """Names that stand together as one, with what is said between them and a family name behind it."""
        found: list[str] = []
        at = 0
        while at < len(tokens):
            found.append(tokens[at])
            if tokens[at] != NAME:
                at += 1
                continue
            at = _end_of_name(tokens, at + 1)
        return found


def _plain(text: str) -> str:
    """In plain letters and figures, on one line, without square brackets: '²' and '①' are figures too."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join("0" if char.isdigit() else char for char in text)
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _end_of_name(tokens: list[str], at: int) -> int:
    """Where a name ends of which the first word is before `at`."""
    while True:
        ahead, family = at, False
        while ahead < len(tokens) and (
            tokens[ahead].isspace() or tokens[ahead] in ".-" or tokens[ahead].lower() in _PARTICLES
        ):
            family = family or tokens[ahead].lower() in _SURE_PARTICLES
            ahead += 1
        if ahead >= len(tokens):
            return at
        if tokens[ahead] == NAME or (family and tokens[ahead][0].isalpha()):
            at = ahead + 1
            continue
        return at
