"""Settings: all of them explained in `.env.example`, bad ones named, and one secret for good."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.domain.checkin import Hours
from coach.settings import ROOT, BadSetting, Settings, read

EXAMPLE = ROOT / ".env.example"
LINE = re.compile(r"^#?(PADWIJZER_[A-Z_]+)=(.*)$", re.MULTILINE)
NAME = re.compile(r"PADWIJZER_[A-Z_]+")
FOR_RASA = ("endpoints.yml", "credentials.yml")
SWITCHES = {"PADWIJZER_LEAN", "PADWIJZER_QUICK"}
"""Read by `bot/lean.py` before anything of ours can be imported, and by `bot/quick.py` of Rasa's pieces."""
LONG_ENOUGH = "s" * 32


class Watched(dict[str, str]):
    """An environment that remembers which variables it was asked for."""

    def __init__(self, **given: str) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def explained() -> dict[str, str]:
    """Every variable of `.env.example` with the value that stands there."""
    return dict(LINE.findall(EXAMPLE.read_text(encoding="utf-8")))


def expanded(file: str) -> set[str]:
    """The variables that one of Rasa's own files takes from the environment."""
    return set(re.findall(r"\$\{(\w+)\}", (ROOT / file).read_text(encoding="utf-8")))


def sources() -> Iterator[Path]:
    for room in ("actions", "bot", "coach"):
        yield from (ROOT / room).rglob("*.py")
    yield from ROOT.glob("*.yml")


def settings(data: Path, **given: str) -> Settings:
    return read({"PADWIJZER_DATA": str(data), **given})


# --- .env.example ----------------------------------------------------------------------------


def test_every_variable_that_is_read_is_explained_and_no_other(tmp_path: Path) -> None:
    watched = Watched(PADWIJZER_DATA=str(tmp_path))
    read(watched)
    wanted = watched.asked | SWITCHES.union(*(expanded(file) for file in FOR_RASA))
    assert sorted(explained()) == sorted(wanted)


def test_no_other_file_knows_a_variable_that_is_not_explained() -> None:
    known = explained()
    unknown = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources()
        for name in NAME.findall(file.read_text(encoding="utf-8"))
        if name not in known
    }
    assert unknown == set()


def test_each_variable_stands_there_once_under_its_own_comment() -> None:
    blocks = EXAMPLE.read_text(encoding="utf-8").strip().split("\n\n")
    assert not LINE.findall(blocks[0]), "the first block says how to use the file"
    for block in blocks[1:]:
        *comment, variable = block.splitlines()
        assert LINE.fullmatch(variable) and len(LINE.findall(block)) == 1, block
        assert 1 <= len(comment) <= 2 and all(line.startswith("# ") for line in comment), block


def test_the_defaults_told_are_the_real_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    told = {n: v for n, v in explained().items() if n != "PADWIJZER_DATA"}
    default, from_file = settings(tmp_path), settings(tmp_path, **told)
    for name in (
        "database_url", "host", "port", "base_url", "rest_token", "origins", "burst", "secret",
        "contact", "teams",
    ):  # fmt: skip
        assert getattr(from_file, name) == getattr(default, name), name
    assert from_file.content.resolve() == default.content
    assert from_file.models.resolve() == default.models
    assert (ROOT / explained()["PADWIJZER_DATA"]).name == "var"


# --- values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PADWIJZER_PORT", "acht"),
        ("PADWIJZER_PORT", ""),
        ("PADWIJZER_PORT", "-1"),
        ("PADWIJZER_PORT", "80.5"),
        ("PADWIJZER_PORT", "70000"),
        ("PADWIJZER_PORT", "8²"),
        ("PADWIJZER_BURST", "0"),
        ("PADWIJZER_BURST", "veel"),
        ("PADWIJZER_ORIGINS", "*"),
        ("PADWIJZER_ORIGINS", "null"),
        ("PADWIJZER_ORIGINS", "intranet.example.nl"),
        ("PADWIJZER_ORIGINS", "https://*.example.nl"),
        ("PADWIJZER_ORIGINS", "https://goed.example.nl, https://fout.example.nl/pad"),
        ("PADWIJZER_SECRET", "te kort"),
        ("PADWIJZER_SECRET", LONG_ENOUGH[1:]),
    ],
)
def test_a_bad_value_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        settings(tmp_path, **{name: value})


