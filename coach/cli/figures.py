"""`padwijzer figures`: what people think of their talks, and how much nearer they came; never of fewer than five."""

from __future__ import annotations

import typer

from coach import content
from coach.domain.opinions import FEWEST, Figure, of_items, of_ratings, of_scales
from coach.store.opinions import Opinions
from coach.wiring import current_settings, database


def figures() -> int:
    """Write the figures; an exit code."""
    statements = content.load(current_settings().content).opinions
    store = Opinions(database())
    items = of_items(statements, store.counts())
    texts = {item.id: item.text for item in statements.items}
    typer.echo(f"Opinion of the talk, 1 to 5 (shown from {FEWEST} people):")
    for figure in items:
        typer.echo(f"  {_said(figure)}  {texts[figure.name]}")
    typer.echo("By scale:")
    for figure in of_scales(statements, items):
        typer.echo(f"  {_said(figure)}  {statements.scales[figure.name]}")
    ratings = of_ratings(store.ratings())
    typer.echo("Self-rating of the goal, 0 to 100, looking back minus at the promise:")
    typer.echo(f"  {_said(ratings, '+.1f')}")
    return 0


def _said(figure: Figure, shape: str = ".2f") -> str:
    mean = "too few" if figure.mean is None else format(figure.mean, shape)
    return f"n={figure.n:<4} mean={mean:<8}"
