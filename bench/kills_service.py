"""The service as an operator starts it, on another day: `bench/kills.py` runs on any day, check-ins only on working days."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from coach import wiring

AHEAD = timedelta(seconds=float(os.environ["BENCH_AHEAD"]))


def _ahead(real: object = wiring.utc_now) -> object:
    return real() + AHEAD  # type: ignore[operator]


wiring.utc_now = _ahead  # type: ignore[assignment]

from bot.__main__ import main  # noqa: E402

sys.exit(main())
