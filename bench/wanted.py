"""What a run was to show, beside what it showed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

OURS, THEIRS, ECHO = "Padwijzer", "Stock Rasa", "Echo"
Found = dict[str, Any]
Row = tuple[str, str, str]
"""What is compared, what was wanted, and what was measured."""

QUICKER, SMALLER, CHEAPER, BUSIER = 6, 4, 8, 8
LEARNS = 5
"""So many times as long as ours a training of stock Rasa takes at least; it is watched no longer."""
BUTTON, WORDS, GROWTH = 6.0, 2.5, 1.2


def wanted(found: Found) -> list[Row]:
    """The rows of which both sides were measured."""
    return [
        *_against_stock(found),
        *_against_the_echo(found.get("floor", {})),
        *_growth(found),
    ]


def _against_stock(found: Found) -> Iterator[Row]:
    ready, turns, training = (found.get(part, {}) for part in ("ready", "turns", "training"))
    if THEIRS in ready:
        listens, memory = (_times(ready, key) for key in ("listens_s", "rss_mb"))
        yield "seconds until it listens", f"at most 1/{QUICKER}", _part([listens], QUICKER)
        yield "memory after the start", f"at most 1/{SMALLER}", _part([memory], SMALLER)
    both = {n: it for n, it in turns.items() if THEIRS in it}
    if both:
        at_once = " / ".join(both)
        middle = [_times({who: it[who]["all"] for who in it}, "p50") for it in both.values()]
        last = list(both)[-1]
        late = _times({who: it["all"] for who, it in both[last].items()}, "p95")
        rate = [1 / _times(it, "turns_a_second") for it in both.values()]
        yield (
            f"middle of a turn, {at_once} at once",
            f"at most 1/{CHEAPER}",
            _part(middle, CHEAPER),
        )
        yield f"p95 at {last} at once", f"at most 1/{CHEAPER}", _part([late], CHEAPER)
        busy = ", ".join(f"{one:.1f}" for one in rate)
        yield (
            f"turns a second, {at_once} at once",
            f"at least {BUSIER} times",
            _judged(busy, min(rate) >= BUSIER),
        )
    if THEIRS in training:
        theirs = training[THEIRS]
        least = theirs.get("at_least")
        seconds = least["seconds"] if least else theirs["seconds"]
        times = seconds / training[OURS]["seconds"]
        longer = "" if not least or least["done"] else "less than "
        yield (
            "training, with the 100 epochs of `rasa init`",
            f"at most 1/{LEARNS}",
            _judged(f"{longer}1/{times:.1f}", times >= LEARNS),
        )


def _against_the_echo(floor: Found) -> Iterator[Row]:
    if not floor:
        return
    ours, least = floor[OURS], floor[ECHO]["text"]["p50"]
    for what, kind, most in (
        ("a turn without words to read", "button", BUTTON),
        ("a turn with words to read", "text", WORDS),
    ):
        times = ours[kind]["p50"] / least
        yield (
            f"{what}, against an echo that encodes once",
            f"at most {most:g} times",
            _judged(f"{times:.1f}", times <= most),
        )


def _growth(found: Found) -> Iterator[Row]:
    long, stored = found.get("long", {}).get(OURS, {}), found.get("stored", {})
    if {"10", "500"} <= set(long):
        yield _grown("the 500th turn of a talk against the 10th", long["500"] / long["10"])
    sizes = list(stored)
    if len(sizes) > 1:
        few, many = sizes[0], sizes[-1]
        for name in stored[many]:
            if not name.startswith(THEIRS) and name in stored[few]:
                times = stored[many][name]["all"]["p50"] / stored[few][name]["all"]["p50"]
                yield _grown(f"with {int(many):,} stored talks against {few}, {name}", times)


def _grown(what: str, times: float) -> Row:
    return what, f"at most {GROWTH:g} times", _judged(f"{times:.2f}", times <= GROWTH)


def _times(of: Found, key: str) -> float:
    """How many times ours theirs is."""
    return float(of[THEIRS][key]) / float(of[OURS][key])


def _part(times: list[float], least: float) -> str:
    return _judged(", ".join(f"1/{one:.1f}" for one in times), min(times) >= least)


def _judged(measured: str, is_met: bool) -> str:
    return measured if is_met else f"**{measured}: not reached**"
