"""Our own list of what Rasa needs, against Rasa's: every difference has a reason here, and none is left over."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires, version
from pathlib import Path

import pytest
import rasa
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, canonicalize_version
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.exceptions import InvalidConfigException

from bot.lean import RASA_VERSION, REFUSED, STAND_INS

ROOT = Path(__file__).parents[2]
RASAS_PYTHON = {"python_version": "3.10", "python_full_version": "3.10.13"}
"""The newest Python that Rasa itself names; its list is read as it would be there."""

# what differs from Rasa's own list, and why
REASONS: dict[str, dict[str, str]] = {
    "rasa": {
        "aiohttp": "Rasa's <3.10 has known advisories; it is only a client here",
        "attrs": "newer libraries (aiohttp, jsonschema, hypothesis) need more than 22.2",
        "dnspython": "Rasa's ==2.3.0 has CVE-2023-29483; only pymongo uses it",
        "jsonschema": "the content schemas are checked with a supported line",
        "matplotlib": "Rasa's <3.6 has no wheels for Python 3.11; only `rasa test` draws",
        "numpy": "Rasa's <1.25 holds back scikit-learn; 2 takes away names that Rasa uses",
        "packaging": "21 still has LegacyVersion, which Rasa imports; 22 has not",
        "protobuf": "Rasa's 4.23.3 has CVE-2025-4565, mended in 4.25.8",
        "pydantic": "Rasa's <1.10.10 has CVE-2024-3772; 2 is another library",
        "pymongo": "Rasa's <4.4 has CVE-2024-5629; no MongoDB is used, so neither are its extras",
        "python-dateutil": "2.9 is the supported release and changes nothing for Rasa",
        "pytz": "time zones go out of date",
        "scikit-learn": "Rasa's <1.2 has no wheels for Python 3.11; 1.6 drops an argument Rasa passes",
        "scipy": "Rasa's <1.11 holds back scikit-learn",
        "sentry-sdk": "Rasa's <1.15 has CVE-2024-40647; telemetry is off",
        "setuptools": "Rasa imports pkg_resources, gone from 81; 70.3 has CVE-2025-47273",
        "typing-extensions": "newer libraries need it, and 5 does not exist",
        "tensorflow": "not part of this bot: bot/lean.py",
        "tensorflow-cpu-aws": "not part of this bot: bot/lean.py",
        "tensorflow-hub": "not part of this bot: bot/lean.py",
        "tensorflow-io-gcs-filesystem": "not part of this bot: bot/lean.py",
        "tensorflow-macos": "not part of this bot: bot/lean.py",
        "tensorflow-text": "not part of this bot: bot/lean.py",
    },
    "rasa-sdk": {
        "sanic": "the SDK may have all of 21; Rasa itself only 21.12",
        "setuptools": "the SDK too imports pkg_resources, gone from 81",
        "typing-extensions": "newer libraries need it, and 5 does not exist",
    },
}
ELSEWHERE = {"tensorflow-macos", "tensorflow-cpu-aws"}
"""In Rasa's list on other machines than this one only."""

Needs = dict[str, set[tuple[tuple[str, ...], tuple[str, ...]]]]


def _ours(name: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [listed] = [d for d in project["tool"]["uv"]["dependency-metadata"] if d["name"] == name]
    assert listed["version"] == version(name)
    return [Requirement(line) for line in listed["requires-dist"]]


def _theirs(name: str) -> list[Requirement]:
    lines = [Requirement(line) for line in requires(name) or ()]
    environment = {**RASAS_PYTHON, "extra": ""}
    return [r for r in lines if r.marker is None or r.marker.evaluate(environment)]


def _by_name(requirements: Iterable[Requirement]) -> Needs:
    """Per package what is wanted of it, however the versions are written."""
    needs: Needs = {}
    for wanted in requirements:
        versions = sorted(s.operator + canonicalize_version(s.version) for s in wanted.specifier)
        asked = (tuple(versions), tuple(sorted(wanted.extras)))
        needs.setdefault(canonicalize_name(wanted.name), set()).add(asked)
    return needs


@pytest.mark.parametrize("name", REASONS)
def test_every_difference_from_rasas_own_list_has_a_reason(name: str) -> None:
    ours, theirs = _by_name(_ours(name)), _by_name(_theirs(name))
    differing = {p for p in ours.keys() | theirs.keys() if ours.get(p) != theirs.get(p)}
    assert differing - REASONS[name].keys() == set()
    assert REASONS[name].keys() - differing - ELSEWHERE == set()


@pytest.mark.parametrize("name", REASONS)
def test_what_is_installed_fits_our_list(name: str) -> None:
    wrong = [
        f"{wanted} but {version(wanted.name)} is installed"
        for wanted in _ours(name)
        if not wanted.specifier.contains(version(wanted.name), prereleases=True)
    ]
    assert wrong == []


def test_our_own_needs_are_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for line in project["project"]["dependencies"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(version(wanted.name), prereleases=True), line


def test_rasa_is_the_version_that_was_made_lean() -> None:
    assert rasa.__version__ == version("rasa") == RASA_VERSION


# --- without TensorFlow --------------------------------------------------------------------------


def _python(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("name", [*REFUSED, "tensorflow.keras", "keras.layers"])
def test_tensorflow_is_refused(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="is not part of this bot; PADWIJZER_LEAN=0"):
        importlib.import_module(name)


def test_every_python_of_this_environment_is_lean() -> None:
    done = _python("import tensorflow")
    assert done.returncode == 1
    assert "tensorflow is not part of this bot; PADWIJZER_LEAN=0 lets it in" in done.stderr


def test_it_can_be_turned_off() -> None:
    done = _python("import tensorflow", PADWIJZER_LEAN="0")
    assert done.returncode == 1
    assert "No module named 'tensorflow'" in done.stderr


@pytest.mark.parametrize(
    "component",
    ["DIETClassifier", "TEDPolicy", "ResponseSelector", "LanguageModelFeaturizer",
     "ConveRTFeaturizer", "UnexpecTEDIntentPolicy"],
)  # fmt: skip
def test_a_component_that_is_left_out_is_not_known_to_rasa(component: str) -> None:
    assert component in {name for names in STAND_INS.values() for name in names}
    with pytest.raises(InvalidConfigException, match=f"Can't load class for name '{component}'"):
        DefaultV1Recipe._from_registry(component)


def test_a_config_that_names_it_fails_with_rasas_own_message(tmp_path: Path) -> None:
    config = (
        "recipe: default.v1\nassistant_id: x\nlanguage: nl\npipeline:\n- name: DIETClassifier\n"
    )
    (tmp_path / "config.yml").write_text(f"{config}policies: []\n", encoding="utf-8")
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet, bye]\n')
    (tmp_path / "nlu.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hallo\n    - hoi\n'
        "- intent: bye\n  examples: |\n    - dag\n    - doei\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "rasa", "train", "nlu", "--nlu", "nlu.yml"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Can't load class for name 'DIETClassifier'" in done.stdout + done.stderr
    assert not (tmp_path / "models").exists()
