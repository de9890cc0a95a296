"""Builds the app package that an administrator uploads to Teams: `make teams-package`."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from coach.domain.errors import CoachError
from coach.report.figure import to_png
from coach.settings import ROOT, BadSetting, Settings, TeamsApp, read

HERE = Path(__file__).parent
TARGET = ROOT / "build" / "padwijzer-teams.zip"
MANIFEST_VERSION = "1.17"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"
ICONS = {"color": 192, "outline": 32}
"""Their widths in pixels, as Teams prescribes."""
SCOPES = ["personal", "team", "groupChat"]
SAME_DAY = (2020, 1, 1, 0, 0, 0)
"""Time of every file in the package, so that the same input gives the same package."""


def build(settings: Settings) -> bytes:
    """The package as a zip; BadSetting names what is missing."""
    if settings.teams is None:
        raise BadSetting(
            "PADWIJZER_TEAMS_APP_ID, PADWIJZER_TEAMS_PASSWORD and PADWIJZER_TEAMS_TENANT are not "
            "set; docs/teams.en.md says how to get them"
        )
    address = urlsplit(settings.base_url)
    if address.scheme != "https" or not address.hostname:
        raise BadSetting(
            f"PADWIJZER_BASE_URL is {settings.base_url!r}; Teams wants an address that begins with https://"
        )
    told = manifest(settings.teams, settings.base_url, address.hostname, _texts())
    files = {"manifest.json": json.dumps(told, ensure_ascii=False, indent=2).encode()}
    for name, width in ICONS.items():
        svg = (HERE / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        files[f"{name}.png"] = to_png(svg, width)
    return _zipped(files)


def manifest(app: TeamsApp, base_url: str, host: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    """What Teams has to know of the app."""
    bot = {
        "botId": app.app_id,
        "scopes": SCOPES,
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": [{"scopes": SCOPES, "commands": texts["commands"]}],
    }
    return {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": texts["version"],
        "id": app.app_id,
        "developer": {
            "name": texts["developer"],
            "websiteUrl": base_url,
            "privacyUrl": base_url,
            "termsOfUseUrl": base_url,
        },
        "localizationInfo": {"defaultLanguageTag": "nl-nl"},
        "name": {"short": texts["name"], "full": texts["full_name"]},
        "description": {"short": texts["short"], "full": texts["long"]},
        "icons": {name: f"{name}.png" for name in ICONS},
        "accentColor": texts["accent"],
        "bots": [bot],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host],
    }


def _texts() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / "app.yml").read_text(encoding="utf-8"))
    return found


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, SAME_DAY), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def main() -> int:
    try:
        package = build(read())
    except CoachError as error:
        print(f"The package for Teams cannot be made: {error}", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(package)
    print(f"Made {TARGET.relative_to(ROOT)}: upload it in the Teams admin center.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
