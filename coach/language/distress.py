"""Words of distress, so plain that no classifier should be asked about them.

Only used to show help (facts, section 4); nothing is inferred about a person and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Distress(StrEnum):
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"


class DistressWords:
    """Finds the gravest degree whose phrases stand in a text; `patterns` are regular expressions."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {
            degree: re.compile("|".join(f"(?:{p})" for p in patterns[degree.value]))
            for degree in Distress
        }

    def find(self, text: str) -> Distress | None:
        plain = re.sub(r"\s+", " ", text.lower().replace("’", "'"))
        for degree, pattern in self._patterns.items():
            if pattern.search(plain):
                return degree
        return None
