"""A run as a table, a picture and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.picture import draw
from bench.wanted import ECHO, OURS, wanted

Found = dict[str, Any]
TITLE = "# Padwijzer and stock Rasa beside each other"
PICTURE = "![The tables below as a picture](performance.svg)"
ABOUT = """Both had the training sentences of data/nlu, the same rules, actions and messages, in the same run, and kept their talks in SQLite.
What was the same and what differs: [bench/README.md](../bench/README.md). A turn is timed as a client over REST sees it."""


def write(found: Found, results: Path, docs: Path | None) -> str:
    """Leave the results in their folder, and for the documentation when that is given; returns the tables."""
    results.mkdir(parents=True, exist_ok=True)
    name = datetime.now().strftime("%Y%m%d-%H%M%S")
    tables = "\n".join(_lines(found)) + "\n"
    text = json.dumps(found, indent=1) + "\n"
    (results / f"{name}.json").write_text(text, encoding="utf-8")
    (results / f"{name}.md").write_text(tables, encoding="utf-8")
    draw(found, results / f"{name}.svg")
    if docs:
        picture = draw(found, docs / "performance.svg")
        page = [TITLE, *([PICTURE] if picture else []), ABOUT, tables]
        (docs / "performance.en.md").write_text("\n\n".join(page), encoding="utf-8")
    return tables


def _lines(found: Found) -> Iterator[str]:
    yield from _machine(found)
    if rows := wanted(found):
        yield from ("", "## What was wanted", "")
        yield from _table(("", "wanted", "measured"), rows)
    for part, title, lines in (
        ("ready", "Start", _ready),
        ("turns", "A turn", _turns),
        ("long", "A long talk", _long),
        ("memory", "Memory after the talks", _memory),
        ("stored", "Many stored talks", _stored),
        ("training", "Training", _training),
    ):
        if found.get(part):
            yield from ("", f"## {title}", "", *lines(found[part]))
            if part == "turns" and "floor" in found:
                yield from ("", *_floor(found["floor"]))


def _machine(found: Found) -> Iterator[str]:
    it = found["machine"]
    yield f"Measured on {it['on']} on {it['cores']} cores ({it['processor']}), {it['memory_gb']} GB,"
    yield f"load {it['load_at_start']:.1f} at the start and {it['load_at_end']:.1f} at the end, with"
    yield ""
    yield f"    {it['command']}"
    if "stock" in found:
        yield ""
        yield f"Stock Rasa's model was trained for {found['stock']['epochs']} of the 100 epochs of `rasa init`."
    if it["load_at_start"] > it["cores"] / 2:
        yield ""
        yield "The machine was busy with other work: compare the rows, do not quote the figures."


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(head)
    yield "| " + " | ".join(names) + " |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"


def _ready(part: Found) -> Iterator[str]:
    head = ("bot", "listens, s", "first answer, s", "resident, MB", "private, MB", "shared, MB")
    keys = ("listens_s", "answers_s", "rss_mb", "private_mb", "shared_mb")
    yield from _table(head, ((name, *(it[key] for key in keys)) for name, it in part.items()))


def _turns(part: Found) -> Iterator[str]:
    head = (
        "at once",
        "bot",
        "message",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "turns a second",
        "unanswered",
    )
    rows = (
        (n, name, kind, *(it[kind][p] for p in ("p50", "p95", "p99")), *_rate(it, kind))
        for n, both in part.items()
        for name, it in both.items()
        for kind in ("all", "button", "text")
        if kind in it
    )
    yield from _table(head, rows)


def _floor(part: Found) -> Iterator[str]:
    ours, echo = part[OURS], part[ECHO]
    yield "The least on this machine, with the same messages in turn: an echo that says what was pressed took"
    yield f"{echo['button']['p50']} ms, and one that encodes what was typed {echo['text']['p50']} ms (p50). Beside it Padwijzer took"
    yield f"{ours['button']['p50']} ms for a button, and {ours['text']['p50']} ms for typed words."


def _rate(it: Found, kind: str) -> tuple[object, object]:
    return (it["turns_a_second"], it["silent"]) if kind == "all" else ("", "")


def _long(part: Found) -> Iterator[str]:
    numbers = list(dict.fromkeys(n for it in part.values() for n in it))
    head = ("bot", *(f"turn {n}, ms" for n in numbers))
    yield from _table(head, ((name, *(it[n] for n in numbers)) for name, it in part.items()))


def _memory(part: Found) -> Iterator[str]:
    head = ("bot", "resident, MB", "private, MB", "shared, MB")
    keys = ("rss", "private", "shared")
    yield from _table(head, ((name, *(it[key] for key in keys)) for name, it in part.items()))


def _stored(part: Found) -> Iterator[str]:
    head = ("stored talks", "bot", "p50 ms", "p95 ms", "p99 ms", "listens, s")
    rows = (
        (f"{int(n):,}", name, *(it["all"][p] for p in ("p50", "p95", "p99")), it["listens_s"])
        for n, several in part.items()
        for name, it in several.items()
    )
    yield from _table(head, rows)


def _training(part: Found) -> Iterator[str]:
    for name, it in part.items():
        when = f"on {it['on']}, load {it['load']:.1f}"
        if "epochs" not in it:
            yield f"- {name}: {it['seconds']} s ({when})."
            continue
        epochs = ", ".join(
            f"{part} {seconds} s" for part, seconds in it["seconds_an_epoch"].items()
        )
        yield f"- {name}: {it['seconds']} s with epochs: {it['epochs']} ({when}); an epoch of {epochs}."
        if least := it.get("at_least"):
            how = "was done after" if least["done"] else "was not done, and ended by us, after"
            yield f"  With {least['epochs_wanted']} epochs, as `rasa init` sets them, it {how} {least['seconds']} s."
        if it["epochs"] != 100:
            yield (
                f"  With the 100 epochs of `rasa init` that would be about {it['estimate_of_100_epochs']} s:"
                " an estimate, by these epochs; the first epoch also builds the network, so it is too high."
            )
