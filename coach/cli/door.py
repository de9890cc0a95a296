"""The REST door of a running bot, from outside: one message in, the replies and the state out."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from coach.domain.answers import Construct, Level, Question
from coach.domain.path import Ring

PATH = "/webhooks/rest/webhook"
PATIENCE = 30.0
"""Seconds that one turn may take."""


class DoorError(Exception):
    """The bot cannot be reached, or does not speak as a REST door should."""


@dataclass(frozen=True)
class Button:
    title: str
    payload: str

    @property
    def intent(self) -> str:
        """`choose` of `/choose{"value": "niveau_2"}`."""
        found = re.search(r"/(\w+)", self.payload)
        return found[1] if found else ""

    @property
    def value(self) -> str:
        """`niveau_2` of `/choose{"value": "niveau_2"}`; the intent when there is no value."""
        found = re.search(r'"value"\s*:\s*"([^"]*)"', self.payload)
        return found[1] if found else self.intent


@dataclass(frozen=True)
class State:
    """Where the talk stands, as the bot says it to simulators."""

    phase: str
    question: Question | None = None
    proposed: Level | None = None
    position: str | None = None
    plan: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        construct, ring = data.get("construct"), data.get("ring")
        proposed = data.get("proposed")
        return cls(
            str(data["phase"]),
            Question(Construct(construct), Ring(ring) if ring else None) if construct else None,
            int(proposed) if proposed else None,
            data.get("position"),
            bool(data.get("plan")),
        )


@dataclass(frozen=True)
class Reply:
    state: State
    texts: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    """Those of the last message that has any: they belong to the open question."""
    raw_state: dict[str, Any] = field(default_factory=dict)


class Door:
    """Speaks to one bot; may be shared by talks that are held at the same time."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(headers=headers, timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._client.close()

    def knock(self) -> None:
        """DoorError when nothing listens at the address."""
        self._ask("GET", self.url)

    def send(self, sender: str, message: str) -> Reply:
        """One turn: what the bot answers to a message."""
        body = {"sender": sender, "message": message}
        response = self._ask("POST", self.url + PATH, body)
        while response.status_code == httpx.codes.TOO_MANY_REQUESTS:  # we type faster than people
            time.sleep(float(response.headers.get("retry-after", "1")))
            response = self._ask("POST", self.url + PATH, body)
        if response.status_code in (401, 403):
            raise DoorError(
                f"the bot at {self.url} refused the token (HTTP {response.status_code}): "
                "give the right one with --token"
            )
        if response.status_code != httpx.codes.OK:
            raise DoorError(f"the bot at {self.url} answered HTTP {response.status_code}")
        try:
            return read(response.json())
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DoorError(
                f"the answer of {self.url}{PATH} is no list of messages with a state"
            ) from None

    def _ask(self, method: str, url: str, body: dict[str, str] | None = None) -> httpx.Response:
        try:
            return self._client.request(method, url, json=body)
        except httpx.TimeoutException:
            raise DoorError(f"the bot at {self.url} did not answer in {PATIENCE:.0f} s") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise DoorError(f"{self.url!r} is no address such as http://localhost:8000") from None
        except httpx.RequestError as error:
            raise DoorError(f"cannot reach a bot at {self.url}: {error}; is it running?") from None


def read(messages: list[dict[str, Any]]) -> Reply:
    """The list of messages as one reply; KeyError, ValueError or TypeError when it is something else."""
    states = [m["custom"]["state"] for m in messages if "state" in (m.get("custom") or {})]
    if not states:
        raise ValueError("no message carries a state")
    rows = [m["buttons"] for m in messages if m.get("buttons")]
    return Reply(
        State.from_json(states[-1]),
        tuple(m["text"] for m in messages if m.get("text")),
        tuple(Button(b["title"], b["payload"]) for b in (rows[-1] if rows else [])),
        states[-1],
    )
