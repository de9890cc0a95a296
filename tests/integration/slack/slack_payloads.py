"""Requests as Slack sends them, after the examples in its documentation (docs.slack.dev) and in bolt-python's tests."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, USER, DM, BOT = "T061EG9R6", "U2147483697", "D024BE91L", "U0LAN0Z89"
CHANNEL = "C061EG9SL"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_clock = itertools.count(1)


def fresh() -> str:
    """A `ts` that no other post has."""
    return f"1515449522.{next(_clock):06d}"


def headers(body: bytes, content_type: str = JSON, **more: str) -> dict[str, str]:
    """Signed as Slack signs: v0, the time, the body."""
    now = str(int(time.time()))
    return {"content-type": content_type, **signature(body, now), **more}


def signature(body: bytes, now: str, secret: str = SIGNING) -> dict[str, str]:
    digest = hmac.new(secret.encode(), b"v0:" + now.encode() + b":" + body, hashlib.sha256)
    return {
        "x-slack-request-timestamp": now,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }


def callback(event: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
    """The envelope of the Events API."""
    return {
        "token": "XXYYZZ",
        "team_id": TEAM,
        "api_app_id": "AXXXXXXXXX",
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{next(_clock):08d}",
        "event_time": 1515449522,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-eyJldCI6Im1lc3NhZ2UifQ",
    }


def message(text: str, user: str = USER, **more: Any) -> dict[str, Any]:
    """`message.im`: a direct message to the bot."""
    ts = fresh()
    return {
        "client_msg_id": "a8744611-0210-4f85-9f15-5faf7fb225c8",
        "type": "message",
        "channel": DM,
        "user": user,
        "text": text,
        "ts": ts,
        "team": TEAM,
        "event_ts": ts,
        "channel_type": "im",
        **more,
    }


def mention(text: str, user: str = USER, **more: Any) -> dict[str, Any]:
    ts = fresh()
    return {
        "type": "app_mention",
        "user": user,
        "text": text,
        "ts": ts,
        "channel": CHANNEL,
        "event_ts": ts,
        **more,
    }


def press(
    element: dict[str, Any], ts: str, respond: str, user: str = USER, **more: Any
) -> dict[str, Any]:
    """`block_actions` on a message of the bot."""
    action: dict[str, Any] = {
        "type": element["type"],
        "action_id": element.get("action_id", "a"),
        "block_id": element.get("block_id", "b"),
        "action_ts": f"{time.time():.6f}",
    }
    if element["type"] == "button":
        action |= {"text": element["text"], "value": element.get("value", "")}
    else:
        action |= {"selected_option": element["options"][0]}
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "sanne", "name": "sanne", "team_id": TEAM},
        "api_app_id": "AXXXXXXXXX",
        "token": "XXYYZZ",
        "container": {
            "type": "message",
            "message_ts": ts,
            "channel_id": DM,
            "is_ephemeral": False,
        },
        "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "team": {"id": TEAM, "domain": "example"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": DM, "name": "directmessage"},
        "message": {
            "bot_id": "B0LAN0Z89",
            "type": "message",
            "text": "Een vraag",
            "user": BOT,
            "ts": ts,
            "team": TEAM,
            "blocks": [],
        },
        "state": {"values": {}},
        "response_url": respond,
        "actions": [action],
        **more,
    }


def command(text: str = "", channel: str = CHANNEL, user: str = USER, **more: str) -> str:
    """The form of a slash command."""
    name = "directmessage" if channel.startswith("D") else "algemeen"
    return urlencode(
        {
            "token": "gIkuvaNzQIHg97ATvDxqgjtO",
            "team_id": TEAM,
            "team_domain": "example",
            "channel_id": channel,
            "channel_name": name,
            "user_id": user,
            "user_name": "sanne",
            "command": "/padwijzer",
            "text": text,
            "api_app_id": "AXXXXXXXXX",
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/1234/5678",
            "trigger_id": f"13345224609.738474920.{next(_clock):032d}",
            **more,
        }
    )


def interaction(payload: dict[str, Any]) -> str:
    return urlencode({"payload": json.dumps(payload)})
