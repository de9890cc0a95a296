"""`/metrics`: what happened and what waits, for who watches the service, and nothing of who talks."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route
from talking import Store

from bot.channels.guard import Guard
from bot.channels.scrape import FRESH, Scrape
from bot.engine import Engine
from bot.logs import AsJson
from bot.metrics import Metrics

MARK = "zwaluwstaartje"
SENDER = "sender-korenbloempje"
WEBHOOK = "/webhooks/rest/webhook"
TOKEN = {"authorization": "Bearer een-lang-token"}
Make = Callable[..., Starlette]
Door = Callable[..., httpx.AsyncClient]


async def numbers(client: httpx.AsyncClient) -> dict[str, float]:
    """Every sample, by its name and the values of its labels."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert MARK not in answer.text and SENDER not in answer.text
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"sender": SENDER, "message": text, **more}


async def test_a_talk_is_counted_and_its_words_are_nowhere(
    application: Make, door: Door, stores: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = application(stores)
    written = io.StringIO()
    lines = logging.StreamHandler(written)
    lines.setFormatter(AsJson())
    logging.getLogger().addHandler(lines)
    async with app.router.lifespan_context(app), door(app) as client:
        for text in ("hallo", f"ik ben {MARK}", "medewerker"):
            assert (await client.post(WEBHOOK, json=said(text))).status_code == 200
        await client.post(WEBHOOK, json=said("x" * 5_000))

        async def breaks(*_: Any, **__: Any) -> None:
            raise ValueError(f"{MARK} past niet")

        monkeypatch.setattr("bot.turns.returning.hold", breaks)
        assert (await client.post(WEBHOOK, json=said(f"en {MARK}"))).status_code == 200
        found = await numbers(client)
    logging.getLogger().removeHandler(lines)
    assert found["padwijzer_turns_total rest done"] == 3
    assert found["padwijzer_turns_total rest failed"] == 1
    assert found["padwijzer_turn_seconds_count"] == 4
    assert found["padwijzer_failures_total turn.failed"] == 1
    assert found["padwijzer_refused_total rest too_long"] == 1
    assert found["padwijzer_database_up"] == 1
    assert found["padwijzer_inbox_waiting"] == 0
    assert [name for name in found if "build_info" in name and " 3.6.21" in name]
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    assert {line["event"] for line in told} >= {"turn.failed", "message.refused"}
    assert MARK not in written.getvalue() and SENDER not in written.getvalue()


async def test_what_waits_is_counted_and_not_for_every_question(
    application: Make, stores: Store, door: Door
) -> None:
    now = [100.0]
    metrics, guard = Metrics(Guard()), Guard()
    scrape = Scrape(metrics, stores.database, guard, None, clock=lambda: now[0])
    async with door(Starlette(routes=scrape.routes())) as client:
        assert (await numbers(client))["padwijzer_inbox_waiting"] == 0
        stores.ledger.accept("rest", "iemand", "een", MARK)
        statements = stores.statements()
        assert (await numbers(client))["padwijzer_inbox_waiting"] == 0
        assert statements == []
        now[0] += FRESH
        assert (await numbers(client))["padwijzer_inbox_waiting"] == 1
        now[0] += FRESH
        if stores.is_postgres:  # a lock of SQLite keeps nobody from reading
            with stores.down(), metrics.listening(stores.database):
                found = await numbers(client)
            assert found["padwijzer_database_up"] == 0
            assert "padwijzer_inbox_waiting" not in found
            assert found["padwijzer_failures_total metrics.blind"] == 1
            assert sum(v for k, v in found.items() if "store_errors_total" in k) == 1


@pytest.mark.parametrize(
    ("host", "token", "headers", "status"),
    [
        ("127.0.0.1", None, {}, 200),
        ("10.2.3.4", None, {}, 200),
        ("::ffff:192.168.1.2", None, {}, 200),
        ("fd00::1", None, {}, 200),
        ("193.0.2.1", None, {}, 403),
        ("100.64.1.1", None, {}, 403),
        ("niemand", None, {}, 403),
        ("127.0.0.1", None, {"x-forwarded-for": "127.0.0.1"}, 403),
        ("10.2.3.4", None, {"forwarded": "for=10.0.0.1"}, 403),
        ("127.0.0.1", "een-lang-token", {}, 200),
        ("10.2.3.4", "een-lang-token", {}, 403),
        ("193.0.2.1", "een-lang-token", TOKEN, 200),
        ("193.0.2.1", "een-lang-token", {**TOKEN, "x-forwarded-for": "193.0.2.1"}, 200),
        ("193.0.2.1", "een-ander-token", TOKEN, 403),
        ("193.0.2.1", None, {"authorization": "Bearer "}, 403),
    ],
)
async def test_only_who_may_watch_the_service_reads_it(
    sqlite: Store, door: Door, host: str, token: str | None, headers: dict[str, str], status: int
) -> None:
    guard = Guard()
    scrape = Scrape(Metrics(guard), sqlite.database, guard, token)
    async with door(Starlette(routes=scrape.routes()), host) as client:
        answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert guard.counts["metrics", "not_allowed"] == (status == 403)


def test_the_service_serves_it(application: Make, sqlite: Store) -> None:
    routes = application(sqlite).routes
    assert "/metrics" in {route.path for route in routes if isinstance(route, Route)}
