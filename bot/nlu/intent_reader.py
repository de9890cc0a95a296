"""Which intent a message has, with the language room's own features: spaCy's Dutch, n-grams and the encoder.

It takes the place of Rasa's tokenizer, featurizers and classifier: those would encode a message again for
the reader of answers, and Rasa's linear classifier needs scikit-learn to read.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from coach.language import linear
from coach.wiring import language

FILE = "intents.npz"
HEAD = "intent"
RANKED = 12


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent, IntentClassifier):
    """Ranks the intents of a message; `sharpness` makes shares of scores."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"sharpness": 5.0}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._sharpness = float(config["sharpness"])
        self._storage, self._resource = storage, resource
        self._reader: linear.LinearReader | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentReader:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentReader:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._read_with(linear.load(folder / FILE))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        rows = [
            (example.get(TEXT), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT)
        ]
        known = language()
        weights = linear.train({HEAD: rows}, known.features, known.encoder)
        with self._storage.write_to(self._resource) as folder:
            linear.save(weights, folder / FILE)
        self._read_with(weights)
        return self._resource

    def _read_with(self, weights: linear.Weights) -> None:
        known = language()
        self._reader = linear.LinearReader(weights, known.features, known.encoder, self._sharpness)
        known.readers.add(self._reader)

    def process(self, messages: list[Message]) -> list[Message]:
        assert self._reader is not None
        for message in messages:
            shares = self._reader.shares(message.get(TEXT) or "", HEAD)
            ranking = [{"name": name, "confidence": share} for name, share in shares.items()]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:RANKED], add_to_output=True)
        return messages
