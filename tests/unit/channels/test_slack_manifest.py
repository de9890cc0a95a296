"""The app manifest and the set-up pages say what the channel really uses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.slack.bolt import COMMAND, EVENTS
from bot.channels.slack.door import PATH
from coach.language.readability import MAX_WORDS, MEAN_WORDS, reading
from coach.settings import ROOT, BadSetting, read

MANIFEST = ROOT / "deploy" / "slack" / "manifest.yml"
TEXTS = ROOT / "bot" / "channels" / "slack" / "texts.yml"
PAGES = ("slack.md", "slack.en.md")
SUBSCRIPTIONS = {
    "message": "message.im",
    "app_mention": "app_mention",
    "app_home_opened": "app_home_opened",
}
SCOPES = {
    "chat_postMessage": "chat:write",
    "files_upload_v2": "files:write",
    "views_publish": None,
    "COMMAND": "commands",
    "message": "im:history",
    "app_mention": "app_mentions:read",
    '{"channel": user}': "im:write",
}
"""What the code does, and the scope that Slack wants for it (docs.slack.dev)."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load(MANIFEST.read_text(encoding="utf-8")))


def _code() -> str:
    files = sorted((ROOT / "bot" / "channels" / "slack").glob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_address_is_the_route_of_the_door(manifest: dict[str, Any]) -> None:
    found = re.findall(r"url: (\S+)", MANIFEST.read_text(encoding="utf-8"))
    assert found == [f"https://pad.example.nl{PATH}"] * 3


def test_the_events_are_those_that_are_listened_to(manifest: dict[str, Any]) -> None:
    asked = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(asked) == sorted(SUBSCRIPTIONS[event] for event in EVENTS)
    assert set(re.findall(r'@made\.event\("(\w+)"\)', _code())) == set(EVENTS)


def test_the_scopes_are_those_that_are_used_and_no_others(manifest: dict[str, Any]) -> None:
    code = _code()
    calls = set(re.findall(r"_client\.(\w+)\(", code))
    assert calls <= set(SCOPES), "a new call of Slack: which scope does it want?"
    used = {scope for what, scope in SCOPES.items() if scope and what in code}
    assert used == set(manifest["oauth_config"]["scopes"]["bot"])


def test_the_command_is_ours(manifest: dict[str, Any]) -> None:
    [command] = manifest["features"]["slash_commands"]
    assert command["command"] == COMMAND


def test_people_can_write_to_the_bot_and_see_its_home(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] and home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert manifest["settings"]["interactivity"]["is_enabled"]


def test_it_keeps_to_the_limits_of_slack(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35 and len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])


@pytest.mark.parametrize("page", PAGES)
def test_the_set_up_pages_name_every_scope_and_setting(manifest: dict[str, Any], page: str) -> None:
    words = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for scope in manifest["oauth_config"]["scopes"]["bot"]:
        assert f"`{scope}`" in words
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for setting in re.findall(r"PADWIJZER_SLACK_\w+", example):
        assert f"`{setting}`" in words
    assert COMMAND in words


@pytest.mark.parametrize("page", PAGES)
def test_the_set_up_pages_link_to_files_that_exist(page: str) -> None:
    folder = ROOT / "docs"
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (folder / page).read_text(encoding="utf-8"))
    assert links and all((folder / link).exists() for link in links)


# --- settings ------------------------------------------------------------------------------------


def _read(tmp_path: Path, **given: str) -> Any:
    named = {f"PADWIJZER_SLACK_{name}": value for name, value in given.items()}
    return read({"PADWIJZER_DATA": str(tmp_path), **named}).slack


def test_slack_is_off_by_default(tmp_path: Path) -> None:
    assert not _read(tmp_path).wanted
    assert _read(tmp_path).missing


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"BOT_TOKEN": "xoxb-1"}, "PADWIJZER_SLACK_SIGNING_SECRET"),
        ({"SIGNING_SECRET": "s"}, "PADWIJZER_SLACK_BOT_TOKEN"),
        ({"APP_TOKEN": "xapp-1"}, "PADWIJZER_SLACK_BOT_TOKEN"),
    ],
)
def test_half_a_set_up_names_what_is_missing(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    with pytest.raises(BadSetting, match=missing) as refused:
        _read(tmp_path, **given)
    assert not any(value in str(refused.value) for value in given.values() if len(value) > 1)


@pytest.mark.parametrize("door", ["SIGNING_SECRET", "APP_TOKEN"])
def test_either_door_is_enough(tmp_path: Path, door: str) -> None:
    found = _read(tmp_path, BOT_TOKEN="xoxb-1", **{door: " abc "})
    assert found.wanted and not found.missing
    assert "abc" in (found.signing_secret, found.app_token)


# --- Dutch ---------------------------------------------------------------------------------------


def _said(texts: Any) -> list[str]:
    if isinstance(texts, dict):
        return [text for part in texts.values() for text in _said(part)]
    return [str(texts)]


def test_what_people_read_is_plain_dutch() -> None:
    shown = _said(yaml.safe_load(TEXTS.read_text(encoding="utf-8")))
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["display_information"]
    shown += [manifest["description"], manifest["long_description"]]
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    shown += re.sub(r"[|`*\[\]]", "\n", page).splitlines()
    measured = reading(shown)
    assert measured.mean_words <= MEAN_WORDS, measured
    assert measured.longest_words <= MAX_WORDS, measured.longest
