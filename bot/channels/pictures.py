"""The picture of the path in words, for channels that send it as a link."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from coach.domain.content import Content
from coach.domain.path import POSITIONS, Position
from coach.report import figure


def alt_of(content: Content) -> Callable[[str], str]:
    """Tells what is on a picture, given its address `.../<position>.png`."""
    labels = figure.Labels.of(content.figure)

    @lru_cache(maxsize=64)
    def alt(image: str) -> str:
        position = Position.from_id(image.rpartition("/")[2].rpartition(".")[0])
        return figure.describe(position, labels, POSITIONS[: POSITIONS.index(position)])

    return alt
