"""Sends the bot's messages to Slack's Web API, and says what a failure means."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import blocks
from bot.channels.slack.pictures import SlackPictures
from bot.turns.delivery import Gone, Later

log = logging.getLogger("padwijzer.slack")

SECONDS = 10
"""For one call; the delivery itself gives up after twenty."""
WHEN_WRONG = 60.0
"""A token or a scope is wrong: the operator has to mend it, and then the message still goes."""
NOBODY = frozenset(
    {"channel_not_found", "is_archived", "user_not_found", "user_disabled", "not_in_channel",
     "cannot_dm_bot", "user_not_visible"}
)  # fmt: skip
AWAY = frozenset({"", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
UNSHOWABLE = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
NO_FILE = "invalid_slack_file"
KNOWN = frozenset({"duplicate_message_not_found", "duplicate_channel_not_found"})
"""Slack had this key before, and the message is gone by now: it did arrive."""


class SlackPusher:
    def __init__(self, client: AsyncWebClient, pictures: SlackPictures) -> None:
        self._client, self._pictures = client, pictures

    async def send(
        self, address: Mapping[str, Any], message: Mapping[str, Any], line: int, key: str = ""
    ) -> None:
        """Post one message; Later when Slack is away or asks to wait, Gone when nobody is there."""
        where = {"channel": address["channel"]}
        if address.get("thread"):
            where["thread_ts"] = address["thread"]
        if key:  # Slack posts a message with a known key no second time
            where["client_msg_id"] = key
        try:
            await self._show(where, message, line)
        except SlackApiError as error:
            if _code(error) not in KNOWN:
                raise meaning(error) from error
        except (aiohttp.ClientError, SlackRequestError, TimeoutError, OSError) as error:
            raise Later() from error

    async def _show(self, where: Mapping[str, Any], message: Mapping[str, Any], line: int) -> None:
        """As blocks, with the picture by its address; else with a picture that Slack holds; else in words."""
        picture = message.get("image")
        for again in (False, True):
            try:
                shown = await self._pictures.block(picture, upload=again) if picture else None
                return await self._post(where, blocks.post(message, line, shown))
            except SlackApiError as error:
                if picture and _code(error) == NO_FILE:
                    self._pictures.forget(picture)
                if _code(error) not in UNSHOWABLE:
                    raise
                log.warning("slack.unshowable why=%s picture=%s", _code(error), bool(picture))
        return await self._post(where, blocks.plain(message))

    async def _post(self, where: Mapping[str, Any], post: blocks.Block) -> None:
        if not post:
            return
        await self._client.chat_postMessage(**where, **post, unfurl_links=False, unfurl_media=False)


def meaning(error: SlackApiError) -> Exception:
    """What a refusal of Slack means for a message."""
    status, code = _status(error), _code(error)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Later(_seconds(error))
    if status >= 500 or code in AWAY or code == NO_FILE:
        return Later()
    if code in NOBODY:
        return Gone(code)
    if code in UNSHOWABLE or code == "msg_too_long":
        return error
    log.error("slack.refused why=%s", code)
    return Later(WHEN_WRONG)


def _status(error: SlackApiError) -> int:
    """The library gives its own kind of response, or aiohttp's when the body was no JSON."""
    given = error.response
    return int(getattr(given, "status_code", 0) or getattr(given, "status", 0))


def _code(error: SlackApiError) -> str:
    """Slack's word for what is wrong; empty when it answered with no JSON."""
    try:
        return str(error.response.get("error") or "")
    except (ValueError, AttributeError):
        return ""


def _seconds(error: SlackApiError) -> float:
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    asked = str(headers.get("retry-after", ""))
    return float(asked) if asked.isdecimal() else 0.0
