"""`make audit`: a flaw is gone or argued, and a database that does not answer is never a pass."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import known_flaws
import pytest
from known_flaws import Argument, Finding, Unreachable, judge, read_npm_audit, read_pip_audit

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 27)
FLAW = Finding("Skops", "PYSEC-2025-1", frozenset({"CVE-2025-54412"}))


def argument(until: date, id: str = "CVE-2025-54412", package: str = "skops") -> Argument:
    return Argument(package, id, "why", until)


def test_an_argued_flaw_is_no_trouble_until_its_day() -> None:
    assert judge([FLAW], [argument(TODAY)], TODAY) == []
    [said] = judge([FLAW], [argument(date(2026, 11, 26))], TODAY)
    assert "look again" in said


@pytest.mark.parametrize(
    "other", [[], [argument(TODAY, id="CVE-2025-1")], [argument(TODAY, package="sanic")]]
)
def test_a_flaw_that_nobody_argued_is_named(other: list[Argument]) -> None:
    [said] = judge([FLAW], other, TODAY)
    assert "Skops" in said and "PYSEC-2025-1" in said


def test_what_pip_audit_finds_is_read() -> None:
    vuln = {"id": "PYSEC-2025-1", "aliases": ["CVE-2025-54412"], "fix_versions": ["0.12"]}
    packages = [{"name": "Skops", "version": "0.9.0", "vulns": [vuln]}, {"name": "a", "vulns": []}]
    assert read_pip_audit(json.dumps({"dependencies": packages, "fixes": []})) == [FLAW]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Traceback (most recent call last)",
        "[]",
        "{}",
        '{"dependencies": []}',
        '{"dependencies": [{"name": "a", "vulns": []}, {"name": "b", "skip_reason": "not found"}]}',
    ],
)
def test_a_database_of_python_that_does_not_answer_is_no_pass(said: str) -> None:
    with pytest.raises(Unreachable):
        read_pip_audit(said)


def test_what_npm_finds_is_read_once_for_each_flaw() -> None:
    flaw = {"url": "https://github.com/advisories/GHSA-aaaa", "title": "x"}
    found = {"marked": {"via": [flaw]}, "widget": {"via": ["marked"]}}
    assert read_npm_audit(json.dumps({"vulnerabilities": found})) == [
        Finding("marked", "GHSA-aaaa")
    ]
    assert read_npm_audit('{"auditReportVersion": 2, "vulnerabilities": {}}') == []


@pytest.mark.parametrize("said", ["", "npm error", "null", '{"message": "405 Method Not Allowed"}'])
def test_a_database_of_npm_that_does_not_answer_is_no_pass(said: str) -> None:
    with pytest.raises(Unreachable):
        read_npm_audit(said)


def test_without_any_answer_the_audit_fails_and_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(_: Sequence[str]) -> str:
        return ""

    for name in ("python_findings", "widget_findings"):
        real = getattr(known_flaws, name)
        monkeypatch.setattr(known_flaws, name, lambda tool, real=real: real(tool, silent))
    assert known_flaws.main("uv", ["npm"]) == 1
    said = capsys.readouterr().out
    assert "PyPI" in said and "npm" in said


def test_every_argument_is_about_a_package_that_is_locked() -> None:
    locked = {p["name"] for p in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    found = known_flaws.argued()
    assert found and {one.package for one in found} <= locked
    assert all(len(one.why) > 30 and isinstance(one.until, date) for one in found)
    assert len({(one.package, one.id) for one in found}) == len(found)


def test_every_locked_package_comes_from_pypi_or_npm_and_is_known_by_its_hash() -> None:
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        source = package["source"]
        if "registry" not in source:
            assert package["name"] in ("padwijzer", "padwijzer-autostart"), package["name"]
            continue
        assert source["registry"] == "https://pypi.org/simple"
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        assert files and all(file["hash"].startswith("sha256:") for file in files)
    widget = json.loads((ROOT / "bot/widget/package-lock.json").read_text())["packages"]
    for name, package in widget.items():
        assert not name or package["integrity"].startswith("sha512-"), name
