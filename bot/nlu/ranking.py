"""Overruling the classifier: an intent that is certain goes before its ranking."""

from __future__ import annotations

from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message


def put_first(message: Message, name: str, confidence: float = 1.0) -> None:
    """Give a message this intent, by default for certain; the other guesses keep their order behind it."""
    intent = {"name": name, "confidence": confidence}
    others = [guess for guess in message.get(INTENT_RANKING_KEY, []) if guess["name"] != name]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
