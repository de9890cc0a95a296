"""Whoever the service asks something of cannot send it on to another address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.channels.teams.cloud import Http
from coach.desk.provider import Attempt, NotProven, Provider, Unreachable
from coach.settings import Oidc

ENDPOINTS = {"authorization_endpoint": "/in", "token_endpoint": "/token", "jwks_uri": "/keys"}


class Sending(ThreadingHTTPServer):
    """Answers some addresses with where else to go, and remembers where it was asked."""

    def __init__(self, away: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.away, self.asked = away, list[str]()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Sending

    def _answer(self) -> None:
        self.server.asked.append(self.path)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == self.server.away:
            self.send_response(307)
            self.send_header("location", f"{self.server.url}/elders")
            self.send_header("content-length", "0")
            return self.end_headers()
        ends = {name: self.server.url + path for name, path in ENDPOINTS.items()}
        body = json.dumps({"issuer": self.server.url, "keys": [], **ends}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def sending(request: pytest.FixtureRequest) -> Iterator[Sending]:
    server = Sending(request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("sending", ["/.well-known/openid-configuration", "/token"], indirect=True)
def test_the_provider_of_the_desk_cannot(sending: Sending) -> None:
    provider = Provider(Oidc(sending.url, "us", "secret"), "http://desk.test/desk/oidc/terug")
    with pytest.raises((Unreachable, NotProven)):
        provider.person("code", Attempt.new())
    assert sending.away in sending.asked and "/elders" not in sending.asked


@pytest.mark.parametrize("sending", ["/keys"], indirect=True)
async def test_who_gives_the_keys_of_teams_cannot(sending: Sending) -> None:
    http = Http()
    assert await http.get_json(f"{sending.url}/keys") is None, "and nothing is no key"
    await http.close()
    assert sending.asked == ["/keys"]
