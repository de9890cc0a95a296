"""The tree of an organisation and its rounds, held still while something of it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row

from coach.store.database import reading
from coach.store.desk_tables import (
    blocks,
    groups,
    invitations,
    organisations,
    round_groups,
    rounds,
)
from coach.usecases.groups import Node, Round, Tree


class GroupStore:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def tree(self, organisation: str) -> Tree:
        with reading(self._engine) as db:
            return read_tree(db, organisation)

    def organisation_of(self, group: str) -> str:
        with reading(self._engine) as db:
            query = select(groups.c.organisation).where(groups.c.id == group)
            return str(db.execute(query).scalar_one())

    @contextmanager
    def changing(self, organisation: str) -> Iterator[Changing]:
        """Nobody else changes this tree or its rounds until it is done."""
        with self._engine.begin() as db:
            hold(db, organisation)
            yield Changing(db, organisation, read_tree(db, organisation), _rounds(db, organisation))


@dataclass(frozen=True)
class Changing:
    db: Connection
    organisation: str
    tree: Tree
    rounds: Sequence[Round]

    def add(self, node: Node, at: datetime) -> None:
        row = {"id": node.id, "organisation": self.organisation, "created_at": at}
        self.db.execute(insert(groups).values(**row, **_values(node)))

    def write(self, node: Node) -> None:
        here = update(groups).where(groups.c.id == node.id)
        self.db.execute(here.values(**_values(node)))
        if node.parent is None:
            top = update(organisations).where(organisations.c.id == self.organisation)
            self.db.execute(top.values(name=node.name))

    def remove(self, key: str) -> None:
        self.db.execute(delete(groups).where(groups.c.id == key))

    def open_round(self, round: Round) -> None:
        row = {"id": round.id, "organisation": round.organisation, "top": round.top, "n": round.n}
        times = {"opened_at": round.opened_at, "ends_on": round.ends_on}
        self.db.execute(insert(rounds).values(**row, **times))

    def end_on(self, round: str, day: date) -> None:
        self.db.execute(update(rounds).where(rounds.c.id == round).values(ends_on=day))

    def invite(self, code: str, round: str, group: str, at: datetime) -> None:
        here = (invitations.c.round == round) & (invitations.c.group == group)
        self.db.execute(delete(invitations).where(here))
        row = {"code": code, "round": round, "group": group, "created_at": at, "revoked": False}
        self.db.execute(insert(invitations).values(**row))

    def revoke(self, round: str, group: str) -> None:
        here = (invitations.c.round == round) & (invitations.c.group == group)
        self.db.execute(update(invitations).where(here).values(revoked=True))


def hold(db: Connection, organisation: str) -> None:
    """Keep others from changing this tree or its rounds; SQLite lets one write at a time already."""
    here = organisations.c.id == organisation
    db.execute(select(organisations.c.id).where(here).with_for_update())


def read_tree(db: Connection, organisation: str) -> Tree:
    rows = db.execute(select(groups).where(groups.c.organisation == organisation))
    return Tree.of(Node(row.id, row.parent, row.name, row.members) for row in rows)


def read_round(row: Row, showed: frozenset[str] = frozenset()) -> Round:
    return Round(
        row.id,
        row.organisation,
        row.top,
        row.n,
        row.opened_at,
        row.ends_on,
        row.closed_at,
        showed,
    )


def _rounds(db: Connection, organisation: str) -> list[Round]:
    """All rounds of an organisation, with what those that show something were about."""
    of = select(rounds).where(rounds.c.organisation == organisation)
    found = list(db.execute(of.order_by(rounds.c.opened_at, rounds.c.id)))
    ids = [row.id for row in found if row.closed_at]
    shows = {
        row.round
        for row in db.execute(select(blocks.c.round).where(blocks.c.round.in_(ids)).distinct())
    }
    inside: dict[str, set[str]] = {}
    columns = select(round_groups.c.round, round_groups.c.group)
    for row in db.execute(columns.where(round_groups.c.round.in_(shows))):
        inside.setdefault(row.round, set()).add(row.group)
    return [read_round(row, frozenset(inside.get(row.id, ()))) for row in found]


def _values(node: Node) -> dict[str, object]:
    return {"parent": node.parent, "name": node.name, "members": node.members}
