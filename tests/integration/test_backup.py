"""A backup put back on an empty place: the same answers, place and open question, and nobody who was erased since."""

from __future__ import annotations

import json
import os
import shutil
import stat
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import Served, until
from sqlalchemy import insert, inspect, text, update
from starlette.applications import Starlette
from talking import OWN_WORDS, SECRET, Store, known_store, turn_of, value_of
from test_your_data import ours, same_secret  # noqa: F401

from bot import app
from bot.turns.housekeeping import Housekeeping
from coach import settings, wiring
from coach.cli import backup as command
from coach.store import single
from coach.store.ledger import sender_hash
from coach.store.privacy import Withdrawal
from coach.store.remembered import Remembered, honour
from coach.store.retention import expire
from coach.store.tables import plans, talks, tombstones
from coach.store.tombstones import WHOLE, Stone, hash_of, read_list, stones_of
from coach.usecases.privacy import Terms

WEBHOOK = "/webhooks/rest/webhook"
USUAL = {
    "role": "medewerker", "subject": "team", "consent": "ja", "scope": "alles", "question": "niveau_1",
    "probe": "niveau_1", "check": "ja", "review": "ja", "obstacle": "niets", "what": "ja", "who": "ik",
    "when": "week", "sure": "8", "come_back": "week",
}  # fmt: skip
Make = Callable[..., Starlette]
NOW = datetime(2026, 11, 2, 9)


class Talker:
    """Somebody at the REST door, who uses the buttons and sometimes own words."""

    def __init__(self, url: str, sender: str) -> None:
        self.url, self.sender = url, sender
        self.last = ("", "")
        self.replies: list[dict[str, Any]] = []

    async def say(self, words: str, message_id: str | None = None) -> list[dict[str, Any]]:
        self.last = (words, message_id or uuid.uuid4().hex)
        said = {"sender": self.sender, "message": words, "message_id": self.last[1]}
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            answer = await client.post(WEBHOOK, json=said)
        assert answer.status_code == 200, answer.text
        self.replies = answer.json()
        return self.replies

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.replies[-1]["custom"]["state"])

    @property
    def offered(self) -> dict[str, str]:
        return {
            value_of(b["payload"]): b["payload"] for r in self.replies for b in r.get("buttons", [])
        }

    async def reach(self, phase: str) -> None:
        if not self.replies:
            await self.say("hallo")
        for _ in range(40):
            now = self.state["phase"]
            if now == phase:
                return
            if now == "reality":
                await self.say(OWN_WORDS)
                continue
            usual = USUAL.get(now)
            await self.say(self.offered.get(str(usual)) or next(iter(self.offered.values())))
        raise AssertionError(f"the talk did not come to {phase}, it is at {self.state}")


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs: of this machine, else of the wheel that brought its server."""
    if not shutil.which("pg_restore"):
        import pgserver

        own = Path(pgserver.__file__).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", f"{own}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty machine: a database without tables."""
    if kind == "sqlite":
        store = known_store(f"sqlite:///{tmp_path / 'new' / 'padwijzer.db'}")
    else:
        store = known_store(request.getfixturevalue("empty"))
    yield store
    store.close()


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Store], None]:
    """Let the command work on a database, with the service's own list."""
    monkeypatch.setenv("PADWIJZER_DATA", str(tmp_path))
    chosen = settings.read()

    def on(store: Store) -> None:
        monkeypatch.setattr(command, "database", lambda: store.database)
        monkeypatch.setattr(command, "current_settings", lambda: chosen)

    return on


@pytest.fixture
async def start(
    application: Make, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[Store], Any]]:
    monkeypatch.setattr(app, "Housekeeping", partial(Housekeeping, every=0.1))

    async def on(store: Store) -> Served:
        monkeypatch.setattr(wiring, "ledger", lambda: store.ledger)
        return await serve(application(store))

    yield on


def everything(store: Store) -> list[Any]:
    kept = (store.ledger.vault.everything(row.id) for row in store.rows(talks))
    return [one.tables for one in kept if one]


