"""Rounds of groups: who joined, closing, and what is left of a round when it is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row

from coach.domain.answers import Construct, Question, Role
from coach.domain.group import Middle, Voice
from coach.domain.guard import Block, Group, Side, seal, view
from coach.domain.path import Ring
from coach.domain.placement import Placement
from coach.store.database import reading
from coach.store.desk_tables import (
    blocks,
    groups,
    invitations,
    memberships,
    organisations,
    round_groups,
    rounds,
)
from coach.store.groups import hold, read_round, read_tree
from coach.store.tables import answers, assessments
from coach.usecases.group_results import Frozen, RoundResult
from coach.usecases.groups import Node, Round, Tree, as_top
from coach.usecases.invitations import Invitation, Standing


@dataclass(frozen=True)
class Joining:
    """A talk that answers in a round of a group from now on; who joins a round twice is in its last group."""

    round: str
    group: str
    assessment_round: int
    joined_on: date

    def write(self, db: Connection, talk: str) -> None:
        # whoever closes the round waits for this, or was first: then nobody joins it any more
        is_open = (rounds.c.id == self.round) & rounds.c.closed_at.is_(None)
        if not db.execute(select(rounds.c.id).where(is_open).with_for_update(read=True)).scalar():
            return
        here = (memberships.c.talk == talk) & (memberships.c.round == self.round)
        db.execute(delete(memberships).where(here))
        row = {"talk": talk, "round": self.round, "group": self.group}
        more = {"assessment_round": self.assessment_round, "joined_on": self.joined_on}
        db.execute(insert(memberships).values(**row, **more))


class Rounds:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # --- joining ---

    def invitation(self, code: str, talk: str) -> Invitation | None:
        """What a code is for, as it stands for this talk; None when nobody gave it out."""
        top = groups.c.parent.is_(None).label("whole")
        columns = (invitations, groups.c.name, top, rounds.c.closed_at)
        query = (
            select(*columns, organisations.c.name.label("organisation"))
            .join(groups, groups.c.id == invitations.c.group)
            .join(rounds, rounds.c.id == invitations.c.round)
            .join(organisations, organisations.c.id == rounds.c.organisation)
            .where(invitations.c.code == code)
        )
        with reading(self._engine) as db:
            row = db.execute(query).first()
            if row is None:
                return None
            here = (memberships.c.talk == talk) & (memberships.c.round == row.round)
            mine = select(memberships.c.group).where(here)
            joined = db.execute(mine).scalar() == row.group
        standing = _standing(row, joined=joined)
        return Invitation(
            code, row.round, row.group, row.name, row.organisation, bool(row.whole), standing
        )

    # --- looking ---

    def get(self, key: str) -> Round:
        with reading(self._engine) as db:
            return read_round(db.execute(select(rounds).where(rounds.c.id == key)).one())

    def of(self, organisation: str) -> list[Round]:
        """All rounds of an organisation, the newest first."""
        query = select(rounds).where(rounds.c.organisation == organisation)
        with reading(self._engine) as db:
            rows = db.execute(query.order_by(rounds.c.opened_at.desc(), rounds.c.id))
            return [read_round(row) for row in rows]

    def progress(self, round: str) -> dict[str, tuple[int, int]]:
        """By group, how many joined and how many of them are ready; numbers only."""
        # looked up member by member: a join may be planned over the assessments of everybody else
        ready = select(assessments.c.ring).where(_counts()).correlate(memberships)
        query = (
            select(
                memberships.c.group,
                func.count().label("joined"),
                func.count(ready.scalar_subquery()).label("ready"),
            )
            .where(memberships.c.round == round)
            .group_by(memberships.c.group)
        )
        with reading(self._engine) as db:
            return {row.group: (row.joined, row.ready) for row in db.execute(query)}

    def invitations(self, round: str) -> dict[str, tuple[str, bool]]:
        """By group, its code and whether it was revoked."""
        query = select(invitations).where(invitations.c.round == round)
        with reading(self._engine) as db:
            return {row.group: (row.code, row.revoked) for row in db.execute(query)}

    def results(self, keys: Iterable[str], below: str | None = None) -> dict[str, RoundResult]:
        """What is kept of closed rounds; with `below` only of this group and those under it."""
        ids = list(dict.fromkeys(keys))
        frozen: defaultdict[str, list[Frozen]] = defaultdict(list)
        sealed: defaultdict[str, list[Block]] = defaultdict(list)
        with reading(self._engine) as db:
            for row in db.execute(select(round_groups).where(round_groups.c.round.in_(ids))):
                node = Node(row.group, row.parent, row.name, row.members)
                frozen[row.round].append(Frozen(node, row.respondents))
            if below is not None:
                frozen = defaultdict(list, {key: _under(frozen[key], below) for key in frozen})
            inside = {one.node.id for groups_ in frozen.values() for one in groups_}
            here = blocks.c.round.in_(ids)
            if below is not None:
                here &= blocks.c.group.in_(inside)
            for row in db.execute(select(blocks).where(here).order_by(blocks.c.id)):
                sealed[row.round].append(_block(row))
        return {key: RoundResult(frozen[key], sealed[key]) for key in ids if frozen.get(key)}

    def newest(self, organisation: str) -> dict[str, str]:
        """By group, the closed round it was last in."""
        query = (
            select(round_groups.c.group, round_groups.c.round)
            .join(rounds, rounds.c.id == round_groups.c.round)
            .where(rounds.c.organisation == organisation)
            .order_by(rounds.c.closed_at, rounds.c.id)
        )
        with reading(self._engine) as db:
            return {row.group: row.round for row in db.execute(query)}

    def seen_in(self, group: str) -> list[str]:
        """The closed rounds in which a group was, by id."""
        with reading(self._engine) as db:
            query = select(round_groups.c.round).where(round_groups.c.group == group)
            return list(db.execute(query).scalars())

    # --- closing ---

    def due(self, today: date) -> list[str]:
        """Open rounds whose last day is past."""
        late = rounds.c.closed_at.is_(None) & (rounds.c.ends_on < today)
        with reading(self._engine) as db:
            return list(db.execute(select(rounds.c.id).where(late)).scalars())

    def close(self, key: str, at: datetime) -> bool:
        """Seal what was answered, once and for good; False when that was done already.

        From then on nothing says any more which talk was in which group.
        """
        with self._engine.begin() as db:
            owner = db.execute(select(rounds.c.organisation).where(rounds.c.id == key)).scalar()
            if owner is None:
                return False
            hold(db, owner)
            is_open = (rounds.c.id == key) & rounds.c.closed_at.is_(None)
            row = db.execute(select(rounds).where(is_open).with_for_update()).first()
            if row is None:
                return False
            _freeze(db, read_round(row), read_tree(db, owner), list(_voices(db, key)))
            db.execute(delete(memberships).where(memberships.c.round == key))
            db.execute(update(rounds).where(rounds.c.id == key).values(closed_at=at))
            return True


def _under(frozen: Sequence[Frozen], top: str) -> list[Frozen]:
    """One group and what is below it, as a tree of its own."""
    tree = Tree.of(one.node for one in frozen)
    if top not in tree.nodes:
        return []
    answered = {one.node.id: one.respondents for one in frozen}
    return [Frozen(as_top(node, top), answered[node.id]) for node in tree.below(top)]


def _freeze(db: Connection, round: Round, tree: Tree, voices: Sequence[Voice]) -> None:
    inside = [as_top(node, round.top) for node in tree.below(round.top)]
    answered: defaultdict[str, int] = defaultdict(int)
    for voice in voices:
        answered[voice.group] += 1
    frozen = [
        {
            "round": round.id,
            "group": node.id,
            "parent": node.parent,
            "name": node.name,
            "members": node.members,
            "respondents": answered[node.id],
        }
        for node in inside
    ]
    db.execute(insert(round_groups), frozen)
    sealed = seal([Group(node.id, node.parent, node.members) for node in inside], voices)
    if sealed:
        db.execute(insert(blocks), [block_row(round.id, block) for block in sealed])
    if round.top == tree.top.id:
        shown = view(sealed)
        place = shown.place.position.id if shown and shown.place else None
        here = update(organisations).where(organisations.c.id == round.organisation)
        db.execute(here.values(position=place))


def _counts() -> Any:
    """The one assessment of a member that counts, when it is complete."""
    return and_(
        assessments.c.talk == memberships.c.talk,
        assessments.c.round == memberships.c.assessment_round,
        assessments.c.ring.is_not(None),
    )


def _voices(db: Connection, round: str) -> Iterator[Voice]:
    """What everybody said whose interview is complete, without who they are."""
    members = (
        select(memberships.c.group, assessments.c.id, assessments.c.role, assessments.c.placement)
        .join(assessments, _counts())
        .where(memberships.c.round == round)
        .order_by(assessments.c.id)
    )
    said: defaultdict[int, dict[Question, int]] = defaultdict(dict)
    for row in db.execute(_answers_of(round)):
        question = Question(Construct(row.construct), Ring(row.ring) if row.ring else None)
        said[row.assessment].pop(question, None)
        if row.level is not None:  # the last word counts, also when it is that nobody knows
            said[row.assessment][question] = row.level
    for row in db.execute(members):
        placement = Placement.from_json(row.placement)
        ring = placement.completed or placement.ring
        yield Voice(row.group, Role(row.role), ring, said[row.id])


def _answers_of(round: str) -> Any:
    return (
        select(answers.c.assessment, answers.c.construct, answers.c.ring, answers.c.level)
        .join(assessments, assessments.c.id == answers.c.assessment)
        .join(memberships, _counts())
        .where(memberships.c.round == round)
        .order_by(answers.c.assessment, answers.c.n)
    )


def block_row(round: str, block: Block) -> dict[str, Any]:
    """A block as it is kept."""
    said = {question.id: [middle.level, middle.close] for question, middle in block.middles.items()}
    row = {"round": round, "group": block.group, "side": block.side.value, "size": block.size}
    return {**row, "middles": said}


def _block(row: Row) -> Block:
    said: Mapping[str, Sequence[Any]] = row.middles
    found = {_question(id_): Middle(level, close) for id_, (level, close) in said.items()}
    return Block(row.group, Side(row.side), row.size, found)


def _question(id_: str) -> Question:
    ring, _, construct = id_.rpartition(".")
    return Question(Construct(construct), Ring(ring) if ring else None)


def _standing(row: Row, *, joined: bool) -> Standing:
    if row.closed_at is not None:
        return Standing.CLOSED
    if joined:
        return Standing.JOINED
    return Standing.REVOKED if row.revoked else Standing.OPEN
