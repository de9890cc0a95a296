"""What the widget weighs, what its files are, and whether its page of documentation is true."""

from __future__ import annotations

import gzip
import json
import re

from bot.channels.pages import WIDGET

MOST = 50_000
DOCS = WIDGET.parents[1] / "docs" / "widget.md"


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


def test_every_variable_of_a_host_page_is_documented() -> None:
    styles = "".join(file.read_text() for file in (WIDGET / "src").glob("*.css"))
    used = set(re.findall(r"var\((--padwijzer-[a-z-]+)", styles))
    assert used == set(re.findall(r"--padwijzer-[a-z-]+", DOCS.read_text()))
