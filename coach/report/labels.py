"""The words on the figure. They come from content/figure.yml; nothing here is Dutch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.domain.path import Position, Process, Ring

LINES = ("title", "here", "nowhere", "travelled", "ahead", "before")


@dataclass(frozen=True)
class Name:
    """A concept of the model: its own name, and the same in plain words."""

    name: str
    plain: str


@dataclass(frozen=True)
class Sentences:
    """Patterns of the text alternative; the words in braces are filled in."""

    here: str  # {ring} {ring_plain} {process} {process_plain}
    nowhere: str
    before: str  # {first} {ring} {process}
    stayed: str  # {first} {last} {ring} {process}
    times: str  # {number}
    travelled: str  # {ring} {processes}
    rings: str  # {rings}
    processes: str  # {processes}
    place: str  # {ring} {process}
    named: str  # {name} {plain}
    last: str  # {most} {last}: how a list ends
    one: str  # {names} {place}: one group
    several: str  # {names} {place}: more groups


@dataclass(frozen=True)
class Labels:
    """Every text of the figure."""

    title: str
    here: str
    nowhere: str
    travelled: str
    ahead: str
    before: str
    rings: Mapping[Ring, Name]
    processes: Mapping[Process, Name]
    sentences: Sentences

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Labels:
        """Labels from the figure's content file, which its schema has already approved."""
        texts = {key: content[key] for key in LINES}
        return cls(
            **texts,
            rings={ring: Name(**content["rings"][ring.value]) for ring in Ring},
            processes={process: Name(**content["processes"][process.value]) for process in Process},
            sentences=Sentences(**content["sentences"]),
        )

    def place(self, position: Position) -> str:
        """A position in a few words."""
        return self.sentences.place.format(
            ring=self.rings[position.ring].name, process=self.processes[position.process].name
        )

    def listed(self, items: Sequence[str]) -> str:
        """Items as one enumeration."""
        *most, last = items
        return self.sentences.last.format(most=", ".join(most), last=last) if most else last

    def named(self, names: Mapping[Any, Name]) -> str:
        """Names with their plain words, as one enumeration."""
        return self.listed(
            [self.sentences.named.format(name=n.name, plain=n.plain) for n in names.values()]
        )
