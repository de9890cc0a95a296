"""What was made is made again when one of its sources is newer."""

from __future__ import annotations

import os
from pathlib import Path

from coach.freshness import is_older, newest_model


def touch(file: Path, at: int) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    os.utime(file, (at, at))
    return file


def test_what_is_missing_has_to_be_made(tmp_path: Path) -> None:
    source = touch(tmp_path / "a.yml", 10)
    assert is_older(None, [source]) and is_older(tmp_path / "gone", [source])


def test_a_newer_file_anywhere_below_a_source_counts(tmp_path: Path) -> None:
    made = touch(tmp_path / "made", 100)
    touch(tmp_path / "data" / "deep" / "old.yml", 50)
    assert not is_older(made, [tmp_path / "data"])
    touch(tmp_path / "data" / "deep" / "new.py", 101)
    assert is_older(made, [tmp_path / "data"])


def test_files_that_nothing_learns_from_do_not_count(tmp_path: Path) -> None:
    made = touch(tmp_path / "made", 100)
    touch(tmp_path / "data" / "notes.txt", 500)
    assert not is_older(made, [tmp_path / "data"])


def test_the_model_made_last_is_used(tmp_path: Path) -> None:
    assert newest_model(tmp_path) is None
    touch(tmp_path / "b.tar.gz", 10)
    last = touch(tmp_path / "a.tar.gz", 20)
    assert newest_model(tmp_path) == last
