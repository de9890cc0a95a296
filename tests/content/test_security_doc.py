"""`docs/security.en.md` tells what is so: keys, cryptography, limits, connections and logs are compared with the code."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from bot.channels import guard
from bot.channels.slack import door as slack
from bot.inside import ACTION_SECONDS
from coach.desk import door, forms, sign_in
from coach.settings import read
from coach.store import advisers, passwords

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "security.en.md").read_text(encoding="utf-8")
FILES = sorted(f for room in ("bot", "coach", "actions") for f in (ROOT / room).rglob("*.py")
               if "node_modules" not in f.parts)  # fmt: skip
CRYPTOGRAPHY = ("hashlib.", "hmac.", "jwt.encode", "jwt.decode", "secrets.", "PasswordHasher")
CALLS_OUT = ("aiohttp", "httpx", "requests", "smtplib", "slack_sdk", "slack_bolt", "urllib.request",
             "ftplib", "imaplib", "http.client", "websockets", "paramiko", "telnetlib", "boto3")  # fmt: skip


def section(title: str) -> str:
    [found] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", DOC, re.MULTILINE | re.DOTALL)
    return str(found)


def quoted(title: str) -> list[str]:
    return re.findall(r"`([^`]+)`", section(title))


@cache
def _trees() -> dict[str, ast.Module]:
    return {str(f.relative_to(ROOT)): ast.parse(f.read_text(encoding="utf-8")) for f in FILES}


def _calls(tree: ast.Module) -> list[str]:
    return [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)]


def _imports(tree: ast.Module) -> set[str]:
    plain = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return plain | {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def test_every_use_of_cryptography_is_in_the_inventory_and_no_other() -> None:
    used = {
        f for f, tree in _trees().items() if any(c.startswith(CRYPTOGRAPHY) for c in _calls(tree))
    }
    told = {name for name in quoted("Cryptography") if name.endswith(".py")}
    assert told == used


def test_every_secret_setting_is_in_the_inventory() -> None:
    names = re.findall(r"^#?(PADWIJZER_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    secret = {n for n in names if re.search(r"SECRET|TOKEN|PASSWORD|DATABASE_URL", n)}
    assert set(quoted("Keys and other secrets")) == secret


def test_every_event_of_the_logs_is_in_the_inventory_and_no_other() -> None:
    logged = {
        str(n.args[0].value).split()[0]
        for tree in _trees().values()
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func).startswith("log.")
        if n.args and isinstance(n.args[0], ast.Constant)
    }
    told = set(re.findall(r"`(\w+\.\w+)`", section("Logs")))
    assert told == logged and all(re.fullmatch(r"[a-z]+\.[a-z_]+", event) for event in logged)


def test_logs_go_to_standard_error_alone() -> None:
    made = [(f, c) for f, tree in _trees().items() for c in _calls(tree)
            if re.search(r"FileHandler|SysLogHandler|HTTPHandler|SMTPHandler|SocketHandler", c)]  # fmt: skip
    assert made == []


def test_only_the_files_that_are_named_can_call_others() -> None:
    able = {f for f, tree in _trees().items() if any(
        name == lib or name.startswith(f"{lib}.") for name in _imports(tree) for lib in CALLS_OUT)}  # fmt: skip
    told = {name for name in quoted("Connections to others") if name.endswith(".py")}
    assert told == able


def test_every_setting_that_opens_a_connection_exists() -> None:
    known = (ROOT / ".env.example").read_text()
    told = [name for name in quoted("Connections to others") if name.startswith("PADWIJZER_")]
    assert len(told) == 5 and all(f"{name}=" in known for name in told)


LIMITS = {
    "a text": f"{guard.MOST_CHARACTERS} characters",
    "a body of JSON": f"{guard.MOST_BYTES} bytes",
    "a body of Slack": f"{slack.MOST_BODY} bytes",
    "an id": f"{guard.MOST_ID} characters",
    "messages of one sender at once": str(
        read({"PADWIJZER_SECRET": "x" * 32, "PADWIJZER_DATA": "unused"}).burst
    ),
    "a form of the desk": f"{forms.MOST_BYTES} bytes, {forms.MOST_FIELDS} fields",
    "a password": f"{passwords.FEWEST} to {passwords.MOST} characters",
    "wrong passwords of one account before waiting begins": str(sign_in.FREE_TRIES),
    "wrong passwords from one address in a quarter of an hour": str(sign_in.MOST_FROM_ADDRESS),
    "passwords checked at the same time": str(door.AT_ONCE),
    "an action": f"{ACTION_SECONDS:.0f} seconds",
}


def test_the_limits_that_are_told_are_the_real_ones() -> None:
    told = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", section("Limits"), re.MULTILINE))
    told.pop("What")
    assert told == LIMITS


def test_the_ends_of_sessions_that_are_told_are_the_real_ones() -> None:
    hours = [int(span.total_seconds() // 3600) for span in (advisers.IDLE, advisers.LONGEST)]
    assert f"after {hours[0]} hours without use and after {hours[1]} hours in any case" in DOC


def test_the_words_that_no_password_may_lean_on_are_told() -> None:
    assert quoted("Sessions and accounts") == list(passwords.CONTEXT)


@pytest.mark.parametrize("title", ["Who may what", "Kinds of data", "Packages", "Behind a proxy"])
def test_what_an_auditor_asks_for_is_there(title: str) -> None:
    assert len(section(title)) > 300
