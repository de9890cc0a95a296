"""A copy that starts does not read again what was read: people wait for a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from talking import Store

from coach import content


def test_the_content_is_read_once_for_bot_and_desk(
    application: Callable[..., Starlette], sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_again(*_: object) -> None:
        raise AssertionError("the content was read again")

    monkeypatch.setattr(content, "load", read_again)
    paths = {getattr(route, "path", "") for route in application(sqlite).routes}
    assert {"/desk/gesprekken", "/webhooks/rest/webhook"} <= paths
