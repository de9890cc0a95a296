"""Measures shared by the evaluations. Shares are 0-1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Readings of about the same certainty: how many, how sure on average, and how often right."""

    count: int
    certainty: float
    right: float


def share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def macro_f1(wanted: Sequence[str], found: Sequence[str]) -> float:
    """The mean over the wanted classes of the harmonic mean of precision and recall."""
    hits = Counter(w for w, f in zip(wanted, found, strict=True) if w == f)
    asked, given = Counter(wanted), Counter(found)
    scores = [2 * hits[name] / (asked[name] + given[name]) for name in asked]
    return sum(scores) / len(scores) if scores else 0.0


def confusions(wanted: Sequence[str], found: Sequence[str]) -> list[tuple[str, str, int]]:
    """Wanted and found classes that differ, the most frequent first."""
    pairs = Counter((w, f) for w, f in zip(wanted, found, strict=True) if w != f)
    return [(w, f, n) for (w, f), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]


def reliability(certainties: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Readings in bins of equal width of certainty; empty bins are left out."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for certainty, hit in zip(certainties, right, strict=True):
        bins[min(int(certainty * BINS), BINS - 1)].append((certainty, hit))
    return [
        Bin(len(rows), sum(c for c, _ in rows) / len(rows), share([hit for _, hit in rows]))
        for rows in bins
        if rows
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between certainty and being right, weighted by count (expected calibration error)."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.certainty - b.right) for b in bins) / total if total else 0.0


def middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0
