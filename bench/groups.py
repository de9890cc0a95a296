"""How long the pages of groups take with 1,000,000 assessments in 20,000 teams, and with one organisation only.

    .venv/bin/python -m bench.groups postgresql://root@127.0.0.1:5432/postgres

Makes a database of its own on that server and removes it afterwards. Every organisation has 50 teams in ten
departments and four rounds. One organisation is answered and closed by the real sealing, every round of it; the blocks of
the others are copies of its blocks under other teams, and their people are made by the database itself.
Every organisation has a fourth round open, with 2,500 people who are ready.
"""

from __future__ import annotations

import io
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from starlette.applications import Starlette
from starlette.testclient import TestClient

from coach import settings
from coach.desk.app import Desk
from coach.desk.visit import COOKIE
from coach.domain.answers import Answer, Role
from coach.domain.interview import Interview, begin
from coach.store.advisers import Advisers, DeskRole
from coach.store.database import migrate, open_database
from coach.store.groups import GroupStore
from coach.store.organisations import Organisations
from coach.store.rounds import Rounds
from coach.usecases.groups import Groups

TEAMS, DEPARTMENTS, PEOPLE, CLOSED = 50, 10, 50, 3
AT = datetime(2026, 1, 5, 9, 0)
SECRET = b"a secret of thirty-two characters"
VISITS = 60


@dataclass
class Made:
    """One organisation of the bench, and where its pages are."""

    organisation: str
    teams: list[str]
    top: str
    open: str
    closed: list[str]

    def pages(self) -> dict[str, Callable[[random.Random], str]]:
        def team(rng: random.Random) -> str:
            return rng.choice(self.teams)

        last = self.closed[-1]
        return {
            "organisation": lambda _: f"/desk/organisaties/{self.organisation}",
            "group": lambda rng: f"/desk/groepen/{team(rng)}",
            "open round": lambda _: f"/desk/rondes/{self.open}",
            "closed round": lambda _: f"/desk/rondes/{last}",
            "result of a team": lambda rng: f"/desk/rondes/{last}/groepen/{team(rng)}",
            "result of the whole": lambda _: f"/desk/rondes/{last}/groepen/{self.top}",
        }


def interview(rng: random.Random) -> Interview:
    """Somebody who answers around a middle of their own."""
    middle = rng.choice((1, 2, 2, 3))
    role = Role.LEIDINGGEVENDE if rng.random() < 0.12 else Role.MEDEWERKER
    here = begin("2026-11").for_team().choose_role(role).give_consent(True)
    while question := here.next_question():
        level = min(3, max(1, middle + rng.choice((-1, 0, 0, 0, 1))))
        here = here.record(Answer(question, level, "zo gaat het bij ons"))
    return here


