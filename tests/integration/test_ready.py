"""A proxy is told whether messages can be kept."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from talking import Store

from bot.channels.health import ready


def test_it_is_ready_again_when_the_database_is_back(
    stores: Store, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(Starlette(routes=[Route("/ready", ready(stores.database))]))
    assert client.get("/ready").json() == {"status": "ready"}
    if stores.is_postgres:  # a lock of SQLite keeps nobody from reading
        stores.database.dispose()
        with stores.down():
            answer = client.get("/ready")
            assert (answer.status_code, answer.json()) == (503, {"status": "database away"})
        assert "ready.no why=" in caplog.text and "postgres" not in caplog.text.lower()
    assert client.get("/ready").status_code == 200


def test_a_database_that_is_no_database_is_not_ready(sqlite: Store) -> None:
    sqlite.database.dispose()
    file = sqlite.database.url.database
    assert file
    with open(file, "wb") as broken:
        broken.write(b"no database" * 100)
    client = TestClient(Starlette(routes=[Route("/ready", ready(sqlite.database))]))
    assert client.get("/ready").status_code == 503
