"""What the widget weighs, and what its files are."""

from __future__ import annotations

import gzip
import json

from bot.channels.pages import WIDGET

MOST = 50_000


def test_everything_that_is_loaded_stays_within_fifty_kilobytes() -> None:
    files = sorted((WIDGET / "dist").glob("*.js"))
    assert [file.name for file in files] == ["padwijzer-chat.js", "padwijzer.js"]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= MOST


def test_the_lock_names_no_host() -> None:
    lock = json.loads((WIDGET / "package-lock.json").read_text())
    assert lock["packages"]
    assert all("resolved" not in package for package in lock["packages"].values())


def test_no_style_and_no_markup_that_a_strict_policy_refuses() -> None:
    source = "".join(file.read_text() for file in (WIDGET / "src").glob("*.ts"))
    assert "innerHTML" not in source and "insertAdjacentHTML" not in source
    assert 'element("style"' not in source and 'setAttribute("style"' not in source
