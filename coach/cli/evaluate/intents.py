"""How well the intent of a message is understood, by the pipeline that the service runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coach import settings
from coach.cli.evaluate.measures import confusions, macro_f1, middle, share
from coach.cli.evaluate.rows import Row, read, refuse
from coach.domain.errors import BadContent, CoachError

OUT = "out_of_scope"
FALLBACK = "nlu_fallback"
GRAVE = ("distress_red", "distress_orange")
TOP = 3


@dataclass(frozen=True)
class Understood:
    """One sentence: the intents it may have, those found in order, and whether the pipeline fell back."""

    text: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    intent: str
    certainty: float
    ms: float

    @property
    def right(self) -> bool:
        return self.found[0] in self.wanted

    @property
    def accepted(self) -> bool:
        """Whether it was taken for something the bot is for."""
        return self.intent not in (OUT, FALLBACK)

    @property
    def distress(self) -> bool:
        return self.intent.startswith("distress")


def evaluate(file: Path, mapping: Path | None) -> list[Understood]:
    """Every sentence of the file as the pipeline understands it; BadContent when the file is wrong."""
    rows = read(file, ["text", "category"])
    names = _mapping(mapping) if mapping else {}
    wanted = [_wanted(file, row, names) for row in rows]
    return [
        Understood(row["text"], want, _ranked(said), said["intent"], said["certainty"], said["ms"])
        for row, want, said in zip(rows, wanted, _ask([r["text"] for r in rows]), strict=True)
    ]


def _ranked(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The intents in order; a fallback is no intent, so what it overruled comes first."""
    names = [said["intent"], *said["ranking"]]
    return tuple(dict.fromkeys(name for name in names if name != FALLBACK))


def _mapping(file: Path) -> dict[str, tuple[str, ...]]:
    """Other category names -> one of our intents, or a list of which each is right."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise BadContent(str(file), 0, "file", "a mapping of category names to intents is wanted")
    return {
        str(name): (value,) if isinstance(value, str) else tuple(value)
        for name, value in data.items()
    }


def _wanted(file: Path, row: Row, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    wanted = names.get(row["category"], (row["category"],))
    unknown = set(wanted) - known_intents()
    if unknown:
        name = sorted(unknown)[0]
        raise refuse(file, row, "category", f"{name!r} is no intent; map it with --mapping")
    return wanted


def known_intents() -> set[str]:
    domain = yaml.safe_load((settings.ROOT / "domain.yml").read_text(encoding="utf-8"))
    return set(domain["intents"])


def _ask(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The pipeline runs in a process of its own: Rasa is not imported here."""
    sent = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.understand"],
        input=sent, capture_output=True, text=True, cwd=settings.ROOT,
    )  # fmt: skip
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise CoachError(f"the pipeline could not be asked: {why[0]}; is there a model?")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def summary(rows: Sequence[Understood]) -> dict[str, float]:
    """The figures of the issue's acceptance, by name."""
    out = [row for row in rows if OUT in row.wanted]
    grave = [row for row in rows if set(row.wanted) & set(GRAVE)]
    calm = [row for row in rows if not any(name.startswith("distress") for name in row.wanted)]
    wanted = [row.found[0] if row.right else row.wanted[0] for row in rows]
    return {
        "sentences": len(rows),
        "right at first choice": share([row.right for row in rows]),
        f"right within {TOP}": share([bool({*row.found[:TOP]} & {*row.wanted}) for row in rows]),
        "macro-F1": macro_f1(wanted, [row.found[0] for row in rows]),
        "out of scope accepted": share([row.accepted for row in out]),
        "in scope not understood": share(
            [row.intent == FALLBACK for row in rows if row not in out]
        ),
        "red and orange recognised": share([row.distress for row in grave]),
        "false alarms of distress": share([row.distress for row in calm]),
        "ms a message (middle)": middle([row.ms for row in rows]),
    }


def confused(rows: Sequence[Understood]) -> list[tuple[str, str, int]]:
    return confusions(
        [row.found[0] if row.right else row.wanted[0] for row in rows],
        [row.found[0] for row in rows],
    )
