"""What a button of data/responses sends, in Rasa's own form; needs nothing of Rasa."""

from __future__ import annotations

import json


def payload(short: str) -> str:
    """`ja` -> `/choose{"value": "ja"}`; `/more kosten` -> `/more{"value": "kosten"}`; `/plan` stays."""
    intent, _, value = (
        short.removeprefix("/").partition(" ") if short[:1] == "/" else ("choose", "", short)
    )
    return f"/{intent}{json.dumps({'value': value})}" if value else f"/{intent}"
