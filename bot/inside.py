"""Custom actions in the same process: an action endpoint without a network.

`endpoints.yml` may name it too (`url: inside:actions`), so that `rasa shell` needs no second process.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

ACTION_SECONDS = 5.0
URL = "inside:actions"


class ActionFailed(BaseException):
    """An action went wrong or took too long.

    No `Exception`: Rasa would catch that, write the whole talk to its log and go on as if the action had run.
    """


@cache
def _executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


class InsideEndpoint(EndpointConfig):
    """Runs an action where Rasa would have sent a request; slower than five seconds is an error."""

    def __init__(self) -> None:
        # Rasa then leaves its whole domain out of every call
        super().__init__(URL, enable_selective_domain=True)
        _executor()

    async def request(self, json: dict[str, Any], **_: Any) -> Any:
        try:
            return await asyncio.wait_for(_executor().run(json), ACTION_SECONDS)
        except Exception as error:
            raise ActionFailed from error
