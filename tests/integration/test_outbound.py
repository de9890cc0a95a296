"""As it is installed the service calls nobody: every connection and look-up of its process is watched during a whole talk."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from test_start import ROOT, Service

WATCH = """
import os, sys
seen = os.open({seen!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
asked = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
         "socket.sendto", "socket.sendmsg", "subprocess.Popen", "os.system", "os.posix_spawn", "urllib.Request")
def watch(event, given):
    if event in asked:
        where = given[1] if event.startswith("socket.") and event[7] in "cs" else given[0]
        os.write(seen, f"{{event}} {{where!r}}\\n".encode())
sys.addaudithook(watch)
"""
MODULES = """
import atexit
atexit.register(lambda: open({seen!r} + ".modules", "w").write(" ".join(sys.modules)))
"""
FOREIGN_CODE = {"google.protobuf.json_format", "tensorflow"}
"""What `docs/audit.yml` says that the service does not use."""
RUN = "import runpy; sys.argv = ['bot']; runpy.run_module('bot', run_name='__main__')"
HERE = ("'127.0.0.1'", "'::1'", "'localhost'", "None", "''")
"""This machine: what a service that listens asks for itself."""
PROGRAMS = ("'git'", "'lscpu'")
"""What libraries ask of this machine when they are imported: their own version, and how many processors there are."""
TALK = (
    "hallo", "ik ben medewerker", "mijn team", "ja", *["1"] * 12, "ja", "wat betekent dit?", "we doen nu bijna niets samen",
    "1", "niets", "ja", "ik", "over een week", "8", "een week erna",
)  # fmt: skip


class Watched(Service):
    """The service as an operator starts it, with ears on its process from the first line on."""

    def __init__(self, folder: Path) -> None:
        self.seen = folder / "seen"
        self.run = ("-c", (WATCH + MODULES).format(seen=str(self.seen)) + RUN)
        super().__init__(folder / "data", PADWIJZER_BURST="1000")  # it talks faster than people

    def foreign(self) -> list[str]:
        lines = self.seen.read_text().splitlines()
        return [line for line in lines if not _is_here(line)]


def _is_here(line: str) -> bool:
    event, _, where = line.partition(" ")
    if event == "subprocess.Popen":
        return where in PROGRAMS
    return event.startswith("socket.") and where.lstrip("(").startswith(HERE)


@pytest.fixture
def watched(model: Path, tmp_path: Path) -> Iterator[Watched]:
    service = Watched(tmp_path)
    yield service
    service.kill()


def test_a_whole_talk_connects_to_nobody(watched: Watched) -> None:
    watched.wait_until_ready()
    with watched.client() as client:
        for page in ("/", "/demo", "/formulier", "/desk/inloggen", "/health", "/ready"):
            assert client.get(page).status_code == 200
        phases = [_say(client, text) for text in TALK]
    assert phases[-1] == "done" and watched.seen.exists()
    assert watched.foreign() == []
    watched.process.send_signal(signal.SIGINT)
    code, said = watched.end()
    assert code == 0 and "Traceback" not in said
    assert not any(words in said for words in TALK if len(words) > 5), "what was said is in no log"
    modules = watched.seen.with_name("seen.modules").read_text().split()
    assert "bot.app" in modules and not FOREIGN_CODE & set(modules)


def _say(client: httpx.Client, text: str) -> str:
    """Says it where it fits: a number only to a question. Gives where the talk is then."""
    before = getattr(client, "phase", "")
    if text == "1" and before not in ("", "question", "probe", "check", "option"):
        return before
    sent = {"sender": "iemand", "message": text}
    answer = client.post("/webhooks/rest/webhook", json=sent)
    client.phase = answer.json()[-1]["custom"]["state"]["phase"]  # type: ignore[attr-defined]
    return str(client.phase)  # type: ignore[attr-defined]


CALLS = {
    "by address": "import socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('192.0.2.1', 443))",
    "by name": "import socket\ntry: socket.getaddrinfo('buiten.invalid', 443)\nexcept OSError: pass",
    "without a connection": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.2', 9))",
    "with a library": "import httpx\ntry: httpx.get('http://buiten.invalid/')\nexcept httpx.HTTPError: pass",
    "by another program": "import subprocess; subprocess.run(['true'])",
}


@pytest.mark.parametrize("how", CALLS)
def test_the_watch_hears_who_calls_out(tmp_path: Path, how: str) -> None:
    seen = tmp_path / "seen"
    code = WATCH.format(seen=str(seen)) + CALLS[how]
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert [line for line in seen.read_text().splitlines() if not _is_here(line)]
