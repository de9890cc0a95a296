"""Distress first: plain words of distress overrule the classifier, in every state of the talk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

import coach.language
from bot.nlu.ranking import put_first
from coach.language.distress import DistressWords as Words

PATTERNS = Path(coach.language.__file__).with_name("distress.yml")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DistressWords(GraphComponent, IntentClassifier):
    """Sets the intent `distress_<degree>` with full confidence when its words are there."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    def __init__(self) -> None:
        self._words = Words(yaml.safe_load(PATTERNS.read_text(encoding="utf-8")))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DistressWords:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            degree = self._words.find(message.get(TEXT) or "")
            if degree:
                put_first(message, f"distress_{degree}")
        return messages