def test_a_bad_secret_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refused:
        settings(tmp_path, PADWIJZER_SECRET="hunter2")
    assert "hunter2" not in str(refused.value)


def test_addresses_follow_the_port_and_the_data_folder(tmp_path: Path) -> None:
    found = settings(tmp_path, PADWIJZER_PORT="8123")
    assert found.base_url == "http://localhost:8123"
    assert found.database_url == f"sqlite:///{tmp_path / 'padwijzer.db'}"


def test_a_slash_behind_the_address_is_dropped(tmp_path: Path) -> None:
    found = settings(tmp_path, PADWIJZER_BASE_URL="https://pad.example.nl/")
    assert found.base_url == "https://pad.example.nl"


def test_origins_are_read_as_a_browser_names_them(tmp_path: Path) -> None:
    found = settings(tmp_path, PADWIJZER_ORIGINS="https://Intranet.example.nl/ ,http://a.nl:81,")
    assert found.origins == ("https://intranet.example.nl", "http://a.nl:81")
    assert settings(tmp_path).origins == ()


def test_an_empty_token_is_none(tmp_path: Path) -> None:
    assert settings(tmp_path, PADWIJZER_REST_TOKEN="").rest_token is None


# --- Teams -----------------------------------------------------------------------------------

TEAMS = {
    "PADWIJZER_TEAMS_APP_ID": "C9E8C047-2A74-40A2-B28A-B162D5F5327C",
    "PADWIJZER_TEAMS_PASSWORD": "a client secret",
    "PADWIJZER_TEAMS_TENANT": "72f988bf-86f1-41af-91ab-2d7cd011db47",
}


def test_teams_is_known_by_three_variables(tmp_path: Path) -> None:
    found = settings(tmp_path, **TEAMS).teams
    assert found is not None
    assert found.app_id == TEAMS["PADWIJZER_TEAMS_APP_ID"].lower()
    assert found.tenant == TEAMS["PADWIJZER_TEAMS_TENANT"]
    assert found.password not in repr(found)


@pytest.mark.parametrize("missing", TEAMS)
def test_what_is_missing_for_teams_is_named(tmp_path: Path, missing: str) -> None:
    with pytest.raises(BadSetting, match=missing) as refused:
        settings(tmp_path, **{name: value for name, value in TEAMS.items() if name != missing})
    assert not any(name in str(refused.value) for name in TEAMS if name != missing)


@pytest.mark.parametrize("name", ["PADWIJZER_TEAMS_APP_ID", "PADWIJZER_TEAMS_TENANT"])
def test_an_id_of_teams_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        settings(tmp_path, **{**TEAMS, name: "contoso.onmicrosoft.com"})


# --- the secret ------------------------------------------------------------------------------


def test_the_secret_is_made_once_and_stays(tmp_path: Path) -> None:
    first, second = settings(tmp_path).secret, settings(tmp_path).secret
    assert first == second
    assert len(first) >= len(LONG_ENOUGH)
    assert settings(tmp_path / "other").secret != first


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_read_the_secret(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        settings(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_the_data_folder_is_made_for_it(tmp_path: Path) -> None:
    assert settings(tmp_path / "deep" / "var").secret
    assert (tmp_path / "deep" / "var" / "secret").is_file()


def test_a_given_secret_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert settings(tmp_path, PADWIJZER_SECRET=LONG_ENOUGH).secret == LONG_ENOUGH.encode()
    assert list(tmp_path.iterdir()) == []


# --- hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "9", "17-9", "9-9", "9-25", "negen-vijf", "9-17-20", "-1-5"])
def test_hours_that_are_none_are_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSetting, match="PADWIJZER_HOURS"):
        settings(tmp_path, PADWIJZER_HOURS=text)


def test_hours_are_from_nine_until_five_unless_set(tmp_path: Path) -> None:
    assert settings(tmp_path).hours == Hours(9, 17)
    assert settings(tmp_path, PADWIJZER_HOURS="8-20").hours == Hours(8, 20)
