"""Rasa's linear classifier, kept as plain arrays.

Rasa keeps it with skops, which takes more than a second to import and rebuilds Python objects from a file.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier

FILE = "classifier.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(LogisticRegressionClassifier):
    """The same model and the same numbers; only how it is kept differs."""

    def persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / FILE,
                coefficients=self.clf.coef_,
                intercepts=self.clf.intercept_,
                classes=np.array(json.dumps([str(name) for name in self.clf.classes_])),
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearClassifier:
        component = cls(config, execution_context.node_name, model_storage, resource)
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / FILE, allow_pickle=False) as kept,
        ):
            component.clf.coef_ = kept["coefficients"]
            component.clf.intercept_ = kept["intercepts"]
            component.clf.classes_ = np.array(json.loads(str(kept["classes"])))
        return component
