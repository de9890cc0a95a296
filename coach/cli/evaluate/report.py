"""The report of an evaluation: figures as a table, a confusion matrix and a reliability curve as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from coach.cli.evaluate import answers, dates, intents
from coach.cli.evaluate.measures import Bin

FALLBACK_DAY = date(2026, 11, 23)


def write(folder: Path, report: Path) -> str:
    """Evaluate the files `intents`, `answers` and `dates` of a folder; returns the table."""
    report.mkdir(parents=True, exist_ok=True)
    understood = intents.evaluate(folder / "intents.jsonl", None)
    read = answers.evaluate(folder / "answers.jsonl")
    dated = dates.evaluate(folder / "dates.jsonl", FALLBACK_DAY)
    _confusion(understood, report / "confusion.png")
    _reliability(answers.bins(read), report / "reliability.png")
    text = "\n\n".join(
        (
            _table("Intents", intents.summary(understood)),
            _table("Answers", answers.summary(read)),
            _table("Dates", dates.summary(dated)),
        )
    )
    pictures = "![Confusion of intents](confusion.png)\n\n![Reliability](reliability.png)"
    (report / "report.md").write_text(f"{text}\n\n{pictures}\n", encoding="utf-8")
    return f"{text}\n\nThe report is {report / 'report.md'}."


def _table(title: str, figures: Mapping[str, float]) -> str:
    rows = [
        f"| {name} | {value:.0f} |"
        if value > 1 and value == int(value)
        else f"| {name} | {value:.3f} |"
        for name, value in figures.items()
    ]
    return "\n".join((f"| {title} | |", "|---|---|", *rows))


def _axes(width: float, height: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(width, height), layout="constrained")
    return figure, axes


def _confusion(rows: Sequence[intents.Understood], target: Path) -> None:
    """Rows are what was meant, columns what was read, as a share of the row."""
    names = sorted({name for row in rows for name in row.wanted[:1]})
    place = {name: n for n, name in enumerate(names)}
    counts = [[0.0] * len(names) for _ in names]
    for row in rows:
        wanted = row.found[0] if row.right else row.wanted[0]
        if row.found[0] in place:
            counts[place[wanted]][place[row.found[0]]] += 1
    shares = [[n / max(sum(line), 1) for n in line] for line in counts]
    figure, axes = _axes(11, 11)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("read as")
    axes.set_ylabel("meant")
    figure.colorbar(image, shrink=0.6, label="share of what was meant")
    figure.savefig(target, dpi=110)


def _reliability(bins: Sequence[Bin], target: Path) -> None:
    figure, axes = _axes(5, 5)
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as sure as right")
    axes.plot([b.certainty for b in bins], [b.right for b in bins], marker="o", label="answers")
    for part in bins:
        axes.annotate(
            str(part.count),
            (part.certainty, part.right),
            (4, -12),
            textcoords="offset points",
            fontsize=8,
        )
    axes.set_xlabel("certainty of the reading")
    axes.set_ylabel("share that is right")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.legend()
    figure.savefig(target, dpi=110)
