"""The commands under `padwijzer evaluate`: they print, and `all` writes a report with pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from coach.domain.errors import CoachError

app = typer.Typer(
    no_args_is_help=True, help="How well Dutch is understood, on a file of sentences."
)
SHOWN = 15
T = TypeVar("T")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines.")]


@app.command()
def intents(
    file: File,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML: other category names -> our intents.")
    ] = None,
) -> None:
    """Sentences with a category: {"text", "category"}."""
    from coach.cli.evaluate import intents as measured

    rows = _refusing(lambda: measured.evaluate(file, mapping))
    _print(measured.summary(rows))
    _list("most confused", (f"{n:3} {w} read as {f}" for w, f, n in measured.confused(rows)))


@app.command()
def answers(file: File) -> None:
    """Answers: {"text", "construct", "ring", "level", "role"}; level 0 says nothing about a level."""
    from coach.cli.evaluate import answers as measured

    rows = _refusing(lambda: measured.evaluate(file))
    _print(measured.summary(rows))
    wrong = [row for row in rows if row.sure and not row.right]
    _list(
        "sure and wrong",
        (f"{r.question} {r.wanted} read as {r.found}: {r.text} {list(r.reasons)}" for r in wrong),
    )
    typer.echo("certainty: count, mean, right")
    for part in measured.bins(rows):
        typer.echo(f"  {part.count:5} {part.certainty:.2f} {part.right:.2f}")


@app.command()
def dates(
    file: File,
    today: Annotated[str, typer.Option(help="The day on which the texts are read.")] = "2026-11-23",
) -> None:
    """Texts with a date: {"text", "date_iso"}; null is no date."""
    from coach.cli.evaluate import dates as measured

    rows = _refusing(lambda: measured.evaluate(file, date.fromisoformat(today)))
    _print(measured.summary(rows))
    _list("wrong", (f"{r.text}: {r.wanted}, read as {r.found}" for r in rows if not r.right))


@app.command(name="all")
def everything(
    folder: Annotated[Path, typer.Argument(help="A folder with the three files.")] = Path(
        "tests/sentences/test"
    ),
    report: Annotated[Path, typer.Option(help="Where the report goes.")] = Path("build/evaluation"),
) -> None:
    """All three, with a report and pictures."""
    from coach.cli.evaluate.report import write

    typer.echo(_refusing(lambda: write(folder, report)))


def _refusing(measure: Callable[[], T]) -> T:
    try:
        return measure()
    except (CoachError, OSError, ValueError) as error:
        typer.echo(f"padwijzer evaluate: {error}", err=True)
        raise typer.Exit(1) from None


def _print(figures: Mapping[str, float]) -> None:
    for name, value in figures.items():
        shown = f"{value:.0f}" if value == int(value) and value > 1 else f"{value:.3f}"
        typer.echo(f"{name:38} {shown}")


def _list(title: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    if shown:
        typer.echo(f"{title}:")
    for line in shown[:SHOWN]:
        typer.echo(f"  {line}")
    if len(shown) > SHOWN:
        typer.echo(f"  ... and {len(shown) - SHOWN} more")
