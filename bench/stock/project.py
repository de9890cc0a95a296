"""Padwijzer's data as a project that stock Rasa can load: its default pipeline and policies, our data, our actions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from bot.payloads import payload

ROOT = Path(__file__).parents[2]
VERSION = "3.1"
HERE = "127.0.0.1"
PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
POLICIES: list[dict[str, Any]] = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
]
"""Both as `rasa init` of 3.6.21 writes them (rasa/engine/recipes/config_files/default_config.yml)."""


def write(folder: Path, epochs: int) -> None:
    """Make the project anew in this folder; models that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.copytree(ROOT / "data" / "nlu", folder / "data" / "nlu")
    shutil.copytree(ROOT / "data" / "rules", folder / "data" / "rules")
    _write(folder / "config.yml", config(epochs))
    _write(folder / "domain.yml", domain())
    _write(folder / "data" / "stories.yml", stories())
    _write(folder / "credentials.yml", {"rest": None})


def config(epochs: int) -> dict[str, Any]:
    def with_epochs(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**part, "epochs": epochs} if "epochs" in part else part for part in parts]

    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "nl",
        "pipeline": with_epochs(PIPELINE),
        "policies": with_epochs(POLICIES),
    }


def domain() -> dict[str, Any]:
    """Our domain and our sentences in one file, with the payloads of buttons as Rasa wants them."""
    made: dict[str, Any] = _read(ROOT / "domain.yml")
    responses: dict[str, Any] = {}
    for file in sorted((ROOT / "data" / "responses").glob("*.yml")):
        responses |= _read(file)["responses"]
    for wordings in responses.values():
        for wording in wordings:
            if "buttons" in wording:
                wording["buttons"] = [
                    {**button, "payload": _literal(payload(button["payload"]))}
                    for button in wording["buttons"]
                ]
    return {**made, "responses": responses}


def _literal(words: str) -> str:
    """Braces that stock Rasa leaves alone: single ones are a slot to it."""
    return words.replace("{", "{{").replace("}", "}}")


def stories() -> dict[str, Any]:
    """The policies that learn from stories get those that our own conversation tests tell."""
    found = []
    for file in sorted((ROOT / "tests" / "conversations").glob("*.yml")):
        for story in _read(file)["stories"]:
            steps = [{k: v for k, v in step.items() if k != "user"} for step in story["steps"]]
            found.append({**story, "steps": steps})
    return {"version": VERSION, "stories": found}


def endpoints(folder: Path, actions_port: int, database: Path) -> Path:
    """What one run connects to: our action server, and a database file, as ours keeps every talk too."""
    made = folder / f"endpoints-{actions_port}.yml"
    store = {"type": "SQL", "dialect": "sqlite", "db": str(database)}
    action_endpoint = {"url": f"http://{HERE}:{actions_port}/webhook"}
    _write(made, {"action_endpoint": action_endpoint, "tracker_store": store})
    return made


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _write(file: Path, content: Any) -> None:
    # without aliases: Rasa's own reader of YAML counts them as a fault
    text = _Plain.dump(content)
    file.write_text(text, encoding="utf-8")


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    @classmethod
    def dump(cls, content: Any) -> str:
        return yaml.dump(content, Dumper=cls, allow_unicode=True, sort_keys=False, width=1000)
