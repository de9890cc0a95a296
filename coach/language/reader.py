"""Reads a free answer into a level, with the head of the question that was asked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from coach.domain.answers import Role
from coach.domain.content import Item
from coach.language.encoder import Encoder
from coach.language.features import Features
from coach.language.linear import LinearReader, load
from coach.language.training import NOTHING
from coach.usecases.ports import Reading

SHARPNESS = 3.0
"""Makes shares of scores so that they are as often right as they say; chosen on the development set."""


class LevelReader:
    """One reader for all questions; the certainty is the share of the level (0-1)."""

    def __init__(self, reader: LinearReader) -> None:
        self._reader = reader
        # a turn asks whether it is an answer, and then which
        self._kept = lru_cache(maxsize=1)(self._read)

    @classmethod
    def load(cls, file: Path, features: Features, encoder: Encoder) -> LevelReader:
        return cls(LinearReader(load(file), features, encoder, SHARPNESS))

    def prepare(self, text: str) -> None:
        """Do what needs neither a question nor the sentence vector."""
        self._reader.prepare(text)

    def read(self, text: str, item: Item, role: Role) -> Reading:
        """The likeliest level with its certainty and the words that decided it."""
        return self._kept(text, item.question.id)

    def _read(self, text: str, head: str) -> Reading:
        shares = self._reader.shares(text, head)
        name, certainty = next(iter(shares.items()))
        level = None if int(name) == NOTHING else int(name)
        reasons = self._reader.reasons(text, head, name) if level else ()
        return Reading(level, certainty, reasons=reasons)
