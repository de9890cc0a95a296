"""An interview finishes under the questionnaire it began with, as long as that is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

from coach.content import load

ROOT = Path(__file__).parents[2]


def test_an_older_questionnaire_is_loaded_beside_the_current_one(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    current = (folder / "questionnaire.yml").read_text(encoding="utf-8")
    (folder / "questionnaires").mkdir()
    older = current.replace('version: "2026-11"', 'version: "2025-01"', 1)
    (folder / "questionnaires" / "2025-01.yml").write_text(older, encoding="utf-8")
    read = load(folder)
    assert (set(read.questionnaires), read.current) == ({"2025-01", "2026-11"}, "2026-11")
