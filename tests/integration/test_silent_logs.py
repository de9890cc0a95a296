"""Nothing of what somebody says, and nothing of who they are, is in any log at any level, whatever fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from doors import CHANNELS, House
from served import until
from slack_payloads import SIGNING
from slack_person import TOKEN
from talking import SECRET

from bot import inside
from bot.channels.sessions import Tokens

WORDS = "bosuil-4471"
NAME = "iemand7313"


class Everything(logging.Handler):
    """All that any logger says, with its traces, as an operator could have it written down."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "aiohttp.access":  # of the servers that stand in for Slack and Microsoft
            self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[Everything]:
    """The lowest level for all of it, except for what the service silences on purpose."""
    root, handler = logging.getLogger(), Everything()
    own = logging.getLogger("padwijzer")
    levels = (root.level, own.level)
    root.setLevel(logging.DEBUG)
    own.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def _boom(*_: Any) -> None:
    raise ValueError(f"{WORDS} en meer van wat {NAME} zei")


async def test_no_log_knows_what_was_said_or_who_it_was(
    heard: Everything, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors = {channel: await house.visitor(channel, NAME) for channel in CHANNELS}
    for visitor in visitors.values():
        await visitor.say(f"hallo, ik ben {WORDS}")

    with monkeypatch.context() as patch:  # an action that fails
        patch.setitem(inside.executor().actions, "validate_interview_loop", _boom)
        for visitor in visitors.values():
            await visitor.say(f"ik ben medewerker {WORDS}")

    house.peer.next("chat.postMessage", 500, {"ok": False, "error": WORDS})  # a Slack that fails
    house.microsoft.answers.append((500, {}))  # a Teams that fails
    for channel in ("slack", "teams"):
        assert await visitors[channel].send(f"mijn team is {WORDS}") == 200
    await until(lambda: sum("delivery.later" in line for line in heard.lines) >= 2)
    for channel in ("slack", "teams"):
        await visitors[channel].settled()

    with house.store.down():  # a database that fails
        assert await visitors["rest"].send(f"en dan nog {WORDS}") == 503

    monkeypatch.setattr("bot.channels.rest.read_json", _boom)  # what nobody foresaw
    assert await visitors["rest"].send(f"onverwacht {WORDS}") == 500
    await until(lambda: any("request.failed" in line for line in heard.lines))

    said = "\n".join(heard.lines)
    for event in ("turn.failed", "delivery.later", "store.failed", "request.failed"):
        assert event in said, "this failed and was logged"
    assert len(heard.lines) > 20, "the lowest level was on"
    assert {secret for secret in _secrets(house, visitors) if secret in said} == set()


def _secrets(house: House, visitors: dict[str, Any]) -> set[str]:
    token = str(visitors["web"].tab.token)
    return {
        WORDS, NAME, NAME.upper(), token, str(Tokens(SECRET).read(token)), SECRET.decode(),
        TOKEN, SIGNING, str(visitors["teams"]._who["from"]["aadObjectId"]),
    }  # fmt: skip
