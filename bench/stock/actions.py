"""Our custom actions behind Rasa's own action server: what stands beside stock Rasa.

    .venv/bin/python -m bench.stock.actions 5055

The service phrases with `bot.phrasing`, which makes buttons of the choices of a reply. Stock Rasa adds only what an
action server sends as buttons: so they are made here, and nothing else differs from `rasa run actions`.
"""

from __future__ import annotations

import sys
from typing import Any

from rasa_sdk.endpoint import run

from actions import talk
from bot.payloads import payload
from coach.usecases.reply import Say

_filled = talk.filled


def with_buttons(line: Say) -> dict[str, Any]:
    more = _filled(line)
    choices = more.pop("choices", ())
    return {**more, "buttons": [{**c, "payload": payload(c["payload"])} for c in choices]}


if __name__ == "__main__":
    talk.filled = with_buttons
    run("actions", port=int(sys.argv[1]))
