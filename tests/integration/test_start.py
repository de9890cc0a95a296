"""`python -m bot` as a process: it starts, answers, stops clean, and says clearly why when it cannot start."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120
"""Seconds after which a process that should have ended counts as hanging."""


class Service:
    """`python -m bot` on a port and a data folder of its own."""

    run: tuple[str, ...] = ("-m", "bot")

    def __init__(self, data: Path, port: int | None = None, **environ: str) -> None:
        self.port = port or free_port()
        settings = {"PADWIJZER_DATA": str(data), "PADWIJZER_PORT": str(self.port), **environ}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PADWIJZER_")}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *self.run],
            cwd=ROOT,
            env={**kept, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "ready" in line:
                return
        raise AssertionError(f"the service did not start: {self.end()}")

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE)

    def end(self) -> tuple[int, str]:
        """Its exit code and what it said of errors, when it ends by itself."""
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def services() -> Iterator[Any]:
    started: list[Service] = []

    def start(*given: Any, **environ: str) -> Service:
        started.append(Service(*given, **environ))
        return started[-1]

    yield start
    for service in started:
        service.kill()


def _say(client: httpx.Client, text: str) -> Any:
    body = {"sender": "iemand", "message": text}
    response = client.post("/webhooks/rest/webhook", json=body)
    assert response.status_code == 200
    return response.json()


def test_the_service_starts_talks_and_stops_with_nothing_left(
    model: Path, tmp_path: Path, services: Any
) -> None:
    service = services(tmp_path)
    service.wait_until_ready()
    with service.client() as client:
        second = services(tmp_path)
        assert client.get("/health").json() == {"status": "ok"}
        assert "<title>" in client.get("/").text
        answer = _say(client, "hallo")
        assert answer[-1]["custom"]["state"]["phase"] == "role"

        code, said = second.end()
        _expect_clear(code, said, rf"another Padwijzer uses {tmp_path}/padwijzer\.db", "PostgreSQL")
        assert client.get("/health").status_code == 200

    group = service.process.pid
    os.kill(group, signal.SIGINT)
    code, said = service.end()
    assert (code, "Traceback" in said) == (0, False)
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)

    again = services(tmp_path)
    again.wait_until_ready()
    with again.client() as client:
        answer = _say(client, "ik ben medewerker")
        assert answer[-1]["custom"]["state"]["phase"] == "subject"


def test_a_port_in_use_is_refused(tmp_path: Path, services: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _expect_clear(*services(tmp_path, port).end(), f"port {port} is in use", "PADWIJZER_PORT")


def test_a_port_that_is_taken_while_the_model_loads_is_refused(
    model: Path, tmp_path: Path, services: Any
) -> None:
    """Another program may ask for the same one until somebody listens; it is never a connection's."""
    service = services(tmp_path)
    assert "Loading" in service.process.stdout.readline()
    with socket.socket() as late:
        with pytest.raises(OSError):
            late.bind(("127.0.0.1", service.port))
        late.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        late.bind(("127.0.0.1", service.port))
        late.listen()
        _expect_clear(*service.end(), f"port {service.port} is in use", "PADWIJZER_PORT")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PADWIJZER_PORT", "tachtig"),
        ("PADWIJZER_PORT", "²"),
        ("PADWIJZER_PORT", "99999"),
        ("PADWIJZER_SECRET", "kort"),
        ("PADWIJZER_HOST", "nergens.invalid"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    tmp_path: Path, services: Any, name: str, value: str
) -> None:
    _expect_clear(*services(tmp_path, **{name: value}).end(), name)


def test_what_is_missing_or_broken_stops_the_start(tmp_path: Path, services: Any) -> None:
    """All at once, because each needs the seconds in which Rasa is imported."""
    none = tmp_path / "models"
    none.mkdir()
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    file = content / "questionnaire.yml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip().startswith("echo:"))
    lines[at] = lines[at].replace("echo:", "eko:")
    file.write_text("\n".join(lines), encoding="utf-8")

    without_model = services(tmp_path / "a", PADWIJZER_MODELS=str(none))
    broken = services(tmp_path / "b", PADWIJZER_CONTENT=str(content))
    no_database = services(
        tmp_path / "c", PADWIJZER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )
    _expect_clear(*without_model.end(), rf"no model in {none}", "rasa train|padwijzer train")
    _expect_clear(*broken.end(), r"questionnaire\.yml:\d+: items/0: .*eko")
    _expect_clear(*no_database.end(), "the database cannot be used")


def test_another_secret_is_refused_until_it_is_accepted(tmp_path: Path, services: Any) -> None:
    database = {"PADWIJZER_DATABASE_URL": f"sqlite:///{tmp_path}/padwijzer.db"}
    first, other = (
        {**database, "PADWIJZER_SECRET": f"het {n} geheim van meer dan dertig tekens"}
        for n in ("eerste", "tweede")
    )
    _command("accept-secret", PADWIJZER_DATA=str(tmp_path), **first)
    _expect_clear(*services(tmp_path, **other).end(), "PADWIJZER_SECRET", "padwijzer accept-secret")
    said = _command("accept-secret", PADWIJZER_DATA=str(tmp_path), **other)
    assert "from now on" in said
    services(tmp_path, **other).wait_until_ready()


def _command(*words: str, **environ: str) -> str:
    command = [Path(sys.executable).with_name("padwijzer"), *words]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PADWIJZER_")}
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **environ}, capture_output=True, text=True, check=True
    ).stdout


def _expect_clear(code: int, said: str, *patterns: str) -> None:
    """An exit code of 1, one clear sentence, and no inside of the program."""
    assert code == 1, said
    assert said.startswith("Padwijzer cannot start: "), said
    assert "Traceback" not in said
    for pattern in patterns:
        assert re.search(pattern, said), said
