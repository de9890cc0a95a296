"""The widget's own code: text goes onto the page as text, nothing listens to other windows, and little is kept in the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "bot" / "widget" / "src"
FILES = {file.name: file.read_text(encoding="utf-8") for file in sorted(SOURCE.glob("*.ts"))}
KEPT = {"SESSION", "OPEN", "UNSENT", 'keyOf("letters")', 'keyOf("colours")', "keyOf(name)"}
"""A token, whether the talk was open, what was not sent yet, and how letters and colours are liked."""


@pytest.mark.parametrize(
    "risky",
    ["postMessage", "onmessage", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
     "new Function", "document.domain", "__proto__", "setTimeout(\"", "XMLHttpRequest", "document.cookie", "window.name"],
)  # fmt: skip
def test_what_is_risky_is_not_used(risky: str) -> None:
    assert [name for name, source in FILES.items() if risky in source] == []


def test_only_little_is_kept_in_the_browser() -> None:
    kept = {
        key.strip()
        for source in FILES.values()
        for key in re.findall(
            r"(?:read|write)(?:<[^>]+(?:\[\])?>)?\(\"\w+Storage\", (\w+(?:\([^)]*\))?)", source
        )
    }
    assert kept == KEPT
    assert [n for n, s in FILES.items() if "setItem" in s] == ["store.ts"], "nobody goes around it"
    others = [n for n, s in FILES.items() if re.search(r"indexedDB|caches\.", s)]
    assert others == []
