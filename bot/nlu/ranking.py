"""Overruling the classifier: an intent that is certain goes before its ranking."""

from __future__ import annotations

from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message


def put_first(message: Message, name: str) -> None:
    """Give a message this intent with full confidence; the other guesses keep their order behind it."""
    intent = {"name": name, "confidence": 1.0}
    others = [guess for guess in message.get(INTENT_RANKING_KEY, []) if guess["name"] != name]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
