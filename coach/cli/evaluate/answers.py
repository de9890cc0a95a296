"""How well free answers are read into levels, with the thresholds of the interview."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.cli.evaluate.measures import Bin, calibration_error, middle, reliability, share
from coach.cli.evaluate.rows import Row, read, refuse
from coach.domain.answers import LEVELS, Question, Role
from coach.domain.content import Item
from coach.usecases.interview import SURE, UNSURE
from coach.usecases.ports import AnswerReader
from coach.wiring import answer_reader, coach

NOTHING = 0
FAR = 2


@dataclass(frozen=True)
class Read:
    """One answer: the level it has and the level that was read (0: nothing about a level), and how sure."""

    text: str
    question: str
    wanted: int
    found: int
    certainty: float
    reasons: tuple[str, ...]
    ms: float

    @property
    def right(self) -> bool:
        return self.found == self.wanted

    @property
    def far(self) -> bool:
        """Whether a low level was read as a high one, or the other way round."""
        return bool(self.found and self.wanted) and abs(self.found - self.wanted) == FAR

    @property
    def sure(self) -> bool:
        return bool(self.found) and self.certainty >= SURE

    @property
    def checked(self) -> bool:
        return bool(self.found) and UNSURE <= self.certainty < SURE


def evaluate(file: Path) -> list[Read]:
    """Every answer of the file as it is read; BadContent when the file is wrong."""
    rows = read(file, ["text", "construct", "ring", "level", "role"])
    content = coach().content
    items = content.questionnaires[content.current].items
    asked = [_asked(file, row, items) for row in rows]
    reader = answer_reader()
    return [_read(row, item, role, reader) for row, (item, role) in zip(rows, asked, strict=True)]


def _asked(file: Path, row: Row, items: Mapping[Question, Item]) -> tuple[Item, Role]:
    try:
        question = Question.from_json(row)
    except ValueError as error:
        raise refuse(file, row, "construct", str(error)) from None
    if question not in items:
        raise refuse(file, row, "ring", "this construct is not asked for this ring")
    if row["level"] not in (NOTHING, *LEVELS):
        raise refuse(file, row, "level", "0, 1, 2 or 3 is wanted")
    try:
        return items[question], Role(row["role"] or Role.MEDEWERKER)
    except ValueError as error:
        raise refuse(file, row, "role", str(error)) from None


def _read(row: Row, item: Item, role: Role, reader: AnswerReader) -> Read:
    begun = time.perf_counter()
    found = reader.read(row["text"], item, role)
    ms = 1000 * (time.perf_counter() - begun)
    question, level = item.question.id, found.level or NOTHING
    return Read(row["text"], question, row["level"], level, found.certainty, found.reasons, ms)


def summary(rows: Sequence[Read]) -> dict[str, float]:
    """The figures of the issue's acceptance, by name."""
    sure = [row for row in rows if row.sure]
    told = [row for row in rows if row.wanted]
    return {
        "answers": len(rows),
        "exact": share([row.right for row in rows]),
        "off by two": share([row.far for row in rows]),
        "read as sure": share([row.sure for row in rows]),
        "read as sure, of those with a level": share([row.sure for row in told]),
        "right among sure": share([row.right for row in sure]),
        "off by two among sure": share([row.far for row in sure]),
        "checks asked": share([row.checked for row in rows]),
        "calibration error": calibration_error(bins(rows)),
        "ms an answer (middle)": middle([row.ms for row in rows]),
    }


def bins(rows: Sequence[Read]) -> list[Bin]:
    return reliability([row.certainty for row in rows], [row.right for row in rows])
