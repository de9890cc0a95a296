"""The app package: complete, within Teams's limits, and the same each time."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from microsoft import APP

from bot.channels.teams.package import ICONS, build
from coach.settings import BadSetting, read

ROOT = Path(__file__).parents[3]
GIVEN = {
    "PADWIJZER_SECRET": "s" * 32,
    "PADWIJZER_BASE_URL": "https://pad.example.nl/leren/",
    "PADWIJZER_TEAMS_APP_ID": APP.app_id,
    "PADWIJZER_TEAMS_PASSWORD": APP.password,
    "PADWIJZER_TEAMS_TENANT": APP.tenant,
}


@pytest.fixture(scope="module")
def package() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(build(read(GIVEN))))


@pytest.fixture(scope="module")
def manifest(package: zipfile.ZipFile) -> dict[str, Any]:
    return dict(json.loads(package.read("manifest.json")))


def test_everything_lies_at_the_top_of_the_package(package: zipfile.ZipFile) -> None:
    assert sorted(package.namelist()) == ["color.png", "manifest.json", "outline.png"]


@pytest.mark.parametrize(("name", "width"), ICONS.items())
def test_an_icon_has_the_size_that_teams_wants(
    package: zipfile.ZipFile, name: str, width: int
) -> None:
    png = package.read(f"{name}.png")
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (width, width)


def test_the_texts_are_within_the_limits(manifest: dict[str, Any]) -> None:
    assert len(manifest["name"]["short"]) <= 30 and len(manifest["name"]["full"]) <= 100
    assert len(manifest["description"]["short"]) <= 80
    assert len(manifest["description"]["full"]) <= 4000
    assert len(manifest["developer"]["name"]) <= 32
    [commands] = manifest["bots"][0]["commandLists"]
    assert 1 <= len(commands["commands"]) <= 10
    for command in commands["commands"]:
        assert len(command["title"]) <= 32 and len(command["description"]) <= 128


def test_the_manifest_names_this_bot_and_this_service(manifest: dict[str, Any]) -> None:
    [bot] = manifest["bots"]
    assert manifest["id"] == bot["botId"] == APP.app_id
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert manifest["validDomains"] == ["pad.example.nl"]
    addresses = [v for key, v in manifest["developer"].items() if key.endswith("Url")]
    assert addresses and all(address.startswith("https://") for address in addresses)
    assert manifest["icons"] == {"color": "color.png", "outline": "outline.png"}


def test_no_secret_is_in_the_package(package: zipfile.ZipFile) -> None:
    assert APP.password not in package.read("manifest.json").decode()


def test_the_same_settings_make_the_same_package() -> None:
    assert build(read(GIVEN)) == build(read(GIVEN))


@pytest.mark.parametrize(
    ("without", "named"),
    [
        (["PADWIJZER_BASE_URL"], "PADWIJZER_BASE_URL"),
        ([name for name in GIVEN if "TEAMS" in name], "PADWIJZER_TEAMS_APP_ID"),
    ],
)
def test_what_is_missing_is_named(without: list[str], named: str) -> None:
    given = {name: value for name, value in GIVEN.items() if name not in without}
    with pytest.raises(BadSetting, match=named):
        build(read(given))


def test_making_it_loads_no_rasa(tmp_path: Path) -> None:
    environ = {**os.environ, **GIVEN}
    code = (
        "import sys; from bot.channels.teams import package; from coach.settings import read; "
        "package.build(read()); sys.exit(any(m.split('.')[0] == 'rasa' for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, check=False)
    assert done.returncode == 0
