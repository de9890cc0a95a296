"""What the service counts of itself, for Prometheus: numbers under names from a fixed list, never of a person or a talk."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

from bot.channels.guard import Guard
from coach.store.backlog import Backlog
from coach.store.turn import Waiting

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Limits of the histogram; 10 is where a talker has long gone."""
WATCHED = ("delivery.away", "delivery.failed", "delivery.left_out", "erased.unreadable")
"""Events that an alert waits for: they start at nought, for Prometheus sees no rise in a number that it did not know."""
OWN = "own"
"""The channel of a turn that the service began by itself: a check-in."""


class Metrics:
    """One for a service, with a registry of its own."""

    def __init__(self, guard: Guard) -> None:
        self.registry = CollectorRegistry()
        self.backlog: Backlog | None = None
        """As it was read last; None while the database cannot be read."""
        self._turns = self._counter("turns", "Turns that were stored.", "channel", "result")
        self._failures = self._counter("failures", "Errors in the log.", "event")
        for name in WATCHED:
            self._failures.labels(name)
        self._store = self._counter("store_errors", "Errors of the database.", "kind")
        self._seconds = Histogram(
            "padwijzer_turn_seconds",
            "From taking a message out of the inbox until its turn was stored.",
            buckets=SECONDS,
            registry=self.registry,
        )
        build = Gauge("padwijzer_build_info", "Always 1.", BUILD, registry=self.registry)
        build.labels(version("padwijzer"), version("rasa"), platform.python_version()).set(1)
        ProcessCollector(registry=self.registry)
        self.registry.register(_Looked(guard, self))

    def turn(self, message: Waiting, *, failed: bool, seconds: float) -> None:
        """A turn was stored; the only place where turns are counted."""
        channel = OWN if message.own else message.channel
        self._turns.labels(channel, "failed" if failed else "done").inc()
        self._seconds.observe(seconds)

    @contextmanager
    def listening(self, database: Engine) -> Iterator[None]:
        """Count what goes wrong inside: each line of the log has a fixed name, and the driver says its errors."""
        heard, log = _Heard(self._failures), logging.getLogger("padwijzer")
        log.addHandler(heard)
        event.listen(database, "handle_error", self._store_error)
        try:
            yield
        finally:
            event.remove(database, "handle_error", self._store_error)
            log.removeHandler(heard)

    def _store_error(self, context: ExceptionContext) -> None:
        self._store.labels(type(context.original_exception).__name__).inc()

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"padwijzer_{name}", meaning, labels, registry=self.registry)


BUILD = ("version", "rasa", "python")


class _Heard(logging.Handler):
    """Counts errors by the name of their event, which stands before the first space and holds no data."""

    def __init__(self, failures: Counter) -> None:
        super().__init__(logging.ERROR)
        self._failures = failures

    def emit(self, record: logging.LogRecord) -> None:
        self._failures.labels(str(record.msg).partition(" ")[0]).inc()


class _Looked(Collector):
    """What is kept elsewhere already, and looked up when it is asked for."""

    def __init__(self, guard: Guard, metrics: Metrics) -> None:
        self._guard, self._metrics = guard, metrics

    def collect(self) -> Iterable[Metric]:
        refused = CounterMetricFamily(
            "padwijzer_refused", "Messages that were not taken in.", labels=("channel", "reason")
        )
        for key, number in list(self._guard.counts.items()):
            refused.add_metric(key, number)
        yield refused
        found = self._metrics.backlog
        yield _gauge("database_up", "Whether the database can be read.", float(found is not None))
        if found:
            yield _gauge("inbox_waiting", "Messages without effect so far.", found.messages)
            yield _gauge("inbox_oldest_seconds", "How long the oldest waits.", found.seconds)
            yield _gauge("outbox_unsent", "Replies that were not shown yet.", found.replies)
            yield _gauge("checkins_due", "Check-ins whose time has come.", found.check_ins)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"padwijzer_{name}", meaning, value=value)
