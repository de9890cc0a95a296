"""A sentence vector as dense features, from the encoder that the answer reader uses too."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from coach.language.encoder import encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeatures(DenseFeaturizer, GraphComponent):
    """Adds one vector for the whole sentence; the words themselves get none."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # the vector has length 1: scaled, it weighs as much as the words in a regularised classifier
        return {**DenseFeaturizer.get_default_config(), "scale": 1.0}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeatures:
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        pass

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        texts = [message for message in messages if message.get(TEXT)]
        for message in texts:
            self._add(message, encoder().encode([message.get(TEXT)]) * self._config["scale"])
        return messages

    def _add(self, message: Message, vector: NDArray[np.float32]) -> None:
        alias = self._config[FEATURIZER_CLASS_ALIAS]
        words = np.zeros((len(message.get(TOKENS_NAMES[TEXT])), vector.shape[1]), dtype=np.float32)
        for features, kind in ((words, FEATURE_TYPE_SEQUENCE), (vector, FEATURE_TYPE_SENTENCE)):
            message.add_features(Features(features, kind, TEXT, alias))
