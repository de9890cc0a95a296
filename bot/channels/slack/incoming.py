"""What Slack sends, as what somebody said: one small shape for messages, mentions, commands and buttons."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.guard import MOST_ID
from bot.channels.slack import blocks, mrkdwn

BEGIN = "/greet"
TYPED = (None, "file_share", "thread_broadcast")
"""The kinds of message that a person wrote; edits, deletions and joins are other kinds."""
MENTION_FIRST = re.compile(r"^\s*<@([^<>|]+)")


@dataclass(frozen=True)
class Said:
    """A message of one person, with the address for the answer."""

    sender: str
    id: str
    text: str
    payload: str | None
    address: Mapping[str, Any]


@dataclass(frozen=True)
class Press:
    """A button that was used: what it says, and where it stood."""

    said: Said
    line: int | None = None
    title: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)


def sender(team: str | None, user: str) -> str:
    """User ids are unique within a workspace only."""
    return f"{team or ''}:{user}"


def message(event: Mapping[str, Any], team: str | None) -> Said | None:
    """A direct message by a person; None for everything else that reaches the bot."""
    if event.get("channel_type") != "im" or not _by_person(event):
        return None
    address = {"channel": event["channel"]}
    if event.get("thread_ts"):
        address["thread"] = event["thread_ts"]
    text = mrkdwn.read(_text(event))
    return Said(sender(team, event["user"]), _post_id(event), text, None, address)


def mention(event: Mapping[str, Any], team: str | None, bot: str | None) -> Said | None:
    """A mention in a channel: the talk goes on in private, because it holds what people think of their work."""
    if not _by_person(event):
        return None
    first = MENTION_FIRST.match(_text(event))
    text = mrkdwn.read(_text(event), bot or (first[1] if first else None)).strip()
    payload = None if text else BEGIN
    address = {"channel": event["user"]}
    return Said(sender(team, event["user"]), _post_id(event), text, payload, address)


def command(given: Mapping[str, Any], team: str | None) -> Said:
    """`/padwijzer` begins or goes on; what stands behind it is said as if it were typed."""
    text = mrkdwn.read(str(given.get("text") or "")).strip()
    user = given["user_id"]
    said_id = _short(f"command:{given['trigger_id']}")
    return Said(sender(team, user), said_id, text, None if text else BEGIN, {"channel": user})


def press(body: Mapping[str, Any], team: str | None) -> Press | None:
    """A button or an option of a list; None for a link, or an element that is not ours."""
    action = body["actions"][0]
    chosen = action.get("selected_option") or action
    value = chosen.get("value")
    if not isinstance(value, str) or not value:
        return None
    title = str((chosen.get("text") or {}).get("text") or value)
    user, container = body["user"]["id"], body.get("container") or {}
    channel, post = container.get("channel_id"), container.get("message_ts")
    if post:
        # one use a message: a double click, or two buttons of one question, are one answer
        said_id, address = _short(f"press:{channel}:{post}"), {"channel": channel}
    else:
        said_id, address = _short(f"home:{action.get('action_ts')}"), {"channel": user}
    if container.get("thread_ts"):
        address["thread"] = container["thread_ts"]
    said = Said(sender(team, user), said_id, title, value, address)
    return Press(said, blocks.line_of(action.get("block_id")), title, body.get("message") or {})


def bot_of(body: Mapping[str, Any]) -> str | None:
    """The user id of the bot itself, where Slack tells it."""
    given = body.get("authorizations") or []
    return next((a.get("user_id") for a in given if a.get("is_bot")), None)


def _by_person(event: Mapping[str, Any]) -> bool:
    return bool(
        event.get("user")
        and event.get("channel")
        and event.get("ts")
        and not event.get("bot_id")
        and event.get("subtype") in TYPED
    )


def _text(event: Mapping[str, Any]) -> str:
    text = event.get("text")
    return text if isinstance(text, str) else ""


def _post_id(event: Mapping[str, Any]) -> str:
    """The post, not the event: one post can come as two kinds of event, and each can come again."""
    return _short(f"post:{event['channel']}:{event['ts']}")


def _short(text: str) -> str:
    return text if len(text) <= MOST_ID else hashlib.sha256(text.encode()).hexdigest()
