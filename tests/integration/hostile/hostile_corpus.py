"""The hostile inputs of `tests/hostile/corpus`: one file a class, short expressions written out.

A text is itself, `{text: ...}`, `{repeat: {text, times}, then: ...}` or `{join: [...]}`; `{fill: "a {} b", with: [...]}`
is an input for each of its fillings; `{value: ...}` is a value that is no text, `{forge: name}` a forgery by name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILES = sorted((Path(__file__).parents[2] / "hostile" / "corpus").glob("*.yml"))
CLASSES = [file.stem for file in FILES]
AT = ("text", "value", "payload", "id", "body", "path", "link", "header", "http", "token", "flood")
EXPECT = {
    "kept": "an ordinary Dutch answer, and the text is stored byte for byte",
    "reply": "an ordinary Dutch answer",
    "refused": "a Dutch sentence that says no, and a status of 4xx where there is one",
    "unmoved": "an ordinary Dutch answer, and the dialogue stays where it was",
    "answered": "an answer or a refusal",
    "one": "each gets at most one answer, and nobody else waits",
}


@dataclass(frozen=True)
class Input:
    """One thing that somebody sends, where it goes in, and what has to come of it."""

    kind: str
    n: int
    at: str
    value: Any
    expect: str
    as_words: bool
    """Whether it looks like a command, and has to do just what the same words do as words."""

    def __str__(self) -> str:
        return f"{self.kind} {self.n} {ascii(self.value)[:80]}"


def read(kind: str) -> list[Input]:
    """All inputs of a class."""
    [file] = (file for file in FILES if file.stem == kind)
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    at, as_words = raw.get("at", "text"), raw.get("as_words", False)
    found = [
        (value, entry.get("expect") if isinstance(entry, dict) else None)
        for entry in raw["inputs"]
        for value in _values(entry)
    ]
    return [
        Input(kind, n, at, value, own or raw["expect"], as_words)
        for n, (value, own) in enumerate(found, start=1)
    ]


def sample(many: int, seed: int) -> list[Input]:
    """Some of every class, in an order of its own, the same for the same seed."""
    drawn = random.Random(seed)
    kinds = [kind for kind in CLASSES if kind != "flood"]
    each = max(1, many // len(kinds))
    inputs = [i for kind in kinds for i in drawn.sample(read(kind), each)]
    rest = [i for kind in kinds for i in read(kind) if i not in inputs]
    inputs += drawn.sample(rest, max(0, many - len(inputs)))
    drawn.shuffle(inputs)
    return inputs


def _values(entry: Any) -> Iterator[Any]:
    if isinstance(entry, dict) and "fill" in entry:
        yield from (entry["fill"].replace("{}", filling) for filling in entry["with"])
    elif isinstance(entry, dict) and "value" in entry:
        yield entry["value"]
    elif isinstance(entry, dict) and "forge" in entry:
        yield entry
    else:
        yield _text(entry)


def _text(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    if "join" in entry:
        return "".join(map(_text, entry["join"]))
    if "repeat" in entry:
        return str(entry["repeat"]["text"] * entry["repeat"]["times"] + entry.get("then", ""))
    return str(entry["text"])


def markup() -> list[str]:
    """Texts that a browser, a chat platform or a spreadsheet could take for more than words."""
    return [str(one.value) for kind in ("markup", "mentions", "csv") for one in read(kind)]
