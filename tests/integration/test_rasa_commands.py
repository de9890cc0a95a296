"""Rasa's own commands work from the project root: validate, shell, run actions and test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 240
"""Seconds after which a command that should have ended counts as hanging."""
CHOOSE_LAST = "\x1b[A\n"
"""Up and enter: in a row of buttons the last is 'Type out your own message...'."""
INSIDE = "inside:actions"


def _rasa(*arguments: str) -> subprocess.Popen[str]:
    """A command of Rasa, from the root of the project."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "rasa", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _ended(command: subprocess.Popen[str], typed: str = "") -> str:
    """What a command wrote, when it ended well."""
    try:
        said, _ = command.communicate(typed, timeout=PATIENCE)
    finally:
        command.kill()
    assert command.returncode == 0, said
    return said


@pytest.fixture
def action_server() -> Iterator[str]:
    """The URL of `rasa run actions`."""
    port = str(free_port())
    server = _rasa("run", "actions", "--port", port)
    try:
        assert server.stdout is not None
        heard = ""
        for line in server.stdout:
            heard += line
            if "is up and running" in line:
                break
        else:
            raise AssertionError(f"rasa run actions did not start: {heard}")
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        server.terminate()
        server.communicate()


def test_the_training_data_are_valid() -> None:
    said = _ended(_rasa("data", "validate", "--fail-on-warnings"))
    assert "No story structure conflicts found" in said


def test_a_talk_in_rasas_shell_with_and_without_an_action_server(
    model: Path, action_server: str, tmp_path: Path
) -> None:
    own = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    assert INSIDE in own
    (tmp_path / "endpoints.yml").write_text(own.replace(INSIDE, action_server), encoding="utf-8")
    for endpoints in (ROOT / "endpoints.yml", tmp_path / "endpoints.yml"):
        shell = _rasa("shell", "--port", str(free_port()), "--endpoints", str(endpoints))
        said = _ended(shell, f"hallo\n{CHOOSE_LAST}/stop\n")
        plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said)
        assert "Bot loaded" in plain
        assert "Padwijzer" in plain and "leren op" in plain
        assert re.search(r"wat is jouw rol|Wat doe jij|Wie ben jij", plain)
        assert "Traceback" not in plain


def test_a_conversation_is_predicted_as_it_is_written(model: Path, tmp_path: Path) -> None:
    said = _ended(
        _rasa(
            "test", "core", "--fail-on-prediction-errors", "--out", str(tmp_path),
            "--stories", "tests/conversations/hello.yml",
        )
    )  # fmt: skip
    assert "Accuracy:" in said
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert "None of the test stories failed" in failed
