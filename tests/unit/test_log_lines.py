"""Lines of the log: an event and its values, as text or as JSON, and nothing that anybody wrote."""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.logs import AsJson, AsText
from coach.settings import ROOT

EVENT = re.compile(r"[a-z]+\.[a-z_]+( \w+=(%s|\w+|'[^']*'))*|retention\.done %s")
LEVELS = ("debug", "info", "warning", "error", "critical", "exception")
WORDS = "zwaluwstaartje"


def line(name: str, message: str, *args: object, error: Exception | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, told)
    texts = [AsText().format(record), AsJson().format(record)]
    assert all("\n" not in text for text in texts)
    return "\n".join(texts)


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for room in ("actions", "bot", "coach"):
        for file in (ROOT / room).rglob("*.py"):
            if "node_modules" in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Attribute(ast.Name("log"), kind)) if kind in LEVELS:
                        yield file, node


def test_every_line_is_an_event_with_values_by_name() -> None:
    found = list(calls())
    assert len(found) > 30
    for file, call in found:
        form = call.args[0]
        assert isinstance(form, ast.Constant), f"{file.name}:{call.lineno}"
        assert EVENT.fullmatch(str(form.value)), f"{file.name}:{call.lineno} {form.value}"
        assert not call.keywords, f"{file.name}:{call.lineno}: an error's own text is not logged"


def test_json_has_the_values_by_name() -> None:
    told = json.loads(
        line("padwijzer.turns", "turn.failed message=%s why=%s", 12, "gave up").split("\n")[1]
    )
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "error", "logger": "padwijzer.turns", "event": "turn.failed", "message": 12, "why": "gave up",
    }  # fmt: skip


def test_json_has_values_that_were_written_out() -> None:
    told = json.loads(line("padwijzer", "retention.done %s", "talks=2 texts=0").split("\n")[1])
    assert (told["event"], told["talks"], told["texts"]) == ("retention.done", 2, 0)
    told = json.loads(line("padwijzer", "widget.missing mend='make widget'").split("\n")[1])
    assert told["mend"] == "make widget"


def test_an_error_is_told_by_its_kind_and_place() -> None:
    try:
        raise ValueError(f"{WORDS} is geen getal")
    except ValueError as error:
        said = line("uvicorn.error", "Exception in ASGI application\n%s", WORDS, error=error)
    assert WORDS not in said
    told = json.loads(said.split("\n")[1])
    assert told["event"] == "foreign" and told["line"] == "Exception in ASGI application"
    assert told["error"] == "ValueError" and told["where"].startswith("test_log_lines.py:")


@pytest.mark.parametrize("name", ["padwijzers", "asyncio", "root"])
def test_of_others_only_the_first_line_is_told(name: str) -> None:
    assert WORDS not in line(name, f"Task exception was never retrieved\nfuture: {WORDS}")
