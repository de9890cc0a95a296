"""Slack's own markup, both ways: what the bot says becomes mrkdwn, what people send becomes plain text."""

from __future__ import annotations

import re

from bot.channels.slack.texts import text

INLINE = re.compile(
    r"\[(?P<label>[^\[\]\n]+)\]\((?P<target>(?:https?://|mailto:|tel:)[^\s()<>]+)\)"
    r"|(?P<bare>https?://[^\s<>]*[^\s<>.,;:!?)'\"])"
    r"|\*\*(?P<bold>\S(?:[^\n]*?\S)??)\*\*"
    r"|(?<![*\w])\*(?P<italic>[^\s*](?:[^*\n]*[^\s*])?)\*(?![*\w])"
)
BULLET = re.compile(r"^(\s*)[-*+] ", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
MARKED = re.compile(r"<([^<>]*)>")


def escape(words: str) -> str:
    """The three characters that Slack gives a meaning: no text can mention, link or call a channel."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write(words: str) -> str:
    """Plain text, or the little markdown that bots use, as mrkdwn."""
    shaped = BULLET.sub(r"\1• ", HEADING.sub(r"**\1**", escape(words)))
    return INLINE.sub(_inline, shaped)


def _inline(found: re.Match[str]) -> str:
    if found["label"]:
        return f"<{_target(found['target'])}|{found['label'].replace('|', '/')}>"
    if found["bare"]:
        return f"<{_target(found['bare'])}>"
    if found["bold"]:
        return f"*{INLINE.sub(_inline, found['bold'])}*"
    return f"_{INLINE.sub(_inline, found['italic'])}_"


def _target(address: str) -> str:
    return address.replace("|", "%7C")  # a pipe would end the address


def read(words: str, bot: str | None = None) -> str:
    """A message as Slack sends it, as the person saw it; a mention of the bot itself is left out."""
    if bot:
        words = re.sub(rf"\s*<@{re.escape(bot)}(?:\|[^<>]*)?>\s*", " ", words).strip()
    plain = MARKED.sub(_plain, words)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _plain(found: re.Match[str]) -> str:
    what, _, label = found[1].partition("|")
    if what.startswith(("@", "#")):
        return f"{what[0]}{label}" if label else text("someone") if what[0] == "@" else what
    if what.startswith("!"):
        return label or "@" + what[1:].partition("^")[0]
    return label or re.sub(r"^(?:mailto|tel):", "", what)
