"""Looks up every locked package in the vulnerability databases of PyPI and npm: `make audit`.

A finding is gone (another version), or argued in `docs/audit.yml`; a database that cannot be asked is a failure, never a pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ARGUED = ROOT / "docs" / "audit.yml"
EXPORT = ("export", "--frozen", "--no-dev", "--no-emit-project", "--no-emit-local", "--quiet")
PIP_AUDIT = ("tool", "run", "--quiet", "pip-audit>=2.10,<3")
Run = Callable[[Sequence[str]], str]
"""Runs a command and gives what it prints, whatever its exit code."""


class Unreachable(Exception):
    """A database did not answer, or not for every package."""


@dataclass(frozen=True)
class Finding:
    package: str
    id: str
    aliases: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return self.aliases | {self.id}


@dataclass(frozen=True)
class Argument:
    package: str
    id: str
    why: str
    until: date


def run(command: Sequence[str]) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def python_findings(uv: str, run: Run = run) -> list[Finding]:
    """Of the packages of `uv.lock` that the service runs on."""
    with TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(run((uv, *EXPORT)), encoding="utf-8")
        options = ("--requirement", str(wanted), "--disable-pip", "--format", "json")
        return read_pip_audit(run((uv, *PIP_AUDIT, *options)), "--hash=" in wanted.read_text())


def read_pip_audit(said: str, has_packages: bool = True) -> list[Finding]:
    packages = _json(said, "PyPI").get("dependencies")
    if not packages or not has_packages:
        raise Unreachable("PyPI: no package was looked up")
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        raise Unreachable(f"PyPI: {len(skipped)} packages were not looked up, as {skipped[0]}")
    return [
        Finding(package["name"], flaw["id"], frozenset(flaw.get("aliases", ())))
        for package in packages
        for flaw in package["vulns"]
    ]


def widget_findings(npm: Sequence[str], run: Run = run) -> list[Finding]:
    """Of the packages of the widget and of what builds it."""
    return read_npm_audit(run((*npm, "--prefix", "bot/widget", "audit", "--json")))


def read_npm_audit(said: str) -> list[Finding]:
    found = _json(said, "npm")
    if "vulnerabilities" not in found:
        raise Unreachable(f"npm: {str(found.get('message', 'no answer'))[:120]}")
    return [
        Finding(name, str(via["url"]).rpartition("/")[2])
        for name, flaws in found["vulnerabilities"].items()
        for via in flaws["via"]
        if isinstance(via, Mapping)
    ]


def _json(said: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        raise Unreachable(f"{where}: no answer that can be read") from None
    if not isinstance(found, dict):
        raise Unreachable(f"{where}: another answer than expected")
    return found


def argued() -> list[Argument]:
    raw = yaml.safe_load(ARGUED.read_text(encoding="utf-8"))
    return [Argument(**entry) for entry in raw["argued"]]


def judge(found: Iterable[Finding], arguments: Iterable[Argument], today: date) -> list[str]:
    """What is wrong: a flaw without a reason, or with one that has run out."""
    reasons = {(one.package.lower(), one.id): one for one in arguments}
    wrong = []
    for flaw in found:
        known = [reasons.get((flaw.package.lower(), name)) for name in sorted(flaw.names)]
        reason = next((one for one in known if one), None)
        if reason is None:
            wrong.append(f"{flaw.package}: {flaw.id} is known, and nobody argued why it may stay")
        elif reason.until < today:
            wrong.append(f"{flaw.package}: {flaw.id} was argued until {reason.until}; look again")
    return wrong


def main(uv: str, npm: Sequence[str]) -> int:
    wrong: list[str] = []
    found: list[Finding] = []
    for look in (lambda: python_findings(uv), lambda: widget_findings(npm)):
        try:
            found += look()
        except Unreachable as error:
            wrong.append(f"not looked up: {error}")
    wrong += judge(found, argued(), datetime.now(UTC).date())
    print("\n".join(wrong) or f"{len(found)} known flaws, each argued in {ARGUED.name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
