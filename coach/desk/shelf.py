"""The files of the learning experts as they are now, and the sentences of the bot.

The talk uses what was there when the service started; here a change can be read before that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coach import content as reading
from coach.domain.content import Content
from coach.domain.errors import BadContent

Stamp = Mapping[Path, tuple[int, int]]
_NAME = re.compile(r"\butter_[a-z_]+[a-z]")
USERS = ("data/rules/*.yml", "actions/*.py", "coach/usecases/*.py", "bot/**/*.py")


@dataclass(frozen=True)
class Sentence:
    """A response of the bot: its wordings, and where it is used."""

    name: str
    topic: str
    wordings: tuple[str, ...]
    buttons: tuple[str, ...]
    used_in: tuple[str, ...]


@dataclass(frozen=True)
class Shelf:
    content: Content
    versions: Mapping[str, str]
    """By file."""
    sentences: Mapping[str, Sentence]
    problem: BadContent | None = None
    """Why the files as they are now cannot be used; the rest is then what they last were."""
    is_changed: bool = False
    """Since the service started: people do not see it yet."""

    @property
    def topics(self) -> dict[str, list[Sentence]]:
        found: dict[str, list[Sentence]] = defaultdict(list)
        for sentence in self.sentences.values():
            found[sentence.topic].append(sentence)
        return dict(sorted(found.items()))


class Shelves:
    """Reads the files when they have changed, and not otherwise."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder, self._root = folder, root
        self._at_start = self._stamp()
        self._seen: tuple[Stamp, Shelf] | None = None

    def now(self) -> Shelf:
        """The shelf as its files are now; as they last were when one of them is broken."""
        stamp = self._stamp()
        if self._seen and self._seen[0] == stamp:
            return self._seen[1]
        try:
            shelf = self._read(is_changed=stamp != self._at_start)
        except (BadContent, yaml.YAMLError) as error:
            if self._seen is None:
                raise
            problem = error if isinstance(error, BadContent) else _broken(error)
            old = self._seen[1]
            shelf = Shelf(old.content, old.versions, old.sentences, problem, is_changed=True)
        self._seen = stamp, shelf
        return shelf

    def _read(self, *, is_changed: bool) -> Shelf:
        return Shelf(
            reading.load(self._folder),
            reading.versions(self._folder),
            _sentences(self._root),
            is_changed=is_changed,
        )

    def _stamp(self) -> Stamp:
        files = [*self._folder.rglob("*.yml"), *(self._root / "data/responses").glob("*.yml")]
        states = ((file, file.stat()) for file in files)
        return {file: (state.st_mtime_ns, state.st_size) for file, state in states}


def _broken(error: yaml.YAMLError) -> BadContent:
    mark = getattr(error, "problem_mark", None)
    return BadContent("data/responses", mark.line + 1 if mark else 0, "/", "no valid YAML")


def _sentences(root: Path) -> dict[str, Sentence]:
    used = _uses(root)
    return {
        name: Sentence(
            name,
            file.stem,
            tuple(str(one.get("text", "")).strip() for one in wordings),
            tuple(str(button["title"]) for button in wordings[0].get("buttons", ())),
            tuple(used.get(name, ())),
        )
        for file in sorted((root / "data/responses").glob("*.yml"))
        for name, wordings in _responses(file).items()
    }


def _responses(file: Path) -> dict[str, list[dict[str, Any]]]:
    read = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return dict(read["responses"])


def _uses(root: Path) -> dict[str, list[str]]:
    """By response: the files that name it; a name that is put together at run time is not found."""
    found: dict[str, list[str]] = defaultdict(list)
    for pattern in USERS:
        for file in sorted(root.glob(pattern)):
            for name in sorted(set(_NAME.findall(file.read_text(encoding="utf-8")))):
                found[name].append(file.relative_to(root).as_posix())
    return found


@dataclass(frozen=True)
class Passage:
    """A piece of content to find: what it is, its words, and the page it stands on."""

    kind: str
    title: str
    text: str
    address: str
    file: str


def found(passages: Sequence[Passage], sought: str) -> list[Passage]:
    """Those in which every word that is sought stands; capitals and accents make no difference."""
    words = _plain(sought).split()
    return [
        passage
        for passage in passages
        if words and all(word in _plain(f"{passage.title} {passage.text}") for word in words)
    ]


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))
