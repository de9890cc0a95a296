"""What `make bench` makes before it measures: the project of stock Rasa, and talks by the thousand."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bench import copies, shown
from bench.stock import environment, project
from bench.turns import around
from bench.wanted import ECHO, OURS, THEIRS, wanted
from coach.store import tables
from coach.store.database import migrate, open_database

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 27, 9, 0)
TALK = "ab" * 16


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/padwijzer.db"
    engine = open_database(url)
    migrate(engine)
    times = {"created_at": NOW, "updated_at": NOW}
    talk = {"id": TALK, "channel": "rest", "sender_hash": "cd" * 32, "state": {}, "offered": {}}
    message = {"talk": TALK, "channel": "rest", "message_id": "m", "text": "hallo"}
    place = {"talk": TALK, "round": 1, "version": "v", "role": "medewerker", "subject": "team"}
    said = {"n": 0, "construct": "sturing", "words": "samen", "read_as": "text", "certainty": 1.0}
    with engine.begin() as db:
        db.execute(tables.talks.insert(), {**talk, **times})
        db.execute(tables.inbox.insert(), {"id": 1, **message, "received_at": NOW})
        db.execute(
            tables.outbox.insert(), {"id": 1, "talk": TALK, "inbox": 1, "line": 1, "message": {}}
        )
        db.execute(tables.assessments.insert(), {"id": 1, **place, "updated_at": NOW})
        db.execute(tables.answers.insert(), {"assessment": 1, **said, "correction": False})
    engine.dispose()
    return url


def count(engine: Engine, table: str) -> int:
    with engine.connect() as db:
        return db.execute(
            select(func.count()).select_from(tables.metadata.tables[table])
        ).scalar_one()


def test_every_copy_of_a_talk_is_whole_and_one_in_twelve_has_its_words(database: str) -> None:
    copies.copy_talks(database, 24)
    engine = open_database(database)
    assert {t: count(engine, t) for t in ("talks", "assessments", "answers")} == {
        "talks": 25,
        "assessments": 25,
        "answers": 25,
    }
    assert count(engine, "inbox") == count(engine, "outbox") == 3
    with engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()


def test_the_project_of_stock_rasa_has_our_data_and_only_its_own_parts(tmp_path: Path) -> None:
    project.write(tmp_path, 3)
    config = yaml.safe_load((tmp_path / "config.yml").read_text(encoding="utf-8"))
    names = [part["name"] for part in (*config["pipeline"], *config["policies"])]
    assert not [name for name in names if "." in name]
    assert {part["epochs"] for part in config["pipeline"] if "epochs" in part} == {3}
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))
    button = domain["responses"]["utter_ask_role"][0]["buttons"][0]
    assert button["payload"] == '/choose{{"value": "medewerker"}}'
    story = yaml.safe_load((tmp_path / "data" / "stories.yml").read_text(encoding="utf-8"))
    assert story["stories"][0]["steps"][0] == {"intent": "greet"}
    own = sorted(path.name for path in (project.ROOT / "data" / "nlu").rglob("*.yml"))
    assert sorted(path.name for path in (tmp_path / "data" / "nlu").rglob("*.yml")) == own


def test_seconds_of_an_epoch_are_read_from_the_progress_of_rasa() -> None:
    log = (
        "INFO - Starting to train component 'DIETClassifier'.\n"
        "Epochs:   0%|          | 0/4 [00:00<?, ?it/s]\r"
        "Epochs: 100%|##########| 4/4 [02:10<00:00, 32.5s/it, t_loss=5.81]\r\n"
        "INFO - Starting to train component 'TEDPolicy'.\n"
        "Epochs: 100%|##########| 4/4 [1:00:02<00:00, 900.5s/it]\n"
    )
    assert environment.epoch_seconds(log) == {"DIETClassifier": 32.5, "TEDPolicy": 900.5}


def test_a_short_long_talk_tells_only_of_the_turns_it_had() -> None:
    assert around([float(n) for n in range(1, 31)]) == {"10": 10.5}


def test_a_run_of_one_part_is_shown_without_the_others(tmp_path: Path) -> None:
    machine = {"on": "2026-11-27T09:00+01:00", "cores": 2, "processor": "p", "memory_gb": 8}
    load = {"load_at_start": 0.1, "load_at_end": 1.4, "command": "python -m bench"}
    start = {"listens_s": 5.0, "answers_s": 5.5, "rss_mb": 1, "private_mb": 2, "shared_mb": 3}
    found = {"machine": {**machine, **load}, "parts": ["ready"], "ready": {"Padwijzer": start}}
    tables_ = shown.write(found, tmp_path / "results", tmp_path)
    assert "| Padwijzer | 5.0 | 5.5 | 1 | 2 | 3 |" in tables_
    assert "## A turn" not in tables_ and "busy" not in tables_
    assert tables_ in (tmp_path / "performance.en.md").read_text(encoding="utf-8")
    assert (tmp_path / "performance.svg").stat().st_size > 1_000


def test_what_was_wanted_stands_beside_what_was_measured() -> None:
    def bot(p50: float, rate: float = 1.0) -> dict[str, object]:
        return {"all": {"p50": p50, "p95": p50}, "turns_a_second": rate}

    typed = {"button": {"p50": 9.0}, "text": {"p50": 30.0}}
    found = {
        "ready": {OURS: {"listens_s": 5, "rss_mb": 300}, THEIRS: {"listens_s": 29, "rss_mb": 1500}},
        "turns": {"1": {OURS: bot(10, 80), THEIRS: bot(90, 8)}},
        "floor": {OURS: typed, ECHO: {"text": {"p50": 10.0}}},
        "long": {OURS: {"10": 10, "500": 11}},
        "stored": {n: {"Padwijzer, SQLite": bot(10)} for n in ("0", "1000000")},
        "training": {
            OURS: {"seconds": 100},
            THEIRS: {"seconds": 300, "at_least": {"seconds": 500, "done": False}},
        },
    }
    rows = {what: (aim, measured) for what, aim, measured in wanted(found)}
    assert rows["seconds until it listens"] == ("at most 1/6", "**1/5.8: not reached**")
    assert rows["memory after the start"] == ("at most 1/4", "1/5.0")
    assert rows["middle of a turn, 1 at once"] == ("at most 1/8", "1/9.0")
    assert rows["turns a second, 1 at once"] == ("at least 8 times", "10.0")
    echo = "against an echo that encodes once"
    assert rows[f"a turn without words to read, {echo}"][1] == "0.9"
    assert rows[f"a turn with words to read, {echo}"][1] == "**3.0: not reached**"
    assert rows["the 500th turn of a talk against the 10th"][1] == "1.10"
    assert rows["with 1,000,000 stored talks against 0, Padwijzer, SQLite"][1] == "1.00"
    assert rows["training, with the 100 epochs of `rasa init`"][1] == "less than 1/5.0"
    assert wanted({"ready": {OURS: found["ready"][OURS]}}) == []


def test_every_long_run_can_begin() -> None:
    """They are started by hand, and seldom: what they import is there."""
    folder = ROOT / "bench"
    runs = [f.stem for f in folder.glob("*.py") if "if __name__" in f.read_text(encoding="utf-8")]
    assert len(runs) > 8
    names = ", ".join(sorted(set(runs) - {"__main__"}))
    path = os.pathsep.join([str(folder), str(ROOT)])
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import {names}"],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        check=True,
    )
