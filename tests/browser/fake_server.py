"""A tiny server that speaks the page's protocol, with switches for what can go wrong."""

from __future__ import annotations

import json
import mimetypes
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

WEB = Path(__file__).resolve().parents[2] / "bot" / "web"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><g fill="none" stroke="#0e5e62" stroke-width="3">'
    '<circle cx="200" cy="200" r="60"/><circle cx="200" cy="200" r="120"/><circle cx="200" cy="200" r="180"/>'
    '<path d="M20 200h360M200 20v360"/></g><circle cx="262" cy="138" r="16" fill="#0e5e62"/></svg>'
)

Message = dict[str, Any]
Json = dict[str, Any]


def bot(text: str = "", *buttons: str, image: str | None = None, alt: str | None = None) -> Message:
    choices = [{"title": title, "payload": f"/choose:{title}"} for title in buttons]
    return {
        "from": "bot",
        "text": text,
        "buttons": choices,
        "image": image,
        "alt": alt,
        "more": None,
    }


def user(text: str) -> Message:
    return {"from": "user", "text": text, "buttons": [], "image": None, "alt": None, "more": None}


GREETING = (
    bot(
        "Hallo, ik ben Padwijzer. Ik ben een computer en ik denk met je mee over leren op het werk."
    ),
    bot("Wat is jouw rol?", "Medewerker", "Leidinggevende", "Leeradviseur"),
)


@dataclass
class Talk:
    messages: list[Message] = field(default_factory=list)
    handled: dict[str, list[Message]] = field(default_factory=dict)
    working: bool = False

    def add(self, *new: Message) -> list[Message]:
        numbered = [
            {**message, "n": len(self.messages) + at} for at, message in enumerate(new, start=1)
        ]
        self.messages += numbered
        return numbered


class FakeServer:
    """Starts and stops on one port; `received` holds every message that came in, resent ones too."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.received: list[Json] = []
        self.replies: dict[str, tuple[Message, ...]] = {}
        self.progress: Json | None = None
        self.is_slow = False
        self.repeats = 0
        self.lose_next_question = False
        self.lose_next_answer = False
        self.refuse_next: tuple[int, str] | None = None
        self._port = 0
        self._http: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self._port}"

    @property
    def talk(self) -> Talk:
        (only,) = self.talks.values()
        return only

    def start(self) -> None:
        handler = type("Handler", (Handler,), {"fake": self})
        self._http = ThreadingHTTPServer(("localhost", self._port), handler)
        self._port = self._http.server_port
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        if self._http:
            self._http.shutdown()
            self._http.server_close()
        self._http = None

    def reply_to(self, said: str, *messages: Message) -> None:
        self.replies[said] = messages

    def finish(self) -> None:
        """The slow turn is done: what it answers can be fetched now."""
        last = self.received[-1]
        self.talk.add(*self._answers(last))
        self.talk.working = False

    def hear(self, talk: Talk, message: Json) -> Json:
        self.received.append(message)
        if message["id"] not in talk.handled:
            answers = () if self.is_slow else self._answers(message)
            talk.working = self.is_slow
            talk.handled[message["id"]] = talk.add(user(message["text"]), *answers)
        new = talk.handled[message["id"]]
        before = talk.messages[: new[0]["n"] - 1]
        told = [*before[len(before) - self.repeats :], *new]
        return {"messages": told, "state": self.state(), "pending": talk.working}

    def state(self) -> Json:
        return {"phase": "interview", "construct": None, "ring": None, "progress": self.progress}

    def _answers(self, message: Json) -> tuple[Message, ...]:
        if message["payload"] in ("/greet", "/restart"):
            return GREETING
        return self.replies.get(message["text"], (bot(f"Je schreef: {message['text']}"),))


class Handler(BaseHTTPRequestHandler):
    fake: FakeServer

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/web/talk":
            self._send_talk()
        elif path.startswith("/figuur/"):
            self._send(FIGURE.encode(), "image/svg+xml")
        else:
            self._send_file("page.html" if path == "/" else path.removeprefix("/static/"))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/web/session":
            self._open_session()
        elif self.path == "/web/messages":
            self._take(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _open_session(self) -> None:
        resumed = self._key() in self.fake.talks
        key = self._key() if resumed else f"talk{len(self.fake.talks) + 1}"
        self.fake.talks.setdefault(key, Talk())
        self._send_json(
            {"resumed": resumed}, cookie=f"talk={key}; HttpOnly; SameSite=Strict; Path=/"
        )

    def _take(self, message: Json) -> None:
        if self.fake.refuse_next:
            status, sentence = self.fake.refuse_next
            self.fake.refuse_next = None
            self._send_json({"error": {"code": "refused", "message": sentence}}, status=status)
            return
        if self.fake.lose_next_question:
            self.fake.lose_next_question = False
            self.close_connection = True
            return
        answer = self.fake.hear(self.fake.talks[self._key()], message)
        if self.fake.lose_next_answer:
            self.fake.lose_next_answer = False
            self.close_connection = True
            return
        self._send_json(answer)

    def _send_talk(self) -> None:
        talk = self.fake.talks[self._key()]
        after = int(parse_qs(urlsplit(self.path).query)["after"][0])
        self._send_json(
            {"messages": talk.messages[after:], "state": self.fake.state(), "working": talk.working}
        )

    def _send_file(self, name: str) -> None:
        file = WEB / name
        if "/" in name or not file.is_file():
            self.send_error(404)
            return
        self._send(file.read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream")

    def _send_json(self, content: Json, status: int = 200, cookie: str | None = None) -> None:
        self._send(json.dumps(content).encode(), "application/json", status, cookie)

    def _send(self, body: bytes, kind: str, status: int = 200, cookie: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def _key(self) -> str:
        return self.headers.get("Cookie", "").removeprefix("talk=")
