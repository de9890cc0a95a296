"""`padwijzer content check`: are the files of the learning experts in order?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from coach import content
from coach.domain.content import Content
from coach.domain.errors import BadContent


def run(folder: Path) -> int:
    """Read everything; 0 when it is in order, 1 with the reason when it is not."""
    try:
        read = content.load(folder)
        stale = content.stale_resources(folder, date.today())
    except BadContent as error:
        typer.echo(str(error), err=True)
        return 1
    for resource in stale:
        typer.echo(f"{folder.name}/resources.yml: {resource}: checked over a year ago", err=True)
    typer.echo(_summary(read))
    return 1 if stale else 0


def _summary(read: Content) -> str:
    steps = sum(len(place.steps) for place in read.places.values())
    items = len(read.questionnaires[read.current].items)
    return (
        f"questionnaire {read.current}: {items} questions; {len(read.places)} positions, "
        f"{steps} steps, {len(read.topics)} topics, {len(read.terms)} terms"
    )
