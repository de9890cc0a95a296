"""What `scale.py` runs: a database made for the run, copies of the service as an operator starts them, and nginx in front."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bench.ports import free_port

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "deploy" / "nginx" / "padwijzer.conf"
SECRET = "a secret of thirty-two characters"  # noqa: S105
LOOK = 0.5
"""Seconds between two looks at who uses the processors."""
PERIOD = 100_000
"""Microseconds over which the system counts what a process may use."""
START = 900.0
"""Seconds that a copy may take to start on a machine that is busy."""


@contextmanager
def server(named: str) -> Iterator[str]:
    """The PostgreSQL server that is named, else one from a wheel."""
    if named:
        yield named
        return
    import pgserver

    with tempfile.TemporaryDirectory() as folder:
        made = pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield made.get_uri()
        finally:
            made.cleanup()


def hold_to(share: float, name: str, pid: int) -> None:
    """Let a process have no more than this share of one processor, as in a container with a limit; needs root."""
    old, new = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
    group = (old if old.is_dir() else new) / f"padwijzer-{name}"
    group.mkdir(exist_ok=True)
    if old.is_dir():
        (group / "cpu.cfs_period_us").write_text(f"{PERIOD}")
        (group / "cpu.cfs_quota_us").write_text(f"{share * PERIOD:.0f}")
    else:
        (group / "cpu.max").write_text(f"{share * PERIOD:.0f} {PERIOD}")
    (group / "cgroup.procs").write_text(f"{pid}")


class Copy:
    """One copy of the service, in a process of its own; `share` of a processor is all that it may use."""

    def __init__(self, name: str, url: str, folder: Path, share: float | None = None) -> None:
        self.name, self.port, self._share = name, free_port(), share
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"{name}.log"
        self._environ = os.environ | {
            "PADWIJZER_DATABASE_URL": url,
            "PADWIJZER_DATA": str(folder),
            "PADWIJZER_SECRET": SECRET,
            "PADWIJZER_PORT": str(self.port),
            "PADWIJZER_BURST": "1000",
            "RASA_TELEMETRY_ENABLED": "false",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait until it is ready; returns how long that took."""
        begun = time.monotonic()
        with self._log.open("ab") as log:
            command = [sys.executable, "-W", "ignore", "-m", "bot"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() - begun > START:
                raise SystemExit(
                    f"copy {self.name} did not start:\n{self._log.read_text()[-2000:]}"
                )
            time.sleep(0.1)
        if self._share:  # from now on: how fast it starts is not the question
            hold_to(self._share, self.name, self.process.pid)
        return time.monotonic() - begun

    def kill(self) -> None:
        """As when its machine is switched off."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


class Nginx:
    """The configuration that is shipped, with ports of this run and a certificate of its own."""

    def __init__(self, copies: list[Copy], folder: Path) -> None:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise SystemExit("nginx is missing: apt-get install nginx-light")
        self._folder, self._port = folder, free_port()
        self.url = f"https://localhost:{self._port}"
        self._certify()
        (folder / "padwijzer.conf").write_text(self._configuration(copies))
        (folder / "nginx.conf").write_text(self._frame())
        self._command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]

    def start(self) -> None:
        subprocess.run([*self._command, "-t", "-q"], check=True)
        self.process = subprocess.Popen(self._command)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def _certify(self) -> None:
        key, certificate = self._folder / "privkey.pem", self._folder / "fullchain.pem"
        made = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ]
        made += [
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ]
        subprocess.run(made, check=True, capture_output=True)

    def _configuration(self, copies: list[Copy]) -> str:
        lines = [line for line in SHIPPED.read_text().splitlines() if "listen [::]" not in line]
        changed = "\n".join(lines)
        for old, new in (
            ("127.0.0.1:8000 ", f"127.0.0.1:{copies[0].port} "),
            ("127.0.0.1:8001 ", f"127.0.0.1:{copies[1].port} "),
            ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self._port} ssl"),
            ("<padwijzer.example.nl>", "localhost"),
            ("</etc/ssl/padwijzer/fullchain.pem>", str(self._folder / "fullchain.pem")),
            ("</etc/ssl/padwijzer/privkey.pem>", str(self._folder / "privkey.pem")),
        ):
            assert old in changed, f"{SHIPPED} has no {old}"
            changed = changed.replace(old, new)
        return changed

    def _frame(self) -> str:
        user = "user root;" if os.getuid() == 0 else ""
        here = self._folder
        return f"""
{user} daemon off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/nginx.log warn;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/f;
    uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
    include {here}/padwijzer.conf;
}}
"""


class Clocks:
    """Processor seconds of everything that takes part, looked at again and again: a connection may end in between."""

    def __init__(self, copies: list[Copy], nginx: Nginx, eyes: Engine) -> None:
        self._copies, self._nginx, self._eyes = copies, nginx, eyes
        self._first: dict[tuple[str, int], float] = {}
        self._last: dict[tuple[str, int], float] = {}
        self._all, self._begun = _busy(), time.monotonic()
        self._stopping = threading.Event()
        self._look(new=False)
        self._looking = threading.Thread(target=self._repeat, daemon=True)
        self._looking.start()

    def shares(self) -> dict[str, float]:
        """How many processors each part had since the start, on average; `other` is not of this run."""
        self._stopping.set()
        self._looking.join()
        passed = time.monotonic() - self._begun
        used = dict.fromkeys(("copies", "load maker", "nginx", "database"), 0.0)
        for (part, pid), last in self._last.items():
            used[part] += (last - self._first[part, pid]) / passed
        used["other"] = max(0.0, (_busy() - self._all) / passed - sum(used.values()))
        return {part: round(share, 2) for part, share in used.items()}

    def _repeat(self) -> None:
        while not self._stopping.wait(LOOK):
            self._look(new=True)

    def _look(self, *, new: bool) -> None:
        """`new`: a process that was not seen before has begun since, so that all it used counts."""
        for part, pid in self._processes():
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                every = [process, *process.children()] if part != "load maker" else [process]
                used = sum(t.user + t.system for t in (one.cpu_times() for one in every))
                self._first.setdefault((part, pid), 0.0 if new else used)
                self._last[part, pid] = used

    def _processes(self) -> Iterator[tuple[str, int]]:
        yield "load maker", os.getpid()
        yield "nginx", self._nginx.process.pid
        yield from (("copies", copy.process.pid) for copy in self._copies if copy.process)
        if self._eyes.url.host in (None, "", "127.0.0.1", "localhost", "::1"):
            query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            with self._eyes.connect() as db:
                yield from (("database", pid) for pid in db.execute(text(query)).scalars())


def _busy() -> float:
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq
