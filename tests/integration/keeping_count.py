"""What everybody knows of their talk, held against what is stored of it: nothing lost, nothing twice."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from killing import SlackVisitor, Visitor
from sqlalchemy import select
from sqlalchemy.engine import Row

from bot.turns.delivery import REPLIES
from coach.store.tables import answers, assessments, check_ins, events, inbox, outbox, plans, talks


@dataclass
class Figures:
    """What a run was, for the report."""

    talks: int = 0
    messages: int = 0
    retried: int = 0
    answers: int = 0
    replies: int = 0
    check_ins: int = 0
    repeats: int = 0
    trouble: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.talks} talks, {self.messages} messages ({self.retried} times sent again), "
            f"{self.answers} answers, {self.talks} plans, {self.check_ins} check-ins, "
            f"{self.replies} replies ({self.repeats} repeats that Slack knew by their key); "
            f"{len(self.trouble)} faults"
        )


def compare(visitors: Sequence[Visitor], *, came_back: bool = True) -> Figures:
    """Hold what everybody knows against what is stored; every difference is a fault.

    `came_back` is False when the talks ended with the promise: then the check-in is still to come.
    """
    figures = Figures(talks=len(visitors))
    for visitor in visitors:
        visitor.outcome = visitor.outcome if came_back else "open"
        for fault in _faults(visitor, figures, check_ins_sent=int(came_back)):
            figures.trouble.append(f"{visitor.channel} {visitor.number}: {fault}")
    return figures


def _faults(who: Visitor, figures: Figures, check_ins_sent: int) -> list[str]:
    said = who.own_rows(inbox)
    replies = who.own_rows(outbox, outbox.c.line)
    [talk] = who.world.rows(select(talks).where(talks.c.id == who.talk))
    own = [row for row in said if row.own]
    queue = who.own_rows(check_ins)
    sent = [row for row in queue if row.message_id]
    kept = who.world.rows(
        select(answers).join(assessments, assessments.c.id == answers.c.assessment)
        .where(assessments.c.talk == who.talk)
    )  # fmt: skip
    promised = who.own_rows(plans)
    figures.messages += len(who.said)
    figures.retried += who.tries
    figures.answers += len(kept)
    figures.check_ins += len(own)
    figures.replies += len(replies)
    if isinstance(who, SlackVisitor):
        figures.repeats += who.repeats()
    lines = [row.line for row in (*said, *replies) if not getattr(row, "own", False)]
    seqs = {row.seq for row in who.own_rows(events, events.c.seq, events.c.n)}
    shown = who.arrived()
    wanted = _keys(who, replies)
    checks: Mapping[str, bool] = {
        "a message is lost, doubled or out of order": [r.text for r in said if not r.own]
        == who.said,
        "a message was not answered": {r.status for r in said} == {"done"},
        "a turn has no effect or two": talk.seq == len(said)
        and seqs == set(range(1, talk.seq + 1)),
        "a line is lost or doubled": sorted(lines) == list(range(1, talk.lines + 1)),
        "an answer is lost or doubled": Counter((_question(row), row.level) for row in kept)
        == Counter(who.levels),
        "a plan is lost or doubled": Counter(r.n for r in promised)
        == Counter(range(1, len(promised) + 1))
        and promised[0].outcome == who.outcome,
        "a check-in is lost or doubled": len(own) == len(sent) == check_ins_sent
        and {row.message_id for row in own} == {row.message_id for row in sent},
        "a reply never arrived": set(wanted) <= {key for key, _ in shown},
        "a reply arrived twice": len(shown) == len({key for key, _ in shown}) == len(wanted),
        "a reply stands as unsent": all(row.sent for row in replies),
    }
    return [what for what, fine in checks.items() if not fine]


def _question(row: Row) -> str:
    ring = getattr(row, "ring", None)
    return f"{ring}.{row.construct}" if ring else str(row.construct)


def _keys(who: Visitor, replies: Sequence[Row]) -> list[str]:
    """The ids under which the replies stand on the screen."""
    if who.channel != "slack":
        return [str(row.line) for row in replies]
    return [str(uuid.uuid5(REPLIES, f"{who.talk}:{row.line}")) for row in replies]
