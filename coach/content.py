"""Reads `content/` into domain objects and refuses a bad file with file, line and key.

The files belong to the learning experts: Dutch, versioned, one JSON Schema a kind in `content/schema`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from coach.domain.answers import (
    Construct,
    Question,
    Role,
    process_questions,
    ring_questions,
)
from coach.domain.content import (
    Content,
    Ended,
    Item,
    Meeting,
    MeetingPart,
    Obstacle,
    OwnStep,
    Part,
    Place,
    Questionnaire,
    Reference,
    Resource,
    Step,
    Term,
    Topic,
    Trait,
    Wording,
)
from coach.domain.errors import BadContent
from coach.domain.opinions import Statement, Statements
from coach.domain.path import POSITIONS, RINGS, Position, Process, Ring

KINDS = (
    "questionnaire",
    "model",
    "obstacles",
    "faq",
    "glossary",
    "resources",
    "words",
    "figure",
    "opinions",
    "meeting",
    "meanings",
)
STALE_AFTER_DAYS = 366
_VERSION = re.compile(r"""^version: *["']?([^"'\s#]+)""", re.MULTILINE)
MEETING_MINUTES = 45


@dataclass(frozen=True)
class Source:
    """One parsed content file, with the line of every key for error messages."""

    file: str
    data: Any
    node: yaml.Node | None

    def refuse(self, path: Iterable[str | int], problem: str) -> BadContent:
        keys = list(path)
        return BadContent(
            self.file, _line(self.node, keys), "/".join(map(str, keys)) or "/", problem
        )


def load(folder: Path) -> Content:
    """Read and check everything under `folder`; BadContent at the first file that is wrong."""
    read = {kind: _read(folder, f"{kind}.yml", kind) for kind in KINDS}
    questionnaire = _questionnaire(read["questionnaire"])
    older = [
        _questionnaire(_read(folder, f"questionnaires/{file.name}", "questionnaire"))
        for file in sorted((folder / "questionnaires").glob("*.yml"))
    ]
    model = read["model"].data
    return Content(
        questionnaires={q.version: q for q in (*older, questionnaire)},
        current=questionnaire.version,
        places={position: _place(folder, position) for position in POSITIONS},
        rings={Ring(name): Part(**part) for name, part in model["rings"].items()},
        processes={Process(name): Part(**part) for name, part in model["processes"].items()},
        transitions={Ring(name): text for name, text in model["transitions"].items()},
        traits={Construct(name): Trait(**trait) for name, trait in model["constructs"].items()},
        obstacles=_obstacles(read["obstacles"]),
        topics={
            t["id"]: Topic(t["id"], t["question"], t["answer"], t["more"])
            for t in read["faq"].data["topics"]
        },
        terms=tuple(
            Term(t["term"], tuple(t["also"]), t["meaning"]) for t in read["glossary"].data["terms"]
        ),
        resources=_resources(read["resources"]),
        ended=tuple(
            Ended(e["name"], tuple(e["also"]), e["instead"])
            for e in read["resources"].data["ended"]
        ),
        words={
            kind: {value: tuple(words) for value, words in group.items()}
            for kind, group in read["words"].data.items()
            if kind != "version"
        },
        figure=read["figure"].data,
        opinions=_opinions(read["opinions"]),
        observations=read["meeting"].data["observations"],
        meetings=_meetings(read["meeting"]),
        reference=_reference(read["meeting"].data["reference"]),
        meanings={g["title"]: g["intents"] for g in read["meanings"].data["groups"]},
    )


def _opinions(source: Source) -> Statements:
    data = source.data
    items = tuple(Statement(**item) for item in data["items"])
    ids = [item.id for item in items]
    for n, item in enumerate(items):
        if ids.index(item.id) != n:
            raise source.refuse(["items", n, "id"], f"{item.id} stands twice")
        if item.scale not in data["scales"]:
            raise source.refuse(["items", n, "scale"], f"{item.scale} is no scale of this file")
    answers = {int(mark): label for mark, label in data["answers"].items()}
    return Statements(data["version"], answers, data["scales"], items)


def stale_resources(folder: Path, today: date) -> list[str]:
    """Ids of resources, and of the reference, that were checked more than a year ago."""
    reference = _read(folder, "meeting.yml", "meeting").data["reference"]
    resources = _read(folder, "resources.yml", "resources").data["resources"]
    resources = [*resources, {"id": "meeting.reference", **reference}]
    return [
        r["id"]
        for r in resources
        if (today - date.fromisoformat(r["checked_on"])).days > STALE_AFTER_DAYS
    ]


def versions(folder: Path) -> dict[str, str]:
    """The version that every content file says it has."""
    found = {}
    for file in sorted(folder.rglob("*.yml")):
        said = _VERSION.search(file.read_text(encoding="utf-8", errors="replace"))
        found[file.relative_to(folder).as_posix()] = said[1] if said else ""
    return found


def _read(folder: Path, name: str, kind: str) -> Source:
    path = folder / name
    file = f"{folder.name}/{name}"
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except FileNotFoundError:
        raise BadContent(file, 0, "/", "this file is missing") from None
    except UnicodeDecodeError as error:
        raise BadContent(file, 0, "/", f"this file is not UTF-8: {error.reason}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise BadContent(
            file, mark.line + 1 if mark else 0, "/", f"no valid YAML: {problem}"
        ) from None
    source = Source(file, data, node)
    _expect_single_keys(source, node, [])
    schema = json.loads((folder / "schema" / f"{kind}.json").read_text(encoding="utf-8"))
    problem = jsonschema.exceptions.best_match(jsonschema.Draft7Validator(schema).iter_errors(data))
    if problem:
        raise source.refuse(problem.absolute_path, problem.message)
    return source


def _line(node: yaml.Node | None, path: list[str | int]) -> int:
    """The line (from 1) of the deepest part of `path` that the file has."""
    line: int = node.start_mark.line if node else 0
    for key in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            pair = next((p for p in node.value if p[0].value == str(key)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
    return line + 1


def _expect_single_keys(source: Source, node: yaml.Node | None, path: list[str | int]) -> None:
    """YAML lets the last of two equal keys win in silence; an editor wants to know."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                where = "/".join(map(str, [*path, key.value]))
                raise BadContent(source.file, line, where, "this key stands here twice")
            seen.add(key.value)
            _expect_single_keys(source, value, [*path, key.value])
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _expect_single_keys(source, value, [*path, index])


def _questionnaire(source: Source) -> Questionnaire:
    items: dict[Question, Item] = {}
    for index, data in enumerate(source.data["items"]):
        question = Question.from_json(data)
        if question in items:
            raise source.refuse(["items", index, "construct"], f"{question} stands here twice")
        items[question] = _item(question, data)
    wanted = [*ring_questions(), *(q for ring in RINGS for q in process_questions(ring))]
    for question in wanted:
        if question not in items:
            raise source.refuse(["items"], f"no item for {question.construct} ({question.ring})")
    return Questionnaire(source.data["version"], items)


def _item(question: Question, data: Mapping[str, Any]) -> Item:
    return Item(
        question,
        data["name"],
        data["explanation"],
        data["why"],
        _levels(data["echo"]),
        {
            Role(role): Wording(w["question"], w["probe"], _levels(w["anchors"]))
            for role, w in data["roles"].items()
        },
        data.get("changed_in", ""),
    )


def _levels(texts: Mapping[Any, str]) -> dict[int, str]:
    return {int(level): text for level, text in texts.items()}


def _place(folder: Path, position: Position) -> Place:
    source = _read(folder, f"path/{position.id}.yml", "position")
    steps = _read(folder, f"steps/{position.id}.yml", "steps")
    for part in (source, steps):
        if (part.data["ring"], part.data["process"]) != (position.ring, position.process):
            raise part.refuse(["ring"], f"the file name says {position.id}")
    data = {k: source.data[k] for k in ("code", "name", "place", "guiding_question", "meaning")}
    return Place(
        position=position,
        **data,
        looks_like=tuple(source.data["looks_like"]),
        in_order_when=tuple(source.data["in_order_when"]),
        standstill=tuple(source.data["standstill"]),
        reality=_per_role(source.data["reality"]),
        obstacle=_per_role(source.data["obstacle"]),
        steps=_steps(steps),
    )


def _per_role(texts: Mapping[str, str]) -> dict[Role, str]:
    return {Role(role): text for role, text in texts.items()}


def _steps(source: Source) -> tuple[Step, ...]:
    steps = tuple(
        Step(
            id=s["id"],
            title=s["title"],
            actors=tuple(s["actors"]),
            what=s["what"],
            roles={Role(role): OwnStep(**own) for role, own in s["roles"].items()},
            time=s["time"],
            pitfall=s["pitfall"],
            evidence=s["evidence"],
            sources=tuple(s["sources"]),
        )
        for s in source.data["steps"]
    )
    for role in Role:
        if sum(role in step.roles for step in steps) < 3:
            raise source.refuse(["steps"], f"fewer than three steps for {role}")
    return steps


def _resources(source: Source) -> tuple[Resource, ...]:
    return tuple(
        Resource(
            r["id"],
            r["name"],
            tuple(Role(role) for role in r["for"]),
            r["what"],
            r["url"],
            date.fromisoformat(r["checked_on"]),
            tuple(r["positions"]),
        )
        for r in source.data["resources"]
    )


def _obstacles(source: Source) -> dict[str, Obstacle]:
    return {
        o["id"]: Obstacle(
            o["id"],
            o["label"],
            tuple(o["words"]),
            Process(o["looks_back_to"]) if o["looks_back_to"] else None,
            _per_role(o["answers"]),
        )
        for o in source.data["obstacles"]
    }


def _meetings(source: Source) -> dict[Process, Meeting]:
    found = {}
    for name, meeting in source.data["meetings"].items():
        parts = tuple(MeetingPart(**part) for part in meeting["parts"])
        if (minutes := sum(part.minutes for part in parts)) != MEETING_MINUTES:
            raise source.refuse(["meetings", name, "parts"], f"{minutes} minutes together")
        found[Process(name)] = Meeting(meeting["title"], meeting["bring"], parts)
    return found


def _reference(data: Mapping[str, Any]) -> Reference:
    own = {**data, "says": tuple(data["says"])}
    return Reference(**{**own, "checked_on": date.fromisoformat(data["checked_on"])})
