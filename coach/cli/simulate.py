"""`padwijzer simulate`: hold talks with a running bot and count who reached their position."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import typer

from coach.cli.door import Door, DoorError
from coach.cli.persona import Persona, read
from coach.cli.talk import Outcome, hold
from coach.domain.errors import BadContent


def run(file: Path, url: str, buttons: bool, token: str, report: Path | None, parallel: int) -> int:
    """0 when every persona reached its position and made a plan, else 1."""
    try:
        personas = read(file)
        with Door(url, token) as door:
            door.knock()
            outcomes = _hold_all(personas, door, buttons, parallel)
        if report:
            report.write_text(_report(outcomes, url, buttons), encoding="utf-8")
    except (BadContent, DoorError, OSError) as error:
        typer.echo(f"padwijzer simulate: {error}", err=True)
        return 1
    for line in _summary(outcomes):
        typer.echo(line)
    return 0 if all(outcome.fine for outcome in outcomes) else 1


def _hold_all(
    personas: Sequence[Persona], door: Door, clicking: bool, parallel: int
) -> list[Outcome]:
    """All talks, told as they end, in the order of the file; each under a name never used before."""
    batch = uuid.uuid4().hex[:8]

    def one(persona: Persona) -> Outcome:
        return hold(persona, door, f"sim-{batch}-{persona.id}", clicking=clicking)

    outcomes = []
    with ThreadPoolExecutor(max_workers=parallel) as pool:
        for outcome in pool.map(one, personas):
            outcomes.append(outcome)
            for line in _told(outcome):
                typer.echo(line)
    return outcomes


def _told(outcome: Outcome) -> Iterator[str]:
    """A line for each talk; the whole talk when it went wrong."""
    place = outcome.position or "no position"
    wanted = "" if outcome.reached else f" instead of {outcome.persona.position.id}"
    strayed = " (asked about another ring)" if outcome.strayed else ""
    yield (
        f"{'ok  ' if outcome.fine else 'FAIL'} {outcome.persona.id}: {place}{wanted}{strayed}, "
        f"{len(outcome.asked)} questions, {outcome.checks} checks, {outcome.turns} turns, "
        f"{'plan' if outcome.planned else 'no plan'}"
    )
    if outcome.fine:
        return
    for entry in outcome.transcript:
        yield from _lines(entry)
    if outcome.trouble:
        yield f"     !! {outcome.trouble}"


def _lines(entry: dict[str, Any]) -> Iterator[str]:
    if "user" in entry:
        yield f"     > {entry['user']}"
        return
    for text in entry["bot"]:
        yield "     " + text.replace("\n", "\n     ")
    if entry["buttons"]:
        yield f"     [{'] ['.join(entry['buttons'])}]"


def _totals(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    asked = [len(outcome.asked) for outcome in outcomes]
    return {
        "personas": len(outcomes),
        "reached": sum(outcome.reached for outcome in outcomes),
        "plans": sum(outcome.planned for outcome in outcomes),
        "questions_median": median(asked),
        "questions_most": max(asked),
        "checks": sum(outcome.checks for outcome in outcomes),
        "fallbacks": sum(outcome.fallbacks for outcome in outcomes),
        "turns_median": median(outcome.turns for outcome in outcomes),
    }


def _summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    totals = _totals(outcomes)
    yield (
        f"questions: median {totals['questions_median']:g}, at most {totals['questions_most']}; "
        f"turns: median {totals['turns_median']:g}; checks: {totals['checks']}; "
        f"buttons needed: {totals['fallbacks']}; plans: {totals['plans']}"
    )
    yield f"{totals['reached']} of {totals['personas']} personas reached their position"


def _report(outcomes: Sequence[Outcome], url: str, buttons: bool) -> str:
    found = {
        "url": url,
        "buttons": buttons,
        **_totals(outcomes),
        "talks": [outcome.to_json() for outcome in outcomes],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
