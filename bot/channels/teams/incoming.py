"""Reads what Teams sends: a message, a button that was used, or that somebody installed the bot."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels import guard
from bot.channels.guard import Refused

GREET = "/greet"
BOT = "28:"
"""How the ids of bots begin; one bot does not answer another."""
AT = re.compile(r"</?at[^<>]{0,200}>", re.IGNORECASE)

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Incoming:
    sender: str
    id: str
    text: str
    payload: str | None
    address: Json
    """Where to answer, now and later."""
    to_group: bool = False
    """For everybody in a group that installed the bot, so not part of anyone's talk."""


def address(activity: Json) -> Json:
    """The conversation as it is kept: ids only, no names."""
    return {
        "service": _string(activity, "serviceUrl"),
        "conversation": _string(_part(activity, "conversation"), "id"),
        "bot": _string(_part(activity, "recipient"), "id"),
        "user": _string(_part(activity, "from"), "id"),
    }


def sender(activity: Json) -> str:
    """The person; in a group the person in that group, so that no private talk goes on where others read it."""
    person, conversation = _part(activity, "from"), _part(activity, "conversation")
    user = person.get("aadObjectId") or person.get("id")
    if not is_group(activity):
        return guard.check_id(user)
    group = _string(conversation, "id").partition(";messageid=")[0]
    return f"{guard.check_id(user)[:64]} {hashlib.sha256(group.encode()).hexdigest()[:32]}"


def is_group(activity: Json) -> bool:
    conversation = _part(activity, "conversation")
    kind = conversation.get("conversationType")
    if kind is None:  # older payloads tell it by the id alone
        return conversation.get("isGroup") is True or _string(conversation, "id").startswith("19:")
    return bool(kind != "personal")


def read(activity: Json) -> Incoming | None:
    """What has to be answered, or None: Teams sends more kinds of events than anyone listed."""
    if _string(_part(activity, "from"), "id").startswith(BOT):
        return None
    kind = activity.get("type")
    if kind == "message":
        return _message(activity)
    if kind == "installationUpdate" and activity.get("action") == "add":
        return _incoming(activity, "", GREET, to_group=is_group(activity))
    return None


def _message(activity: Json) -> Incoming:
    payload, label = pressed(activity.get("value"))
    text, mentioned = without_mentions(activity)
    if payload is None and not text.strip():
        if not mentioned:
            raise Refused(400, "empty")
        payload = GREET  # somebody only called the bot by its name
    return _incoming(activity, text or label, payload)


def _incoming(
    activity: Json, text: str, payload: str | None, *, to_group: bool = False
) -> Incoming:
    return Incoming(
        sender(activity),
        guard.check_id(activity.get("id")),
        guard.check_text(text),
        guard.check_text(payload) if payload is not None else None,
        address(activity),
        to_group,
    )


def pressed(value: Any) -> tuple[str | None, str]:
    """The payload and the label of a button or a choice; whether the bot offered it, the worker looks up."""
    data = _object(value)
    if "choice" in data:
        data = _object(data["choice"])
    payload, label = data.get("payload"), data.get("label")
    if not isinstance(payload, str) or not payload:
        return None, ""
    return payload, label if isinstance(label, str) else ""


def without_mentions(activity: Json) -> tuple[str, bool]:
    """The text without the bot's own name; other people's names stay, as words. And whether the bot was named."""
    text = guard.check_text(activity.get("text") or "")
    bot, entities = _part(activity, "recipient").get("id"), activity.get("entities")
    named = False
    for entity in entities if isinstance(entities, list) else []:
        if not isinstance(entity, dict) or entity.get("type") != "mention":
            continue
        who, words = entity.get("mentioned"), entity.get("text")
        if isinstance(who, dict) and who.get("id") == bot and isinstance(words, str) and words:
            named = True
            # Microsoft's own example writes the name with an @ in one place and without in the other
            text = text.replace(words, "").replace(words.replace(">@", ">"), "")
    if AT.search(text) or named:  # Teams puts this space behind a name
        text = AT.sub("", text).replace("&nbsp;", " ").strip()
    return text, named


def _object(value: Any) -> dict[str, Any]:
    """A value comes as an object or as the text of one."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _part(activity: Json, name: str) -> Json:
    part = activity.get(name)
    if not isinstance(part, dict):
        raise Refused(400, "bad_message")
    return part


def _string(part: Json, name: str) -> str:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, "bad_message")
    return guard.check_text(value)