class Copy:
    """Rows for PostgreSQL's COPY, written a hundred thousand at a time."""

    def __init__(self, engine: Engine) -> None:
        self._raw = engine.raw_connection()

    def rows(self, table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        command = f'COPY "{table}" ({names}) FROM STDIN'
        buffer, waiting = io.StringIO(), 0
        for row in rows:
            buffer.write("\t".join(_cell(value) for value in row) + "\n")
            waiting += 1
            if waiting == 100_000:
                self._send(command, buffer)
                buffer, waiting = io.StringIO(), 0
        self._send(command, buffer)

    def _send(self, command: str, buffer: io.StringIO) -> None:
        buffer.seek(0)
        with self._raw.cursor() as cursor:
            cursor.copy_expert(command, buffer)
        self._raw.commit()

    def close(self) -> None:
        self._raw.close()


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def measured_once(engine: Engine, adviser: str, rng: random.Random, name: str) -> Made:
    """An organisation whose rounds are all opened, answered and closed as in life."""
    key = Organisations(engine).add(name, adviser, AT)
    use = Groups(GroupStore(engine))
    top = GroupStore(engine).tree(key).top.id
    departments = [use.add(key, top, f"Afdeling {n}", "0", AT) for n in range(1, DEPARTMENTS + 1)]
    teams = [
        use.add(key, departments[n % DEPARTMENTS], f"Team {n + 1}", str(PEOPLE), AT)
        for n in range(TEAMS)
    ]
    at, closed, rounds = AT, [], Rounds(engine)
    for n in range(CLOSED + 1):
        fresh = use.open_round(key, top, (at + timedelta(days=20)).date(), at)
        answered(engine, fresh, teams, at, rng, number=n + 1)
        at += timedelta(days=60)
        if n < CLOSED:
            rounds.close(fresh, at - timedelta(days=45))
            closed.append(fresh)
    return Made(key, teams, top, fresh, closed)


def answered(
    engine: Engine, round: str, teams: list[str], at: datetime, rng: random.Random, number: int
) -> None:
    """Everybody in every team answers."""
    copy = Copy(engine)
    with engine.begin() as db:
        start = int(db.execute(text("SELECT coalesce(max(id), 0) FROM assessments")).scalar_one())
    people = [
        (f"{round[:8]}{number}{n:020d}"[-32:], teams[n % len(teams)], interview(rng))
        for n in range(TEAMS * PEOPLE)
    ]
    _write_people(copy, people, start, at)
    copy.rows(
        "memberships",
        ("talk", "round", "group", "assessment_round", "joined_on"),
        ((talk, round, team, 1, at.date()) for talk, team, _ in people),
    )
    _sequence(engine)
    copy.close()


def _write_people(
    copy: Copy, people: Sequence[tuple[str, str, Interview]], start: int, at: datetime
) -> None:
    copy.rows(
        "talks",
        (
            "id",
            "channel",
            "sender_hash",
            "seq",
            "lines",
            "state",
            "offered",
            "created_at",
            "updated_at",
        ),
        ((talk, "web", talk, 12, 24, {}, {}, at, at) for talk, _, _ in people),
    )
    copy.rows(
        "assessments",
        (
            "id",
            "talk",
            "round",
            "version",
            "role",
            "subject",
            "ring",
            "process",
            "certainty",
            "placement",
            "updated_at",
        ),
        (_assessment(start + n, talk, said, at) for n, (talk, _, said) in enumerate(people, 1)),
    )
    copy.rows(
        "answers",
        (
            "assessment",
            "n",
            "construct",
            "ring",
            "level",
            "words",
            "read_as",
            "certainty",
            "correction",
        ),
        (
            _answer(start + n, at_, entry.answer)
            for n, (_, _, said) in enumerate(people, 1)
            for at_, entry in enumerate(said.trail)
        ),
    )


def _assessment(key: int, talk: str, said: Interview, at: datetime) -> tuple[Any, ...]:
    place = said.placement()
    assert place and said.role and said.subject
    placed = (place.ring.value, place.process.value, place.certainty.value, place.to_json())
    return (key, talk, 1, said.version, said.role.value, said.subject.value, *placed, at)


def _answer(key: int, n: int, answer: Answer) -> tuple[Any, ...]:
    where = (answer.question.construct.value, answer.question.ring)
    return (key, n, *where, answer.level, answer.words, answer.read_as.value, 1.0, False)


def copied(engine: Engine, made: Made, number: int) -> None:
    """So many other organisations like this one, with people of their own; made by the database itself."""
    copy = Copy(engine)
    with engine.begin() as db:
        old = _rows_of(db, made)
    for table, columns, rows in old:
        several = (_renamed(row, columns, table, n) for n in range(number) for row in rows)
        copy.rows(table, columns, several)
    copy.close()
    with engine.begin() as db:
        db.execute(text("SET LOCAL statement_timeout = 0"))
        # foreign keys hold by how the rows are made, and checking ten million takes longer than making them
        db.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in OTHERS:
            db.execute(text(statement), {"round": made.open, "number": number})
    _sequence(engine)


OTHERS = (
    """CREATE TEMP TABLE sample ON COMMIT DROP AS
       SELECT a.*, row_number() OVER (ORDER BY a.id) AS nth FROM assessments a
       JOIN memberships m ON m.talk = a.talk WHERE m.round = :round""",
    """INSERT INTO talks (id, channel, sender_hash, seq, lines, state, offered, created_at, updated_at)
       SELECT md5(s.talk || n), 'web', md5(s.talk || n), 12, 24, '{}', '{}', s.updated_at, s.updated_at
       FROM sample s CROSS JOIN generate_series(1, :number) n""",
    """INSERT INTO assessments (id, talk, round, version, role, subject, ring, process, certainty, placement, updated_at)
       SELECT 1000000 + n * 10000 + s.nth, md5(s.talk || n), 1, s.version, s.role, s.subject, s.ring, s.process,
       s.certainty, s.placement, s.updated_at FROM sample s CROSS JOIN generate_series(1, :number) n""",
    """INSERT INTO answers (assessment, n, construct, ring, level, words, read_as, certainty, correction)
       SELECT 1000000 + g.k * 10000 + s.nth, a.n, a.construct, a.ring, a.level, a.words, a.read_as, a.certainty,
       a.correction FROM sample s JOIN answers a ON a.assessment = s.id CROSS JOIN generate_series(1, :number) g(k)""",
    """INSERT INTO memberships (talk, round, "group", assessment_round, joined_on)
       SELECT md5(m.talk || n), left(m.round, 5) || lpad((n - 1)::text, 5, '0') || substr(m.round, 6, 6),
       left(m."group", 5) || lpad((n - 1)::text, 5, '0') || substr(m."group", 6, 6), 1, m.joined_on
       FROM memberships m CROSS JOIN generate_series(1, :number) n WHERE m.round = :round""",
)


IDS = {"id", "organisation", "parent", "top", "round", "group", "code"}


def _rows_of(db: Any, made: Made) -> list[tuple[str, list[str], list[Any]]]:
    """All rows of the desk that belong to this organisation."""
    of = {
        "organisations": "id = :o",
        "groups": "organisation = :o",
        "rounds": "organisation = :o",
        "round_groups": "round IN (SELECT id FROM rounds WHERE organisation = :o)",
        "blocks": "round IN (SELECT id FROM rounds WHERE organisation = :o)",
        "invitations": "round IN (SELECT id FROM rounds WHERE organisation = :o)",
    }
    found = []
    for table, where in of.items():
        order = " ORDER BY created_at, parent NULLS FIRST" if table == "groups" else ""
        rows = db.execute(
            text(f"SELECT * FROM {table} WHERE {where}{order}"),  # noqa: S608
            {"o": made.organisation},
        )
        names = list(rows.keys())
        columns = [c for c in names if not (table == "blocks" and c == "id")]
        found.append((table, columns, [dict(row._mapping) for row in rows]))
    return found


def _renamed(row: dict[str, Any], columns: Sequence[str], table: str, n: int) -> list[Any]:
    values = []
    for column in columns:
        value = row[column]
        if column in IDS and isinstance(value, str):
            value = f"{value[:5]}{n:05d}{value[5:11]}" if column != "code" else f"x{n:05d}{value}"
        values.append(value)
    return values


def _sequence(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(text("SELECT setval('assessments_id_seq', (SELECT max(id) FROM assessments))"))


def measure(engine: Engine, made: Made, title: str) -> None:
    """The pages through the real application, one visit after another."""
    at = AT + timedelta(days=400)
    own = {"PADWIJZER_SECRET": SECRET.decode(), "PADWIJZER_DATA": "unused"}
    given = settings.read({**own, "PADWIJZER_BASE_URL": "http://desk.test"})
    app = Starlette(routes=Desk(engine, given, lambda: at).routes())
    client = TestClient(app, base_url="http://desk.test", follow_redirects=False)
    advisers = Advisers(engine)
    token = advisers.begin(advisers.all()[0].id, "testclient", at)
    client.cookies.set(COOKIE, token, domain="desk.test", path="/desk")
    rng = random.Random(7)
    with engine.begin() as db:
        number = db.execute(text("SELECT count(*) FROM assessments")).scalar_one()
        teams = db.execute(text("SELECT count(*) FROM groups WHERE members > 0")).scalar_one()
    print(f"\n{title}: {number:,} assessments, {teams:,} teams")
    print("| page | p50 ms | p95 ms | kB |\n|---|---|---|---|")
    for name, address in made.pages().items():
        taken, size = [], 0
        for visit in range(VISITS + 3):
            began = time.perf_counter()
            response = client.get(address(rng))
            passed = (time.perf_counter() - began) * 1000
            assert response.status_code == 200, (name, response.status_code)
            size = max(size, len(response.content))
            if visit >= 3:
                taken.append(passed)
        high = statistics.quantiles(taken, n=20)[-1]
        print(
            f"| {name} | {statistics.median(taken):.0f} | {high:.0f} | {size / 1000:.0f} |",
            flush=True,
        )


def main(server: str, others: int = 399) -> None:
    url = make_url(server)
    name = f"padwijzer_bench_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    engine = open_database(url.set(database=name).render_as_string(hide_password=False))
    try:
        migrate(engine)
        rng = random.Random(1)
        adviser = Advisers(engine).add("a@desk.test", "Anna", DeskRole.ADVISER, None, AT)
        began = time.perf_counter()
        made = measured_once(engine, adviser, rng, "Organisatie 0")
        print(
            f"one organisation, sealed as in life: {time.perf_counter() - began:.0f} s", flush=True
        )
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("ANALYZE"))
        measure(engine, made, "Alone")
        began = time.perf_counter()
        copied(engine, made, others)
        print(
            f"{others} others made by the database: {time.perf_counter() - began:.0f} s", flush=True
        )
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("SET statement_timeout = 0"))
            db.execute(text("ANALYZE"))
        measure(engine, made, "Among many")
    finally:
        engine.dispose()
        with admin.connect() as db:
            db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
