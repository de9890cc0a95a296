"""What is known by heart: a message that is word for word a training example has that example's intent.

The bot tells people what they can type ('opnieuw', 'vorige', 'verder'); those words must never be a matter of chance.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.ranking import put_first

FILE = "phrases.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ExactPhrases(GraphComponent, IntentClassifier):
    """Sets the intent of a known phrase with full confidence; case and punctuation do not count."""

    def __init__(self, storage: ModelStorage, resource: Resource, phrases: dict[str, str]) -> None:
        self._storage, self._resource, self._phrases = storage, resource, phrases

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ExactPhrases:
        return cls(model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ExactPhrases:
        with model_storage.read_from(resource) as folder:
            phrases = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, phrases)

    def train(self, training_data: TrainingData) -> Resource:
        self._phrases = {
            plain(example.get(TEXT)): example.get(INTENT)
            for example in training_data.intent_examples
            if example.get(TEXT)
        }
        with self._storage.write_to(self._resource) as folder:
            (folder / FILE).write_text(json.dumps(self._phrases), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            name = self._phrases.get(plain(message.get(TEXT) or ""))
            if name:
                put_first(message, name)
        return messages


def plain(text: str) -> str:
    """Lower-case words and figures only."""
    return " ".join(re.findall(r"[\wÀ-ÿ]+", text.lower()))
