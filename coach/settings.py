"""The environment, read once and typed. Every variable is explained in `.env.example`."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from coach.domain.checkin import Hours
from coach.domain.errors import CoachError, UnknownChoice
from coach.usecases.privacy import Terms

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "data" / "answers"
"""What the reader of answers learns from."""
NLU = ROOT / "data" / "nlu"
"""What Rasa learns intents from."""
READING = tuple(
    ROOT / "coach" / "language" / name
    for name in (
        *("cues.yml", "dutch.py", "encoder.py", "features.py"),
        *("lexicon.py", "linear.py", "mapped.py", "training.py"),
    )
)
"""What the features and the training of both readers are made of."""
ANSWER_SOURCES = (ANSWERS, *READING)
"""When one of these is newer than its model, the reader of answers learns again."""
ENCODER = "use"
SECRET_CHARACTERS = 32
SLACK = (
    "PADWIJZER_SLACK_BOT_TOKEN",
    "PADWIJZER_SLACK_SIGNING_SECRET",
    "PADWIJZER_SLACK_APP_TOKEN",
)
TEAMS = ("PADWIJZER_TEAMS_APP_ID", "PADWIJZER_TEAMS_PASSWORD", "PADWIJZER_TEAMS_TENANT")
OIDC = ("PADWIJZER_OIDC_ISSUER", "PADWIJZER_OIDC_CLIENT_ID", "PADWIJZER_OIDC_CLIENT_SECRET")
LOGS = ("text", "json")
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
MICROSOFT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class BadSetting(CoachError):
    """A setting is missing or makes no sense; names the variable and how to mend it."""


@dataclass(frozen=True)
class Slack:
    """What the Slack channel needs; it is on as soon as one of the secrets is given."""

    bot_token: str = ""
    signing_secret: str = ""
    """For requests that Slack sends us."""
    app_token: str = ""
    """For Socket Mode: we open the connection, so that no public address is needed."""
    api_url: str = "https://slack.com/api/"

    @property
    def wanted(self) -> bool:
        return bool(self.bot_token or self.signing_secret or self.app_token)

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables that are still to be set before Slack can work."""
        door = self.signing_secret or self.app_token
        return tuple(
            name
            for name, given in (
                (SLACK[0], self.bot_token),
                (f"{SLACK[1]} (or {SLACK[2]})", door),
            )
            if not given
        )


@dataclass(frozen=True)
class TeamsApp:
    """The bot as it is registered with Microsoft, for one organisation."""

    app_id: str
    password: str = field(repr=False)
    tenant: str


@dataclass(frozen=True)
class Oidc:
    """An organisation's own sign-in service, for the desk."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """How the desk is told by e-mail that somebody waits; off without a host."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    starttls: bool = True
    desk: str = ""
    """One address for all of the desk; without it every adviser gets mail."""


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
    teams: TeamsApp | None
    """None when nothing about Teams is set: that door stays shut."""
    contact: str
    """Whom users can reach when they ask for a person; empty when the operator named nobody."""
    encoder: str
    """Which sentence encoder both readers use; see `coach.language.encoder.build`."""
    hours: Hours
    """When the bot may write to somebody by itself."""
    pause: timedelta = timedelta(hours=4)
    """After so long without a word the bot says where the talk was, before it goes on."""
    code_lasts: timedelta = timedelta(days=7)
    """How long a personal code works."""
    slack: Slack = Slack()
    oidc: Oidc | None = None
    """None when advisers sign in with local accounts alone."""
    proxies: str = "127.0.0.1"
    """Whose word for where a request comes from is believed, as uvicorn reads it."""
    metrics_token: str | None = None
    """Wanted from who reads `/metrics` and is not on this machine; without it the own network may."""
    erased: Path | None = None
    """The list of who was erased, kept apart from the database: a restored backup is held to it."""
    log: str = "text"
    """How the lines of the log are written: as text or as JSON."""
    terms: Terms = field(default_factory=Terms)
    """How long data is kept."""
    mail: Mail = field(default_factory=Mail)

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
        models=_models(environ),
        host=environ.get("PADWIJZER_HOST") or "127.0.0.1",
        port=port,
        base_url=environ.get("PADWIJZER_BASE_URL", f"http://localhost:{port}").rstrip("/"),
        rest_token=environ.get("PADWIJZER_REST_TOKEN") or None,
        origins=_origins(environ),
        burst=_number(environ, "PADWIJZER_BURST", 10, least=1, most=1_000),
        secret=_secret(environ, data),
        teams=_teams(environ),
        contact=environ.get("PADWIJZER_CONTACT", ""),
        encoder=environ.get("PADWIJZER_ENCODER") or ENCODER,
        hours=_hours(environ),
        pause=timedelta(hours=_number(environ, "PADWIJZER_PAUSE_HOURS", 4, least=1, most=720)),
        code_lasts=timedelta(days=_number(environ, "PADWIJZER_CODE_DAYS", 7, least=1, most=90)),
        slack=_slack(environ),
        oidc=_oidc(environ),
        proxies=_proxies(environ),
        metrics_token=environ.get("PADWIJZER_METRICS_TOKEN") or None,
        erased=Path(environ.get("PADWIJZER_ERASED") or data / "erased.jsonl"),
        log=_log(environ),
        terms=Terms(
            months=_number(environ, "PADWIJZER_KEEP_MONTHS", 12, least=1, most=120),
            text_days=_number(environ, "PADWIJZER_KEEP_TEXT_DAYS", 30, least=1, most=3_650),
            sentence_days=_number(environ, "PADWIJZER_KEEP_SENTENCE_DAYS", 90, most=365),
            backup_days=_number(environ, "PADWIJZER_BACKUP_DAYS", 30, most=3_650),
        ),
        mail=_mail(environ),
    )


