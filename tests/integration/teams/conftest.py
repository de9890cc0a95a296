"""The Teams door with local servers in Microsoft's place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from microsoft import Microsoft
from talking import Store
from teams_service import Service

from bot.engine import Engine
from coach.domain.content import Content


@pytest.fixture
def microsoft() -> Iterator[Microsoft]:
    servers = Microsoft()
    servers.start()
    yield servers
    servers.stop()


Running = Callable[..., Any]


@pytest.fixture
def running(engine: Engine, content: Content, microsoft: Microsoft, sqlite: Store) -> Running:
    """Starts a service; one after another over the same database is a restart."""

    @asynccontextmanager
    async def run(burst: int = 1000, store: Store = sqlite) -> AsyncIterator[Service]:
        service = Service(engine, store, content, microsoft, burst)
        try:
            yield service
        finally:
            await service.close()

    return run


@pytest.fixture
async def service(running: Running) -> AsyncIterator[Service]:
    async with running() as started:
        yield started


@pytest.fixture(scope="session")
def recorded_names() -> list[str]:
    return sorted(file.stem for file in (Path(__file__).parent / "recorded").glob("*.json"))
