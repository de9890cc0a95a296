"""What is in deploy/ fits the service: settings, routes, versions, metrics. `make lint-deploy` looks at the rest."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml
from prometheus_client.exposition import generate_latest
from starlette.routing import Route

from bot.app import build
from bot.channels.guard import Guard
from bot.engine import Engine
from bot.metrics import WATCHED, Metrics
from coach.cli.run import SOURCES
from coach.settings import ROOT
from coach.store.backlog import Backlog
from coach.wiring import current_settings

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "padwijzer"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE = (DEPLOY / "compose.yaml").read_text()
PLAIN_YAML = ("compose.yaml", "prometheus/rules.yml", "helm/padwijzer/values.yaml", "helm/padwijzer/Chart.yaml")  # fmt: skip
ASKED = re.compile(r"(?:path: |/127\.0\.0\.1(?::\{[^}]*\})?)(/[a-z]+)\b")
"""A path that a probe, a monitor or a health check asks."""


def parsed(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def texts() -> Iterator[tuple[str, str]]:
    for file in sorted(path for path in DEPLOY.rglob("*") if path.is_file()):
        yield str(file.relative_to(DEPLOY)), file.read_text(encoding="utf-8")


def explained(file: Path) -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", file.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", PLAIN_YAML)
def test_yaml_is_yaml(name: str) -> None:
    assert isinstance(parsed(name), dict)


def test_every_variable_is_explained() -> None:
    settings, own = explained(ROOT / ".env.example"), explained(DEPLOY / "compose.env.example")
    assert {name for name in own if name.startswith("PADWIJZER_")} <= settings
    for name, text in texts():
        unknown = set(re.findall(r"PADWIJZER_[A-Z_]+[A-Z]", text)) - settings
        assert not unknown, (name, unknown)
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) == own


def test_probes_ask_what_there_is() -> None:
    routes = build(current_settings(), cast(Engine, None)).routes
    known = {route.path for route in routes if isinstance(route, Route)}
    asked: set[str] = set()
    for name, text in texts():
        found = set(ASKED.findall(text))
        assert found <= known, (name, found - known)
        asked |= found
    assert {"/health", "/ready", "/metrics"} <= asked
    assert '/ready"' not in CONTAINERFILE and "/ready'" in CONTAINERFILE


def test_all_say_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chart, version = parsed("helm/padwijzer/Chart.yaml"), project["version"]
    assert (chart["version"], chart["appVersion"]) == (version, version)
    assert f'image.version="{version}"' in CONTAINERFILE
    images = {service["image"] for service in parsed("compose.yaml")["services"].values()}
    assert f"padwijzer:{version}" in images
    python = project["requires-python"].removeprefix("==").removesuffix(".*")
    assert set(re.findall(r"FROM python:([\d.]+)-", CONTAINERFILE)) == {python}


def test_the_clients_of_postgres_are_of_its_version() -> None:
    """Debian 13 has PostgreSQL 17; an older pg_dump refuses a newer server."""
    assert parsed("compose.yaml")["services"]["postgres"]["image"] == "postgres:17-trixie"
    assert "FROM python:3.11-slim-trixie\nLABEL" in CONTAINERFILE


def test_the_image_gets_what_it_needs_and_nothing_that_is_secret() -> None:
    ignore = (ROOT / ".dockerignore").read_text()
    assert ignore == (ROOT / ".containerignore").read_text()
    everything, *lines = ignore.split()
    taken = {line[1:] for line in lines if line.startswith("!")}
    assert everything == "*" and not taken & {".env", "var", "models", ".venv", "deploy", "tests"}
    assert {source.partition("/")[0] for source in SOURCES} <= taken
    for name in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.MULTILINE):
        for source in name.split():
            assert (ROOT / source).exists(), source
            assert source == "." or source.partition("/")[0] in taken, source


def test_copies_are_alike_and_locked_up() -> None:
    services = parsed("compose.yaml")["services"]
    first, second = (dict(services[f"padwijzer-{n}"]) for n in (1, 2))
    for own in ("volumes", "networks", "depends_on"):
        assert first.pop(own) != second.pop(own)
    assert first == second
    for name, service in services.items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert service["user"].partition(":")[0] not in ("0", "root"), name


def test_values_fit_their_schema_and_each_is_used() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = parsed("helm/padwijzer/values.yaml")
    jsonschema.validate(values, schema)
    assert set(schema["properties"]) - {"global"} == set(values)
    used = "".join(file.read_text() for file in (CHART / "templates").iterdir())
    for name in values:
        assert f".Values.{name}" in used, name


def test_alerts_look_at_numbers_that_there_are() -> None:
    metrics = Metrics(Guard())
    metrics.backlog = Backlog(0, 0.0, 0, 0)
    known = set(
        re.findall(r"^# TYPE (\S+) ", generate_latest(metrics.registry).decode(), re.MULTILINE)
    )
    sources = "".join(file.read_text() for file in (ROOT / "bot").rglob("*.py"))
    alerts = [rule for group in parsed("prometheus/rules.yml")["groups"] for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts) > 5
    for alert in alerts:
        for name in re.findall(r"padwijzer_\w+", alert["expr"]):
            assert {name, name.removesuffix("_total"), name.removesuffix("_bucket")} & known, name
        for prefix, names in re.findall(r'event=~?"(\w+)[\\.]+\(?([\w|]+)', alert["expr"]):
            for name in names.split("|"):
                assert f'"{prefix}.{name}' in sources, (alert["alert"], prefix, name)
                assert f"{prefix}.{name}" in WATCHED, alert["alert"]
        assert set(alert["annotations"]) == {"summary", "action"}
