"""Reads a free answer into a level: by how much it is like the behaviour anchors, and by plain yes and no words.

First version: only what it is quite sure of counts at once; the rest leads to a short check or to the buttons.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coach.domain.answers import Construct, Level, ReadAs, Role
from coach.domain.content import Item
from coach.language.encoder import Encoder
from coach.usecases.ports import Reading

SHARPNESS = 18.0
"""How fast certainty grows with the distance between the likenesses of two levels."""
ALIKE = 0.30
"""Below this likeness to every anchor a text says nothing about the question."""
CLOSE = 0.70
"""From here on a text is all but the anchor itself; only then may it count without a check."""
FAR_CERTAINTY = 0.70
_CUES: Mapping[Level, Sequence[str]] = {
    1: ("nee", "nooit", "niemand", "niets", "niks", "geen", "nauwelijks", "bijna niet", "amper", "totaal niet"),
    2: ("soms", "deels", "een beetje", "beetje", "af en toe", "sommigen", "sommige", "gedeeltelijk", "half", "wisselend", "hangt ervan af", "de een wel"),
    3: ("ja", "altijd", "iedereen", "vaak", "zeker", "volledig", "allemaal", "elke week", "steeds", "meestal"),
}  # fmt: skip
_CONCESSION = re.compile(r"\b(?:wel|ja)\b.*\b(?:maar|alleen)\b")


class AnchorReader:
    """Reads with one encoder; the anchors of an item are encoded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._anchors = lru_cache(maxsize=256)(self._encode_anchors)

    def read(self, text: str, item: Item, role: Role) -> Reading:
        likeness = self._likeness(text, item)
        if max(likeness) < ALIKE:
            return self._by_cues(text, item) or Reading(None, 0.0)
        weights = np.exp(SHARPNESS * (likeness - likeness.max()))
        shares = weights / weights.sum()
        level = int(shares.argmax()) + 1
        certainty = float(shares[level - 1])
        if max(likeness) < CLOSE:
            certainty = min(certainty, FAR_CERTAINTY)
        return Reading(level, round(certainty, 3))

    def _likeness(self, text: str, item: Item) -> NDArray[np.float32]:
        """Per level the likeness (cosine) to the nearest of its anchors, shape (3,)."""
        vector = self._encoder.encode([text])[0]
        return np.array([(anchors @ vector).max() for anchors in self._anchors(_Key(item))])

    def _encode_anchors(self, key: _Key) -> tuple[NDArray[np.float32], ...]:
        item = key.item
        return tuple(
            self._encoder.encode(
                [*(w.anchors[level] for w in item.roles.values()), item.echo[level]]
            )
            for level in sorted(item.echo)
        )

    @staticmethod
    def _by_cues(text: str, item: Item) -> Reading | None:
        """Yes, no and sometimes; not for `sturing`, where yes means nothing by itself."""
        if item.question.construct is Construct.STURING:
            return None
        plain = text.lower()
        if _CONCESSION.search(plain):
            return Reading(2, 0.5)
        found = {
            level
            for level, cues in _CUES.items()
            if any(re.search(rf"(?<!\w){cue}(?!\w)", plain) for cue in cues)
        }
        return Reading(found.pop(), 0.5, ReadAs.TEXT) if len(found) == 1 else None


class _Key:
    """An item as a key of the cache: content is loaded once, so identity will do."""

    def __init__(self, item: Item) -> None:
        self.item = item

    def __hash__(self) -> int:
        return hash(self.item.question)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.item is other.item
