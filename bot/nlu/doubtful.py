"""What may well be about another subject is not answered as if it were ours: it is doubt, and the user is asked."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.ranking import put_first

FALLBACK = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Doubtful(GraphComponent, IntentClassifier):
    """Turns a guess into doubt when the intent `other` has a share of at least `share` beside it."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"other": "out_of_scope", "share": 0.12}

    def __init__(self, config: dict[str, Any]) -> None:
        self._other, self._share = config["other"], config["share"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Doubtful:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            guessed = message.get(INTENT) or {}
            ranking = message.get(INTENT_RANKING_KEY) or []
            share = next((g["confidence"] for g in ranking if g["name"] == self._other), 0.0)
            certain = guessed.get("name") == self._other or guessed.get("confidence", 0.0) >= 1.0
            if share >= self._share and not certain:
                put_first(message, FALLBACK, guessed.get("confidence", 0.0))
        return messages
