"""A group on the path: from the answers of several people to one place.

Per question the lower median over the group, then the same rule as for one person (design, section 2.6).
Provisional and ours, as the rule is. People are asked about the processes of their own ring only, and no further
than the first that is not in order; what that says about the other processes is filled in by `counted`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coach.domain.answers import (
    IN_ORDER,
    LEVELS,
    RING_CONSTRUCTS,
    Construct,
    Level,
    Question,
    Role,
    process_questions,
    ring_questions,
)
from coach.domain.path import RINGS, Position, Process, Ring
from coach.domain.placement import first_not_in_order, ring_of

LEAST = 5
"""The fewest people whose answers may be shown together."""
HINT = 3
"""From here a group hears that it is nearly there, without any score."""
CLOSE = 0.6
"""The part of a group that has to say the same before we call its answers close together.

At five people that leaves two who may have said anything: also one of them cannot tell what the others said.
"""

Counts = tuple[int, int, int]
"""How many people were on level 1, 2 and 3."""
Tally = Mapping[Question, Counts]

NOT_YET: Level = LEVELS[0]


@dataclass(frozen=True)
class Voice:
    """What one person said in one round. Carries no name, no words and no time."""

    group: str
    role: Role
    ring: Ring
    """The ring whose processes were asked."""
    levels: Mapping[Question, Level]
    """The known answers; what was unknown or not asked is not in it."""


@dataclass(frozen=True)
class Middle:
    """What may be said of one question: the lower median, and whether most said the same. Never a count a level."""

    level: Level
    close: bool


@dataclass(frozen=True)
class GroupPlace:
    """Where a group stands."""

    ring: Ring
    process: Process
    completed: Ring | None
    """The ring whose four processes are all in order, when this is a transition to the next round."""
    lagging: tuple[Construct, ...]
    ahead: tuple[Construct, ...]

    @property
    def position(self) -> Position:
        return Position(self.ring, self.process)


def counted(voice: Voice) -> dict[Question, Level]:
    """The levels that a voice adds to its group: what was asked, and what follows from it for the other processes.

    A person whose ring lies further has the processes of the earlier rings in order, and those of a later ring
    not yet; behind the first process that is not in order, or is unknown, nothing is in order yet.
    """
    found = {question: voice.levels[question] for question in _known_ring(voice)}
    for ring in RINGS:
        for question in process_questions(ring):
            if ring is voice.ring:
                found[question] = voice.levels.get(question, NOT_YET)
            else:
                found[question] = IN_ORDER if ring.level < voice.ring.level else NOT_YET
    return found


def tally(voices: Iterable[Voice]) -> dict[Question, Counts]:
    """How often each level was given to each question."""
    counts = Counter(pair for voice in voices for pair in counted(voice).items())
    return {
        question: (counts[question, 1], counts[question, 2], counts[question, 3])
        for question in sorted({question for question, _ in counts}, key=_in_order)
    }


def middle(counts: Counts) -> Middle | None:
    """The lower median of these answers; None when fewer than `LEAST` people gave one."""
    number = sum(counts)
    if number < LEAST:
        return None
    level = _lower_median(counts)
    return Middle(level, counts[level - 1] >= CLOSE * number)


def middles(tally: Tally) -> dict[Question, Middle]:
    """Every question that enough people answered."""
    found = {question: middle(counts) for question, counts in tally.items()}
    return {question: here for question, here in found.items() if here}


def joined(parts: Sequence[tuple[int, Mapping[Question, Middle]]]) -> dict[Question, Middle]:
    """The middle of several sets of people by their number and their own middles, and by nothing else of them."""
    found: dict[Question, Middle] = {}
    for question in sorted({q for _, shown in parts for q in shown}, key=_in_order):
        known = [(size, shown[question]) for size, shown in parts if question in shown]
        weights = [sum(size for size, one in known if one.level == level) for level in LEVELS]
        level = _lower_median(weights)
        close = sum(size for size, one in known if one == Middle(level, True))
        found[question] = Middle(level, close >= CLOSE * sum(weights))
    return found


def place(found: Mapping[Question, Middle]) -> GroupPlace | None:
    """The place of a group by its middles; None when too few of its questions have one."""
    levels = {question: here.level for question, here in found.items()}
    ring_levels = {q.construct: levels[q] for q in ring_questions() if q in levels}
    ring = ring_of(list(ring_levels.values()))
    asked = process_questions(ring) if ring else ()
    if ring is None or not all(question in levels for question in asked):
        return None
    process = first_not_in_order({question.process: levels[question] for question in asked})
    return GroupPlace(
        ring=ring if process else ring.following,
        process=process or Process.DOELEN_STELLEN,
        completed=None if process else ring,
        lagging=tuple(c for c, level in ring_levels.items() if level < ring.level),
        ahead=tuple(c for c, level in ring_levels.items() if level > ring.level),
    )


def _lower_median(counts: Sequence[int]) -> Level:
    half = (sum(counts) + 1) // 2
    return next(level for level in LEVELS if sum(counts[:level]) >= half)


def _known_ring(voice: Voice) -> list[Question]:
    return [question for question in ring_questions() if question in voice.levels]


def _in_order(question: Question) -> tuple[int, int]:
    constructs = list(Construct)
    ring = 0 if question.construct in RING_CONSTRUCTS or not question.ring else question.ring.level
    return ring, constructs.index(question.construct)
