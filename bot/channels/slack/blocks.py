"""A message of the bot as one Slack post: sections, a picture and its buttons, within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bot.channels.slack import mrkdwn
from bot.channels.slack.texts import text

MOST_SECTION = 3_000
MOST_LABEL = 75
MOST_ALT = 2_000
MOST_OPTION = 150
"""Characters of the value of an option in a select."""
IN_A_ROW = 5
AS_BUTTONS = 25
IN_A_SELECT = 100
SAFE_LINE = 500
"""A line of this length is under the limit whatever it holds: escaping makes five characters of one."""
PRESS = "press"
LINK = "link"

Block = dict[str, Any]


def post(message: Mapping[str, Any], line: int, picture: Block | None) -> Block:
    """`text` and `blocks` for `chat.postMessage`; empty when the message shows nothing."""
    said = str(message.get("text") or "")
    blocks = [*sections("\n\n".join(filter(None, [said, _file(message)])))]
    buttons = message.get("buttons") or []
    cut = [f"- {b['title']}" for b in buttons if len(b["title"]) > MOST_LABEL]
    blocks += sections("\n".join(cut))
    if picture:
        blocks.append(picture)
    blocks += choices(buttons, line)
    if not blocks:
        return {}
    alt = picture["alt_text"] if picture else text("choose")
    return {"text": mrkdwn.write(said) or mrkdwn.escape(alt), "blocks": blocks}


def plain(message: Mapping[str, Any]) -> Block:
    """Words only, for a message whose blocks Slack refuses; the buttons are there to be typed."""
    titles = [f"- {button['title']}" for button in message.get("buttons") or ()]
    said = "\n".join(filter(None, [str(message.get("text") or ""), *titles]))
    return {"text": mrkdwn.write(said)} if said else {}


def used(message: Mapping[str, Any], title: str, picture: Block | None) -> Block:
    """The same message once a button was used: the choice stands where the buttons were."""
    left = post({**message, "buttons": []}, 0, picture)
    chosen = mrkdwn.escape(text("chosen", title=title))
    note = {"type": "context", "elements": [{"type": "mrkdwn", "text": chosen, "verbatim": True}]}
    return {"text": left.get("text") or chosen, "blocks": [*left.get("blocks", ()), note]}


def image(address: str, alt: str) -> Block:
    return {"type": "image", "image_url": address, "alt_text": alt[:MOST_ALT]}


def uploaded(file: str, alt: str) -> Block:
    """A picture that Slack holds itself: also for a service that Slack cannot reach."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt[:MOST_ALT]}


def section(words: str) -> Block:
    # verbatim: Slack makes no mentions or links of its own out of what people typed
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}


def sections(said: str) -> Iterator[Block]:
    """The text in as few sections as hold it, parted between lines."""
    part = ""
    for line in _short_lines(said):
        longer = f"{part}\n{line}" if part else line
        if len(mrkdwn.write(longer)) > MOST_SECTION:
            yield section(mrkdwn.write(part))
            longer = line
        part = longer
    if part.strip():
        yield section(mrkdwn.write(part))


def _short_lines(said: str) -> Iterator[str]:
    for line in said.split("\n"):
        if len(mrkdwn.write(line)) <= MOST_SECTION:
            yield line
        else:
            yield from (line[n : n + SAFE_LINE] for n in range(0, len(line), SAFE_LINE))


def choices(buttons: Sequence[Mapping[str, str]], line: int) -> list[Block]:
    """Rows of five buttons; from twenty-six on a select, or more of them."""
    short = all(len(b.get("payload", "")) <= MOST_OPTION and "url" not in b for b in buttons)
    if len(buttons) <= AS_BUTTONS or not short:
        elements: list[list[Block]] = [
            [_button(button, f"{n}-{m}") for m, button in enumerate(row)]
            for n, row in enumerate(_groups(buttons, IN_A_ROW))
        ]
    else:
        elements = [[_select(group, n)] for n, group in enumerate(_groups(buttons, IN_A_SELECT))]
    return [
        {"type": "actions", "block_id": block_id(line, n), "elements": row}
        for n, row in enumerate(elements)
    ]


def block_id(line: int, row: int) -> str:
    """Says to which line of the talk a button belongs, so that an old one is known."""
    return json.dumps({"line": line, "row": row})


def line_of(block: Any) -> int | None:
    """The line that a block id of ours names, or None."""
    try:
        line = json.loads(block)["line"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return line if isinstance(line, int) else None


def _button(button: Mapping[str, str], n: str) -> Block:
    shown: Block = {"type": "button", "text": _label(button["title"])}
    if "payload" in button:
        return {**shown, "action_id": f"{PRESS}:{n}", "value": button["payload"]}
    return {**shown, "action_id": f"{LINK}:{n}", "url": button["url"]}


def _select(group: Sequence[Mapping[str, str]], n: int) -> Block:
    options = [{"text": _label(b["title"]), "value": b["payload"]} for b in group]
    placeholder = {"type": "plain_text", "text": text("choose")}
    return {
        "type": "static_select",
        "action_id": f"{PRESS}:{n}",
        "placeholder": placeholder,
        "options": options,
    }


def _label(title: str) -> Block:
    cut = title if len(title) <= MOST_LABEL else title[: MOST_LABEL - 1] + "…"
    return {"type": "plain_text", "text": cut, "emoji": False}


def _groups(buttons: Sequence[Mapping[str, str]], size: int) -> Iterator[list[Mapping[str, str]]]:
    left = iter(buttons)
    while group := list(islice(left, size)):
        yield group


def _file(message: Mapping[str, Any]) -> str:
    """A file of the message as a line with its address."""
    file = message.get("attachment") or message.get("file")
    if isinstance(file, str):
        return file
    if not isinstance(file, Mapping) or "url" not in file:
        return ""
    named = f"[{file['name']}]({file['url']})" if file.get("name") else str(file["url"])
    return text("file", name=named)
