"""Logs: event names and numbers, never what people wrote and never who they are.

Rasa logs whole conversations when an action fails, and copies the arguments of every debug line even when
the level is off, so its loggers are silenced here; our own lines name the error. Socket.IO logs packets.
"""

from __future__ import annotations

import json
import logging
import re
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any

OURS = "padwijzer"
PAIR = re.compile(r"(\w+)=(?:'([^']*)'|(\S+))")
"""`key=value` in a line that is written out."""
NAMED = re.compile(r"(\w+)=%s")
MOST_CHARACTERS = 200
"""Of a line that is not ours."""
TIME = "%Y-%m-%dT%H:%M:%SZ"


def handler(form: str = "text") -> logging.Handler:
    """To standard error, with the time in UTC, so that the lines of two machines can be laid side by side."""
    made = logging.StreamHandler()
    made.setFormatter(AsJson() if form == "json" else AsText())
    return made


def set_up(form: str = "text", level: int = logging.INFO) -> None:
    """Configure logging for the service, as text or as JSON; call before Rasa is imported."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.basicConfig(level=logging.WARNING, handlers=[handler(form)])
    logging.getLogger(OURS).setLevel(level)
    for noisy in (
        "rasa",
        "rasa_sdk",
        "apscheduler",
        "matplotlib",
        "socketio.server",
        "engineio.server",
        "slack_sdk",  # it tells every request with its body
        "slack_bolt",
        "weasyprint",  # it names letters of people's words that its fonts have not
        "fontTools",
        "py.warnings",
    ):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    # deprecations inside Rasa's pins say nothing to an operator; Sanic switches them on again when it is imported
    warnings.simplefilter("ignore")
    logging.captureWarnings(True)


class AsText(logging.Formatter):
    """For people. Of an error only its kind and its place are told: its text may hold people's words."""

    converter = time.gmtime  # type: ignore[assignment]

    def format(self, record: logging.LogRecord) -> str:
        said = f"{self.formatTime(record, TIME)} {record.levelname} {_line(record)}"
        return " ".join((said, *(f"{key}={value}" for key, value in _error(record))))


class AsJson(logging.Formatter):
    """For what collects logs: one object a line, with the event and its values by name."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if _is_ours(record):
            told |= {"event": str(record.msg).partition(" ")[0], **dict(_values(record))}
        else:
            told |= {"event": "foreign", "line": _line(record)}
        return json.dumps(told | dict(_error(record)), ensure_ascii=False, default=str)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith(f"{OURS}.")


def _line(record: logging.LogRecord) -> str:
    """Ours whole; of another library's the first line: below it stand the values of what went wrong."""
    said = record.getMessage()
    return said if _is_ours(record) else said.partition("\n")[0][:MOST_CHARACTERS]


def _values(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    names, args = NAMED.findall(str(record.msg)), record.args
    if names and isinstance(args, tuple) and len(names) == len(args):
        yield from zip(names, args, strict=True)  # a value may hold spaces
        return
    for name, quoted, plain in PAIR.findall(record.getMessage()):
        yield name, int(plain) if plain.isdecimal() else quoted or plain


def _error(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return
    yield "error", type(error).__name__
    if error.__traceback__:
        at = extract_tb(error.__traceback__)[-1]
        yield "where", f"{Path(at.filename).name}:{at.lineno}"
