"""Distress first: its words, or a share of it that is high enough, overrule what else a message may be, in every state."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.ranking import put_first
from coach.language.distress import (
    SURE,
    Distress,
    DistressWords,
    is_distress,
    together,
    weighed,
)

ANGER = "frustration"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DistressFirst(GraphComponent, IntentClassifier):
    """Sets the intent `distress_<degree>`, for certain when its words are there; a manner of speaking is anger."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    def __init__(self) -> None:
        self._words = DistressWords.load()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DistressFirst:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            ranking = message.get(INTENT_RANKING_KEY) or []
            shares = {guess["name"]: guess["confidence"] for guess in ranking}
            harassed = shares.get(f"distress_{Distress.ORANGE}", 0.0) >= SURE
            said, felt = self._words.find(text), weighed(shares)
            if said:
                put_first(message, f"distress_{said}")
            elif self._words.is_saying(text) and not harassed:
                put_first(message, ANGER)
            elif felt and not self._words.is_ordinary(text):
                put_first(message, f"distress_{felt}", together(shares))
            elif ranking and is_distress(ranking[0]["name"]):  # a guess, and too faint for an alarm
                calm = next(guess for guess in ranking if not is_distress(guess["name"]))
                put_first(message, calm["name"], calm["confidence"])
        return messages