def _hours(environ: Mapping[str, str]) -> Hours:
    """Such as 9-17: from nine until five, on working days."""
    text = environ.get("PADWIJZER_HOURS", "9-17")
    first, dash, last = (part.strip() for part in text.partition("-"))
    try:
        if dash and first.isdecimal() and last.isdecimal():
            return Hours(int(first[:3]), int(last[:3]))
    except UnknownChoice:
        pass
    raise BadSetting(
        f"PADWIJZER_HOURS is {text!r}; set it to two whole hours of a day, for example 9-17"
    )


def _log(environ: Mapping[str, str]) -> str:
    kind = environ.get("PADWIJZER_LOG") or Settings.log
    if kind not in LOGS:
        raise BadSetting(f"PADWIJZER_LOG is {kind!r}; set it to {' or '.join(LOGS)}")
    return kind


def _models(environ: Mapping[str, str]) -> Path:
    """Where models are kept; another encoder has its own folder, because a model fits one encoder only."""
    folder = Path(environ.get("PADWIJZER_MODELS", ROOT / "models"))
    encoder = environ.get("PADWIJZER_ENCODER") or ENCODER
    return folder if encoder == ENCODER else folder / re.sub(r"\W+", "-", encoder)


def lacking(environ: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """By platform, the variables that are still to be set before it can be switched on."""
    return {
        "slack": _given_slack(environ).missing,
        "teams": tuple(name for name in TEAMS if not environ.get(name, "").strip()),
    }


def _slack(environ: Mapping[str, str]) -> Slack:
    found = _given_slack(environ)
    if found.wanted and found.missing:
        missing = " and ".join(found.missing)
        raise BadSetting(f"Slack is not complete: set {missing} as well (see docs/slack.en.md)")
    return found


def _given_slack(environ: Mapping[str, str]) -> Slack:
    bot_token, signing_secret, app_token = (environ.get(name, "").strip() for name in SLACK)
    api_url = environ.get("PADWIJZER_SLACK_API_URL") or Slack.api_url
    return Slack(bot_token, signing_secret, app_token, api_url)


def _mail(environ: Mapping[str, str]) -> Mail:
    host, user, password, sender, desk = (
        environ.get(f"PADWIJZER_{name}", "").strip()
        for name in ("SMTP_HOST", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM", "DESK_MAIL")
    )
    if host and not ADDRESS.fullmatch(sender):
        raise BadSetting("PADWIJZER_SMTP_FROM must be the e-mail address that mail is sent from")
    if desk and not ADDRESS.fullmatch(desk):
        raise BadSetting(f"PADWIJZER_DESK_MAIL is {desk!r}, which is no e-mail address")
    starttls = environ.get("PADWIJZER_SMTP_STARTTLS", "1")
    if starttls not in ("0", "1"):
        raise BadSetting(f"PADWIJZER_SMTP_STARTTLS is {starttls!r}; set it to 1 or 0")
    port = _number(environ, "PADWIJZER_SMTP_PORT", 587, least=1, most=65_535)
    return Mail(host, port, user, password, sender, starttls == "1", desk)


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


def _teams(environ: Mapping[str, str]) -> TeamsApp | None:
    """All three or none; an id with a slip of the pen would only show as messages that never come."""
    app_id, password, tenant = (environ.get(name, "").strip() for name in TEAMS)
    given = dict(zip(TEAMS, (app_id, password, tenant), strict=True))
    if not any(given.values()):
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise BadSetting(f"{' and '.join(missing)} must be set too for Teams; see docs/teams.en.md")
    for name, value in ((TEAMS[0], app_id), (TEAMS[2], tenant)):
        if not MICROSOFT_ID.fullmatch(value):
            raise BadSetting(
                f"{name} is no id as Microsoft gives them: "
                "32 hexadecimal digits in five groups with dashes in between"
            )
    return TeamsApp(app_id.lower(), password, tenant.lower())


def _oidc(environ: Mapping[str, str]) -> Oidc | None:
    """All three or none, and a service that nobody on the way can read along with."""
    issuer, client_id, client_secret = (environ.get(name, "").strip() for name in OIDC)
    given = dict(zip(OIDC, (issuer, client_id, client_secret), strict=True))
    if not any(given.values()):
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise BadSetting(f"{' and '.join(missing)} must be set too for signing in at the desk")
    parts = urlsplit(issuer)
    is_near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and is_near)):
        raise BadSetting(
            f"{OIDC[0]} is {issuer!r}; set it to the https address by which the service calls itself"
        )
    return Oidc(issuer.rstrip("/"), client_id, client_secret)


def _proxies(environ: Mapping[str, str]) -> str:
    """Addresses and networks, with commas in between."""
    text = environ.get("PADWIJZER_PROXIES", Settings.proxies)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        try:
            ip_network(part, strict=False)
        except ValueError:
            raise BadSetting(
                f"PADWIJZER_PROXIES has {part!r}; name addresses or networks, such as 10.0.0.0/24"
            ) from None
    return ",".join(parts)


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
