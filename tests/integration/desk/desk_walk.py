"""The whole route table of the desk, with sample ids for every part of an address: pages that others add are walked too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from desk_visitor import MORNING, House
from sqlalchemy import insert, select
from starlette.routing import BaseRoute, Route

from coach.domain.answers import Construct, Role
from coach.domain.counting import STEPS
from coach.domain.path import POSITIONS
from coach.store.database import add_to
from coach.store.desk_tables import (
    client_talks,
    figures,
    groups,
    handovers,
    invitations,
    pairings,
    rounds,
    unclear,
)
from coach.store.organisations import OWNED
from coach.store.tables import metadata, talks

OPEN = ("/desk/inloggen", "/desk/oidc", "/desk/oidc/terug")
"""Reached without a session: that is where one is made."""
FOR_MANAGERS = ("/desk/beheer", "/desk/logboek")
TYPED = ("name", "title", "note", "summary", "text", "contact", "meaning")
CHANGES_BY_ITSELF = ("audit", "desk_sessions", "sign_in_failures")
FIGURES = {
    **{step: 140 - 9 * n for n, step in enumerate(STEPS)},
    **{f"kanaal:{channel}:{step}": 60 - 4 * n for channel in ("web", "slack") for n, step in enumerate(STEPS)},
    **{f"rol:{role}:{step}": 40 - 3 * n for role in Role for n, step in enumerate(STEPS)},
    **{f"klant:{step}": 30 - 2 * n for n, step in enumerate(STEPS)},
    **{f"vraag:{name}": 100 for name in Construct}, **{f"antwoord:{name}": 91 for name in Construct},
    "toestemming:ja": 80, "terug:gelukt": 12, "terug:deels": 7, "terug:niet": 6,
    "overdracht": 21, "overdracht:gevraagd": 14, "overdracht:onduidelijk": 7,
    "wacht:12": 9, "wacht:165": 9, "wacht:1455": 1,
}  # fmt: skip
"""A desk of which every table of figures has numbers to show."""


@dataclass(frozen=True)
class Step:
    """One method of one route."""

    method: str
    path: str
    names: tuple[str, ...]

    @property
    def owned(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name in OWNED)

    def at(self, ids: Mapping[str, str]) -> str:
        """The address with these ids in it."""
        address = self.path.replace(":path}", "}")
        for name in self.names:
            address = address.replace(f"{{{name}}}", ids.get(name, "nergens"))
        return address

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def steps_of(routes: list[BaseRoute]) -> list[Step]:
    """Every method of every route of the desk."""
    return [
        Step(method, route.path, tuple(route.param_convertors))
        for route in routes
        if isinstance(route, Route) and route.path.startswith("/desk")
        for method in sorted(set(route.methods or ()) - {"HEAD"})
    ]


def walked(house: House) -> list[Step]:
    """Those that want a session."""
    return [step for step in steps_of(house.app.routes) if step.path not in OPEN]


def samples(house: House, name: str) -> dict[str, str]:
    """One of everything that an address may name, of the organisation of this adviser."""
    organisation = house.of[name]
    ids = {kind: f"{kind[:4]}-{name}" for kind in ("round", "handover", "talk")}
    row: dict[str, Any] = {"organisation": organisation}
    with house.engine.begin() as db:
        top = db.execute(select(groups.c.id).where(groups.c.organisation == organisation)).scalar()
        db.execute(
            insert(groups).values(
                id=f"team-{name}",
                parent=top,
                name="Team Noord",
                members=9,
                created_at=MORNING,
                **row,
            )
        )
        db.execute(
            insert(rounds).values(
                id=ids["round"], top=top, n=1, opened_at=MORNING, ends_on=date(2026, 12, 18), **row
            )
        )
        db.execute(
            insert(invitations).values(
                code=f"CODE{name.upper()}", round=ids["round"], group=f"team-{name}",
                revoked=False, created_at=MORNING,
            )
        )  # fmt: skip
        for talk in (ids["talk"], f"handed-{name}"):
            db.execute(
                insert(talks).values(
                    id=talk, channel="rest", sender_hash=f"h-{talk}", state={}, offered={},
                    seq=0, lines=0, created_at=MORNING, updated_at=MORNING,
                )
            )  # fmt: skip
        db.execute(
            insert(client_talks).values(
                talk=ids["talk"], adviser=house.people[name].id, title="Gesprek met het team",
                note="", created_at=MORNING, updated_at=MORNING, **row,
            )
        )  # fmt: skip
        db.execute(
            insert(handovers).values(
                id=ids["handover"], talk=f"handed-{name}", state="nieuw", reason="asked",
                summary="Iemand wil graag een mens spreken.", asked_at=MORNING, **row,
            )
        )  # fmt: skip
        db.execute(
            insert(unclear).values(
                id=f"zin-{name}", text="wat moet ik hier eigenlijk mee …", asked="willen",
                number=3, seen_on=MORNING.date(), state="nieuw",
            )
        )  # fmt: skip
        for what, number in FIGURES.items():
            add_to(db, figures, {"day": MORNING.date(), "what": what}, number)
    return {
        **ids,
        "sentence": f"zin-{name}",
        "organisation": organisation,
        "group": f"team-{name}",
        "code": f"CODE{name.upper()}",
        "pairing": organisation,
        "adviser": house.people[name].id,
        "position": POSITIONS[3].id,
        "topic": "flow",
        "rest": "nergens",
    }


def pair(house: House) -> None:
    """Each organisation has been asked by the other to learn together."""
    one, other = house.of["anna"], house.of["bram"]
    with house.engine.begin() as db:
        for asker, asked in ((one, other), (other, one)):
            place = {"position": POSITIONS[3].id, "asked_at": MORNING}
            db.execute(insert(pairings).values(asker=asker, asked=asked, **place))


def everything(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but those that every visit may add."""
    tables = [t for t in metadata.sorted_tables if t.name not in CHANGES_BY_ITSELF]
    with house.engine.begin() as db:
        return {
            t.name: [tuple(row) for row in db.execute(select(t).order_by(*t.primary_key))]
            for t in tables
        }


def about(house: House, ids: set[str], own: str) -> set[tuple[str, str]]:
    """Every row that refers to one of these ids; words that people typed refer to nothing.

    What organisation `own` has with another, to learn together, is for both of them to end.
    """
    return {
        (table.name, repr(row))
        for table in metadata.sorted_tables
        if table.name not in CHANGES_BY_ITSELF
        for row in everything(house)[table.name]
        if not (table is pairings and own in row)
        for column, value in zip(table.columns, row, strict=True)
        if column.name not in TYPED and isinstance(value, str) and value in ids
    }


def with_one_foreign(
    step: Step, own: Mapping[str, str], foreign: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The addresses in which one owned part, or all of them, is somebody else's."""
    for name in step.owned:
        yield name, step.at({**own, name: foreign[name]})
    if len(step.owned) > 1:
        yield "all", step.at({**own, **{name: foreign[name] for name in step.owned}})
