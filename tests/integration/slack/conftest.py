"""The whole application with Slack switched on, against a local server that stands in for Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import slack_payloads as payloads
from slack_peer import SlackPeer
from slack_person import TOKEN, SlackPerson
from starlette.applications import Starlette
from talking import Store


@pytest.fixture
async def peer() -> AsyncIterator[SlackPeer]:
    made = SlackPeer()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def slack_app(
    application: Callable[..., Starlette], sqlite: Store, peer: SlackPeer
) -> Callable[..., Starlette]:
    """The application over one database, with Slack; call it again for a restart."""

    def make(**environ: str) -> Starlette:
        given = {
            "PADWIJZER_SLACK_BOT_TOKEN": TOKEN,
            "PADWIJZER_SLACK_SIGNING_SECRET": payloads.SIGNING,
            "PADWIJZER_SLACK_API_URL": f"{peer.url}/api/",
            **environ,
        }
        return application(sqlite, **given)

    return make


@pytest.fixture
async def person(
    slack_app: Callable[..., Starlette],
    door: Callable[..., httpx.AsyncClient],
    peer: SlackPeer,
    sqlite: Store,
) -> AsyncIterator[SlackPerson]:
    made = slack_app()
    async with made.router.lifespan_context(made), door(made) as client:
        yield SlackPerson(client, peer, sqlite)
