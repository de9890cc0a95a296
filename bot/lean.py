"""Rasa without TensorFlow, and without loading what a talk does not need.

Rasa 3.6 imports TensorFlow for components that this bot does not use. An import finder answers those few
module names with empty stand-ins and refuses TensorFlow itself. The stand-ins are not registered with
Rasa's recipe, so a `config.yml` that names such a component fails with Rasa's own message.
What training, testing and other channels need is loaded when it is first used: see `bot.deferred`.

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
from typing import Any

from bot.deferred import DeferredLoader, load, parent_of

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
# Rasa's channels: it asks each for its name when it starts
CHANNELS = {
    "botframework": ("BotFrameworkInput", "botframework"),
    "callback": ("CallbackInput", "callback"),
    "console": ("CmdlineInput", "cmdline"),
    "facebook": ("FacebookInput", "facebook"),
    "hangouts": ("HangoutsInput", "hangouts"),
    "mattermost": ("MattermostInput", "mattermost"),
    "rocketchat": ("RocketChatInput", "rocketchat"),
    "slack": ("SlackInput", "slack"),
    "socketio": ("SocketIOInput", "socketio"),
    "telegram": ("TelegramInput", "telegram"),
    "twilio": ("TwilioInput", "twilio"),
    "twilio_voice": ("TwilioVoiceInput", "twilio_voice"),
    "webexteams": ("WebexTeamsInput", "webexteams"),
}
# module -> the names that are imported from it before they are used, each with what is asked of it at once
DEFERRED: dict[str, dict[str, dict[str, Any]]] = {
    **{
        f"rasa.core.channels.{module}": {name: {"name": lambda channel=channel: channel}}
        for module, (name, channel) in CHANNELS.items()
    },
    "apscheduler": {},
    "apscheduler.schedulers": {},
    "apscheduler.schedulers.asyncio": {"AsyncIOScheduler": {}},
    **{
        f"socketio.{module}": {name: {}}
        for module, name in (
            ("async_aiopika_manager", "AsyncAioPikaManager"),
            ("async_redis_manager", "AsyncRedisManager"),
            ("kafka_manager", "KafkaManager"),
            ("kombu_manager", "KombuManager"),
            ("redis_manager", "RedisManager"),
            ("zmq_manager", "ZmqManager"),
        )
    },
    "authlib.integrations.requests_client": {"OAuth2Session": {}},
    "boto3": {},
    "boto3.dynamodb": {},
    "boto3.dynamodb.conditions": {"Key": {}},
    "dask": {},
    "holidays": {"country_holidays": {}},
    "matplotlib": {},
    "matplotlib.ticker": {"FormatStrFormatter": {}},
    "portalocker.redis": {"RedisLock": {}},
    "pymongo": {},
    "pymongo.collection": {"Collection": {}},
    "rasa.core.test": {},
    "rasa.nlu.test": {"determine_token_labels": {}},
    "requests": {},
    "sanic": {"Blueprint": {}, "Sanic": {}, "response": {}},
    "sanic.exceptions": {"NotFound": {}, "SanicException": {}},
    "sanic.request": {"Request": {}},
    "sanic.response": {"HTTPResponse": {}, "ResponseStream": {}},
    "sklearn": {},
    "sklearn.feature_extraction": {},
    "sklearn.feature_extraction.text": {"CountVectorizer": {}},
    "sklearn.linear_model": {"LogisticRegression": {}},
    "sklearn.model_selection": {"train_test_split": {}},
    "langcodes": {},
    "spacy.cli": {},
    "spacy.cli.info": {"info": {}},
    "tqdm": {"tqdm": {}},
}
INSIDE = "rasa.utils.endpoints"
"""After this module, custom actions can run in the same process: see `bot.inside`."""
REFUSED = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_text", "tensorflow_addons")


class LeanFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the stand-ins, defers what can wait and refuses TensorFlow; every other import passes by."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in STAND_INS:
            return importlib.machinery.ModuleSpec(fullname, self)
        if fullname in DEFERRED:
            spec = importlib.machinery.PathFinder.find_spec(fullname, path)
            if spec and spec.loader:
                spec.loader = DeferredLoader(spec.loader, DEFERRED[fullname])
            return spec
        load(parent_of(fullname))
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
