"""Rasa without TensorFlow.

Rasa 3.6 imports TensorFlow for components that this bot does not use. An import finder answers those few
module names with empty stand-ins and refuses TensorFlow itself. The stand-ins are not registered with
Rasa's recipe, so a `config.yml` that names such a component fails with Rasa's own message.

`bot/autostart/padwijzer_lean.pth` calls `install()` at every start of Python in this environment, so that Rasa's own commands
work too. `PADWIJZER_LEAN=0` turns it off.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType

RASA_VERSION = "3.6.21"

# module -> the names that other modules of Rasa import from it
STAND_INS: dict[str, tuple[str, ...]] = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
}
INSIDE = "rasa.utils.endpoints"
"""After this module, custom actions can run in the same process: see `bot.inside`."""
REFUSED = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_text", "tensorflow_addons")


class LeanFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the stand-ins and refuses TensorFlow; every other import passes by."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in STAND_INS:
            return importlib.machinery.ModuleSpec(fullname, self)
        if fullname == INSIDE:
            spec = importlib.machinery.PathFinder.find_spec(fullname, path)
            if spec and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
                spec.loader = WithInside(spec.loader.name, spec.loader.path)
            return spec
        if fullname.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(
                f"{fullname} is not part of this bot; PADWIJZER_LEAN=0 lets it in if installed",
                name=fullname,
            )
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        for name in STAND_INS[module.__name__]:
            setattr(module, name, type(name, (), {"__module__": module.__name__}))


class WithInside(importlib.machinery.SourceFileLoader):
    """Loads Rasa's endpoints and lets them call actions of this process."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        from bot.inside import extend

        extend(module.EndpointConfig)


def install() -> None:
    """Put the finder first, once; nothing of Rasa is imported here."""
    if os.environ.get("PADWIJZER_LEAN") == "0":
        return
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    # a warning about Rasa's own tables, at every start
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    if not any(isinstance(finder, LeanFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, LeanFinder())
