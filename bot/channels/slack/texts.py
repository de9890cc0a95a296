"""The channel's own Dutch, read from `texts.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _texts() -> dict[str, Any]:
    file = Path(__file__).with_name("texts.yml")
    texts: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return texts


def text(name: str, /, **filling: str) -> str:
    """A sentence by its name; `home.title` is `title` under `home`."""
    found: Any = _texts()
    for part in name.split("."):
        found = found[part]
    return str(found).format(**filling)
