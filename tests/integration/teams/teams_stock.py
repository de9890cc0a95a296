"""Rasa's own channel, to show what it does with the same requests. Only the addresses it calls are changed."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from microsoft import APP, Json, Microsoft
from rasa.core.channels import botframework
from rasa.core.channels.botframework import BotFramework, BotFrameworkInput
from rasa.core.channels.channel import UserMessage


class Stock:
    def __init__(self, microsoft: Microsoft, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(botframework, "MICROSOFT_OPEN_ID_URI", microsoft.cloud.openid)
        patch.setattr(botframework, "MICROSOFT_OAUTH2_URL", microsoft.cloud.login)
        patch.setattr(BotFramework, "token_expiration_date", datetime.now())
        patch.setattr(BotFramework, "headers", None)
        self._microsoft = microsoft
        self.heard: list[UserMessage] = []
        self.channel = BotFrameworkInput(APP.app_id, APP.password)

    async def receive(self, activity: Json, token: str | None = "valid") -> int:
        """The status of the answer; what it took in stands in `heard`."""
        if token == "valid":
            token = self._microsoft.token()
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        request = SimpleNamespace(json=activity, headers=headers)
        return int((await self._webhook()(request)).status)

    async def _hear(self, message: UserMessage) -> None:
        self.heard.append(message)

    def _webhook(self) -> Any:
        blueprint = self.channel.blueprint(self._hear)
        [route] = [r for r in blueprint._future_routes if r.uri == "/webhook"]
        return route.handler

    def output(self, app_id: str = APP.app_id, service: str = "") -> BotFramework:
        activity = self._microsoft.recorded("message")
        return BotFramework(
            app_id,
            APP.password,
            activity["conversation"],
            activity["recipient"],
            service or self._microsoft.service,
        )
