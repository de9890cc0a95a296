"""Custom actions in the same process: an action endpoint without a network.

An endpoint with the url `inside:actions` runs actions here. `bot.lean` extends Rasa's own endpoint class
so, which makes `endpoints.yml` able to name it: `rasa shell` then needs no second process.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

URL = "inside:actions"
ACTION_SECONDS = 5.0
"""A slower action is an error: the user is told, and the message is kept."""


class ActionFailed(BaseException):
    """An action went wrong or took too long.

    No `Exception`: Rasa would catch that, write the whole talk to its log and go on as if the action had run.
    """


@cache
def executor() -> Any:
    """The SDK's executor with every action of the package `actions`."""
    # imported late, because this module is loaded while Rasa itself is being imported
    from rasa_sdk.executor import ActionExecutor

    made = ActionExecutor()
    made.register_package("actions")
    return made


def extend(endpoint_class: Any) -> None:
    """Let an endpoint class answer `inside:actions` itself; every other url goes the old way."""
    over_network = endpoint_class.request

    async def request(self: Any, *arguments: Any, **options: Any) -> Any:
        if self.url != URL:
            return await over_network(self, *arguments, **options)
        try:
            return await asyncio.wait_for(executor().run(options["json"]), ACTION_SECONDS)
        except Exception as error:
            raise ActionFailed from error

    endpoint_class.request = request
