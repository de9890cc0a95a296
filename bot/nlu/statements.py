"""A worry as a question is a question; as a statement it is an answer.

"Wat kan ik doen als er geen tijd is?" asks the bot something, "we hebben geen tijd" tells it something. A
classifier sees the same words in both, so this looks at the form.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

_ASKING = re.compile(
    r"\?|\b(?:wat|hoe|waarom|waar|wie|welke|wanneer|hoeveel|kan|kun|mag|moet ik|tips?|advies|help|raad|vertel|leg|uitleg|weet je|heb je)\b"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Statements(GraphComponent, IntentClassifier):
    """Turns the intents named in `worries` into `becomes` when the message does not ask anything."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"worries": [], "becomes": "inform"}

    def __init__(self, config: dict[str, Any]) -> None:
        self._worries = set(config["worries"])
        self._becomes = config["becomes"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Statements:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            intent = message.get(INTENT) or {}
            text = (message.get(TEXT) or "").lower()
            if intent.get("name") in self._worries and not _ASKING.search(text):
                message.set(INTENT, {**intent, "name": self._becomes}, add_to_output=True)
        return messages
