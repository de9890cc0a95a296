"""The picture of a run: a turn by how many talk at once, a long talk, and the start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot
from matplotlib.axes import Axes

COLOURS = {"Padwijzer": "#0b6e4f", "Stock Rasa": "#8a5a00"}
MARKS = {"Padwijzer": "o", "Stock Rasa": "s"}
Panel = Callable[[Axes, Any], None]


def draw(found: dict[str, Any], file: Path) -> bool:
    """Whether there was anything to draw."""
    panels: dict[str, Panel] = {"turns": _turns, "long": _long, "ready": _ready}
    here = {part: panel for part, panel in panels.items() if found.get(part)}
    if not here:
        return False
    figure, axes = pyplot.subplots(
        1, len(here), figsize=(4.2 * len(here), 3.6), squeeze=False, layout="constrained"
    )
    for axis, (part, panel) in zip(axes[0], here.items(), strict=True):
        panel(axis, found[part])
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, format="svg")
    pyplot.close(figure)
    return True


def _turns(axis: Axes, part: Any) -> None:
    numbers = list(part)
    for name in part[numbers[0]]:
        for share, line in (("p50", "-"), ("p95", ":")):
            values = [part[n][name]["all"][share] for n in numbers]
            style = {"color": COLOURS[name], "marker": MARKS[name], "linestyle": line}
            axis.plot(numbers, values, label=f"{name}, {share}", **style)
    axis.set(title="A turn", xlabel="talks at once", ylabel="ms, logarithmic", yscale="log")
    axis.legend(fontsize=8, frameon=False)


def _long(axis: Axes, part: Any) -> None:
    for name, values in part.items():
        style = {"color": COLOURS[name], "marker": MARKS[name]}
        axis.plot([int(n) for n in values], list(values.values()), label=name, **style)
    axis.set(title="A long talk", xlabel="turn", ylabel="ms, logarithmic", yscale="log")
    axis.legend(fontsize=8, frameon=False)


def _ready(axis: Axes, part: Any) -> None:
    seconds = [it["answers_s"] for it in part.values()]
    bars = axis.bar(list(part), seconds, color=[COLOURS[name] for name in part], width=0.5)
    axis.bar_label(bars, fmt="%.1f")
    axis.set(title="From start to first answer", ylabel="seconds")
