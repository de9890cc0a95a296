"""The environment, read once and typed. Every variable is explained in `.env.example`."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.domain.errors import CoachError

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "data" / "answers"
"""What the reader of answers learns from."""
SECRET_CHARACTERS = 32


class BadSetting(CoachError):
    """A setting is missing or makes no sense; names the variable and how to mend it."""


@dataclass(frozen=True)
class Settings:
    data: Path
    """Folder for the database, the secret and logs."""
    database_url: str
    content: Path
    models: Path
    host: str
    port: int
    base_url: str
    """The address under which users reach the service; pictures are linked under it."""
    rest_token: str | None
    """Wanted from REST callers that are not on this machine."""
    origins: tuple[str, ...]
    """Other sites that may show the widget, as a browser names them."""
    burst: int
    """Messages that one person may send at once; after that one a second."""
    secret: bytes
    """Key for the hashes of channel ids and for web sessions."""
    contact: str
    """Whom users can reach when they ask for a person; empty when the operator named nobody."""

    @property
    def answers_model(self) -> Path:
        """What the reader of answers learnt."""
        return self.models / "answers.npz"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings; BadSetting names the first that is wrong."""
    data = Path(environ.get("PADWIJZER_DATA", ROOT / "var"))
    port = _number(environ, "PADWIJZER_PORT", 8000, most=65_535)
    return Settings(
        data=data,
        database_url=environ.get("PADWIJZER_DATABASE_URL") or f"sqlite:///{data / 'padwijzer.db'}",
        content=Path(environ.get("PADWIJZER_CONTENT", ROOT / "content")),
        models=Path(environ.get("PADWIJZER_MODELS", ROOT / "models")),
        host=environ.get("PADWIJZER_HOST") or "127.0.0.1",
        port=port,
        base_url=environ.get("PADWIJZER_BASE_URL", f"http://localhost:{port}").rstrip("/"),
        rest_token=environ.get("PADWIJZER_REST_TOKEN") or None,
        origins=_origins(environ),
        burst=_number(environ, "PADWIJZER_BURST", 10, least=1, most=1_000),
        secret=_secret(environ, data),
        contact=environ.get("PADWIJZER_CONTACT", ""),
    )


def _number(
    environ: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int
) -> int:
    text = environ.get(name, str(default))
    fits = text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most
    if not fits:
        raise BadSetting(
            f"{name} is {text!r}; set it to a whole number up to {most}, for example {default}"
        )
    return int(text)


def _origins(environ: Mapping[str, str]) -> tuple[str, ...]:
    given = (part.strip() for part in environ.get("PADWIJZER_ORIGINS", "").split(","))
    origins = tuple(origin.rstrip("/").lower() for origin in given if origin)
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s*@?#]+", origin):
            raise BadSetting(
                f"PADWIJZER_ORIGINS has {origin!r}; name sites as https://intranet.example.nl, "
                "with commas in between"
            )
    return origins


def _secret(environ: Mapping[str, str], data: Path) -> bytes:
    """From the environment, else a random one made once and kept in the data folder."""
    given = environ.get("PADWIJZER_SECRET", "")
    if given:
        if len(given) < SECRET_CHARACTERS:
            raise BadSetting(
                f"PADWIJZER_SECRET is too short; use at least {SECRET_CHARACTERS} characters"
            )
        return given.encode()
    file = data / "secret"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        made = data / f"secret.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32))
        made.rename(file)  # whole or not at all, also when two copies start at once
    kept = file.read_text().strip()
    if len(kept) < SECRET_CHARACTERS:
        raise BadSetting(f"{file} is damaged; remove it, and a new one is made at the next start")
    return kept.encode()