async def test_on_an_empty_place_the_talk_goes_on_and_who_was_erased_is_not_there(
    ours: Store,  # noqa: F811
    place: Store,
    use: Callable[[Store], None],
    start: Callable[[Store], Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, list_ = tmp_path / "copy", tmp_path / "erased.jsonl"
    served = await start(ours)
    stays, promised, goes = (Talker(served.url, name) for name in ("stays", "promised", "goes"))
    await stays.reach("question")
    await stays.say("dat bepaalt bij ons de teamleider")
    await promised.reach("done")
    await goes.reach("review")
    use(ours)
    assert command.backup(file) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    gone = ours.ledger.talk_of("rest", wiring_hash(goes.sender))
    before = [one for one in everything(ours) if one["talks"][0]["id"] != gone]
    before_replies = {t.sender: (t.last, t.replies) for t in (stays, promised)}
    await goes.say("wis mijn gegevens")
    await goes.say(goes.offered["wissen_ja"])
    await until(lambda: list_.exists() and ours.count(talks) == 2)
    await served.stop()

    use(place)
    assert command.restore(file, None) == 0
    told = capsys.readouterr()
    assert "talks: 2\nerased again: 1\nexpired since: 0" in told.out, told
    assert everything(place) == before
    assert goes.sender not in list_.read_text() and str(gone) not in list_.read_text()

    served = await start(place)
    again = {name: Talker(served.url, name) for name in before_replies}
    for name, (last, replies) in before_replies.items():
        assert await again[name].say(*last) == replies
    await again["stays"].reach("done")
    assert place.ledger.talk_of("rest", wiring_hash("goes")) is None
    assert place.count(plans) == 2
    assert command.restore(file, None) == 1
    assert "there are 2 talks in this database" in capsys.readouterr().err


def wiring_hash(sender: str) -> str:
    return sender_hash(SECRET, "rest", sender)


# --- what the list does --------------------------------------------------------------------------


def talk_in(store: Store, sender: str, at: datetime = NOW) -> str:
    """A talk with a plan in its first round, that is kept."""
    message = store.ledger.accept("rest", sender, "one", "hallo")
    store.ledger.commit(turn_of(message, 0, (), given={"slots": {}}))
    plan = {
        "talk": message.talk, "round": 1, "ring": "activatie", "process": "leren", "step": "x", "what": "iets",
        "who": "ik", "when_words": "morgen", "sure": 8, "helps": "", "updated_at": at,
    }  # fmt: skip
    with store.database.begin() as db:
        db.execute(update(talks).values(forget_at=None, created_at=at, updated_at=at))
        db.execute(insert(plans).values(**plan))
    return message.talk


def held_to(store: Store, *stones: Stone) -> int:
    return honour(store.database, stones, NOW + timedelta(days=1))


def test_a_talk_that_began_after_the_erasure_stays(stores: Store) -> None:
    talk = talk_in(stores, "iemand")
    assert held_to(stores, Stone(hash_of(talk), WHOLE, NOW)) == 0
    assert held_to(stores, Stone(hash_of("another"), WHOLE, NOW + timedelta(days=1))) == 0
    assert stores.count(talks) == 1
    assert held_to(stores, Stone(hash_of(talk), WHOLE, NOW + timedelta(seconds=1))) == 1
    assert stores.count(talks) == stores.count(plans) == 0
    assert stores.count(tombstones) == 2


def test_consent_that_was_taken_back_stays_so(stores: Store) -> None:
    talk = talk_in(stores, "iemand")
    other = Stone(hash_of(talk), 2, NOW + timedelta(hours=1))
    early = Stone(hash_of(talk), 1, NOW - timedelta(hours=1))
    assert held_to(stores, other, early) == 0, "of another round, or before this was kept"
    assert held_to(stores, Stone(hash_of(talk), 1, NOW + timedelta(hours=1))) == 1
    assert stores.count(plans) == 0
    assert stores.ledger.vault.forget_due(NOW + timedelta(days=1)) == 1


def test_taking_consent_back_and_erasing_are_remembered_and_the_newest_counts(
    stores: Store,
) -> None:
    talk = talk_in(stores, "iemand")
    with stores.database.begin() as db:
        Withdrawal(1).write(db, talk)
    stores.ledger.erase(talk)
    found = stones_of(stores.database)
    assert {(stone.hash, stone.round) for stone in found} == {
        (hash_of(talk), 0),
        (hash_of(talk), 1),
    }
    held_to(stores, *(replace(stone, at=NOW) for stone in found))
    assert stones_of(stores.database) == found


async def test_the_service_erases_again_when_a_database_was_put_back_by_other_means(
    stores: Store, start: Callable[[Store], Any], tmp_path: Path
) -> None:
    talk_in(stores, "blijft")
    gone = Stone(hash_of(talk_in(stores, "gaat")), WHOLE, NOW + timedelta(days=1))
    lines = [{"hash": gone.hash, "round": 0, "at": gone.at.isoformat()}]
    (tmp_path / "erased.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    await start(stores)
    assert [row.sender_hash for row in stores.rows(talks)] == ["blijft"]


async def test_a_list_that_cannot_be_read_is_told_and_stops_nobody(
    sqlite: Store, start: Callable[[Store], Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "erased.jsonl").write_text("kapot\n")
    await start(sqlite)
    assert "erased.unreadable why=BadList" in caplog.text


def test_the_list_goes_when_no_backup_holds_them_any_more(stores: Store, tmp_path: Path) -> None:
    file = tmp_path / "list" / "erased.jsonl"
    remembered = Remembered(stores.database, file)
    remembered.write()
    assert not file.exists()
    stores.ledger.erase(talk_in(stores, "iemand"))
    remembered.write()
    assert read_list(file) == stones_of(stores.database) != []
    later = wiring.utc_now() + timedelta(days=31)
    expire(stores.database, Terms(), later - timedelta(days=2))
    assert stones_of(stores.database)
    expire(stores.database, Terms(), later)
    remembered.write()
    assert stones_of(stores.database) == [] and file.read_text() == ""


# --- what is refused -----------------------------------------------------------------------------


@pytest.fixture
def copy(
    stores: Store, use: Callable[[Store], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Path:
    talk_in(stores, "iemand", wiring.utc_now())
    use(stores)
    assert command.backup(tmp_path / "copy") == 0
    return tmp_path / "copy"


def refused(file: Path, capsys: pytest.CaptureFixture[str], list_: Path | None = None) -> str:
    capsys.readouterr()
    assert command.restore(file, list_) == 1
    return capsys.readouterr().err


def test_damage_is_seen_before_anything_is_put_back(
    copy: Path, place: Store, use: Callable[[Store], None], capsys: pytest.CaptureFixture[str]
) -> None:
    use(place)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-7] + bytes([whole[-7] ^ 1]) + whole[-6:])
    assert "is damaged: its bytes have another sum" in refused(copy, capsys)
    copy.with_name("copy.sha256").unlink()
    copy.write_bytes(whole[: len(whole) // 2])
    assert refused(copy, capsys)
    copy.write_bytes(b"geen kopie" * 100)
    assert refused(copy, capsys)
    assert "is no file" in refused(copy.with_name("nergens"), capsys)
    with place.database.connect() as db:
        assert inspect(db).get_table_names() == []
    copy.write_bytes(whole)
    assert command.restore(copy, None) == 0
    assert "There was no copy.sha256" in capsys.readouterr().out
    assert place.count(talks) == 1


def test_a_backup_is_not_written_over_another(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.read_bytes()
    assert command.backup(copy) == 1
    assert "exists already" in capsys.readouterr().err
    assert copy.read_bytes() == before
    assert {file.name for file in copy.parent.iterdir() if file.name.startswith("copy")} == {
        "copy", "copy.sha256",
    }  # fmt: skip


def test_nothing_stays_when_the_list_cannot_be_kept(
    copy: Path,
    place: Store,
    use: Callable[[Store], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use(place)
    bad = copy.with_name("bad.jsonl")
    bad.write_text('{"hash": "a", "round": 0, "at": "gisteren"}\n')
    assert "bad.jsonl, line 1" in refused(copy, capsys, bad)

    def breaks(*_: Any) -> int:
        raise OSError("no room")

    monkeypatch.setattr("coach.store.backup.honour", breaks)
    assert "no room" in refused(copy, capsys)
    with place.database.connect() as db:
        found = inspect(db).get_table_names()
    assert "talks" not in found or place.count(talks) == 0
    file = place.database.url.database
    assert place.is_postgres or not Path(f"{file}.restoring").exists()


def test_it_waits_for_no_service_that_runs(
    copy: Path, place: Store, use: Callable[[Store], None], capsys: pytest.CaptureFixture[str]
) -> None:
    use(place)
    lock = single.hold(place.database)
    other = place.again()
    with other.database.connect() as busy:
        busy.execute(text("SELECT 1"))
        told = refused(copy, capsys)
    assert ("stop every copy" if place.is_postgres else "stop it") in told
    other.close()
    if lock:
        lock.close()


def test_a_backup_of_a_newer_version_is_refused(
    stores: Store,
    place: Store,
    use: Callable[[Store], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with stores.database.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    talk_in(stores, "iemand", wiring.utc_now())
    use(stores)
    assert command.backup(tmp_path / "copy") == 0
    use(place)
    assert "newer Padwijzer" in refused(tmp_path / "copy", capsys)
    with place.database.connect() as db:
        found = inspect(db).get_table_names()
    assert "talks" not in found or place.count(talks) == 0


def test_the_other_kind_of_database_takes_it_not(
    tmp_path: Path, use: Callable[[Store], None], sqlite: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copy").write_bytes(b"PGDMP" + bytes(200))
    use(known_store(f"sqlite:///{tmp_path / 'other' / 'padwijzer.db'}"))
    assert "is no backup of Padwijzer in SQLite" in refused(tmp_path / "copy", capsys)


def test_the_list_is_written_on_demand(
    stores: Store, use: Callable[[Store], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stores.ledger.erase(talk_in(stores, "iemand"))
    use(stores)
    assert command.erased(tmp_path / "list") == 0
    assert capsys.readouterr().out.startswith("1 lines")
    assert read_list(tmp_path / "list") == stones_of(stores.database)
