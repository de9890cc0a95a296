"""Words of distress, so plain that no classifier should be asked about them.

Only used to show help (facts, section 4); nothing is inferred about a person and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import yaml

PATTERNS = Path(__file__).with_name("distress.yml")


class Distress(StrEnum):
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"


SURE = 0.5
GRAVE = 0.25
"""The share of all distress together, and of red and orange, from which a message counts as distress."""
RED_PART = 0.3
"""The part of that share from which it counts as danger to life: rather once too often than once too few."""


class DistressWords:
    """Finds the gravest degree whose phrases stand in a text; `patterns` are regular expressions."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {degree: _joined(patterns[degree.value]) for degree in Distress}
        self._sayings = _joined(patterns["sayings"])
        self._ordinary = _joined(patterns["ordinary"])

    @classmethod
    def load(cls) -> DistressWords:
        return cls(yaml.safe_load(PATTERNS.read_text(encoding="utf-8")))

    def find(self, text: str) -> Distress | None:
        plain = _plain(text)
        for degree, pattern in self._patterns.items():
            if pattern.search(plain):
                return degree
        return None

    def is_saying(self, text: str) -> bool:
        """Whether words of death are a manner of speaking: asked about gently, and no alarm."""
        return self.find(text) is None and bool(self._sayings.search(_plain(text)))

    def is_ordinary(self, text: str) -> bool:
        """Whether grim words are ordinary talk about work: a scolding, a plan that died."""
        return self.find(text) is None and bool(self._ordinary.search(_plain(text)))


def is_distress(intent: str) -> bool:
    return intent.startswith("distress_")


def together(shares: Mapping[str, float]) -> float:
    """The share of all distress in the shares of a message's intents (0-1)."""
    return sum(share for intent, share in shares.items() if is_distress(intent))


def weighed(shares: Mapping[str, float]) -> Distress | None:
    """The degree that the shares of the intents `distress_<degree>` speak of, or None."""
    by_degree = {degree: shares.get(f"distress_{degree}", 0.0) for degree in Distress}
    whole = together(shares)
    if whole < SURE and whole - by_degree[Distress.YELLOW] < GRAVE:
        return None
    if by_degree[Distress.RED] >= RED_PART * whole:
        return Distress.RED
    return max(by_degree, key=lambda degree: by_degree[degree])


def _joined(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().replace("’", "'"))
