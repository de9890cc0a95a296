"""Imports run one way; `.importlinter` says which."""

from __future__ import annotations

import ast
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import api, cli

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / ".importlinter"

PURE = {"coach.domain": {"coach.domain"}, "coach.usecases": {"coach.domain", "coach.usecases"}}
"""Rooms that import only the standard library and these rooms."""


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.fixture
def loggers_back() -> Iterator[None]:
    """import-linter switches off every logger that is there; the tests after this one listen to ours."""
    yield
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.mark.usefixtures("loggers_back")
def test_no_room_imports_against_the_direction(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    status = cli.lint_imports(config_filename=str(CONTRACTS), no_cache=True)
    assert status == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_all_contracts_are_read() -> None:
    contracts = api.read_configuration(str(CONTRACTS))["contracts_options"]
    assert {contract["type"] for contract in contracts} == {"layers", "forbidden"}
    assert len(contracts) == CONTRACTS.read_text(encoding="utf-8").count("[importlinter:contract:")


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_only_the_standard_library(room: str) -> None:
    files = sorted((ROOT / room.replace(".", "/")).rglob("*.py"))
    assert files
    foreign = [
        f"{file.name}: {name}"
        for file in files
        for name in imported(file)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(f"{name}.".startswith(f"{own}.") for own in PURE[room])
    ]
    assert foreign == []


def test_nothing_is_built_or_connected_on_import() -> None:
    """Calls at the top level of the model would run at every import."""
    for room in PURE:
        for file in (ROOT / room.replace(".", "/")).rglob("*.py"):
            body = ast.parse(file.read_text(encoding="utf-8")).body
            assert not [
                n for n in body if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)
            ]
