"""Generated inputs at all doors of a running service: it stays up, answers all of them, and nobody else waits.

    .venv/bin/python bench/fuzz.py --inputs 100000

The inputs are those of `tests/hostile/corpus`, changed: cut, doubled, spliced, with odd characters, with types swapped.
The same seed gives the same inputs. What has to be so: no end of the process, no hang, no status of 500 or more, no
silence, and no path, version or trace in an answer. Somebody else says hello all the while, and is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any
from urllib.parse import quote

from grounds import Body, Grounds, asked, hold, shares, told

# isort: split
# grounds says where the rest is found
import hostile_raw as raw
import httpx
import slack_payloads as payloads
from fuzz_inputs import Maker
from hostile_judging import LEAK, is_dutch, is_refusal
from people import listen

from bot.channels.form.door import PATH
from coach.report.links import Paper

AT_ONCE = 6
PATIENCE = 30.0
PEOPLE = 500
OTHERS = 1.0
"""Seconds that somebody else may wait, in ninety-nine of a hundred."""
MOST_MEMORY = 50.0
JSON = {"content-type": "application/json"}


class Fuzz:
    def __init__(self, made: Grounds, client: httpx.AsyncClient, seed: int) -> None:
        self.made, self.client, self.make = made, client, Maker(seed)
        self.wrong: list[str] = []
        self.count: Counter[str] = Counter()
        self.waits: list[float] = []
        self.cookie = ""
        self._doors: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "rest": self._rest, "page": self._page, "form": self._form, "slack": self._slack,
            "teams": self._teams, "body": self._body, "path": self._path, "link": self._link,
            "header": self._header, "http": self._http,
        }  # fmt: skip

    async def one(self) -> None:
        door = self.make.chance.choice(list(self._doors))
        self.count[door] += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._doors[door]()
        except TimeoutError:
            self.wrong.append(f"{door}: no answer in {PATIENCE:.0f} s")
        except (httpx.WriteError, httpx.ReadError):
            pass  # it hung up half-way, which is an answer too

    async def others(self) -> None:
        """Somebody who has nothing to do with it."""
        async with httpx.AsyncClient(base_url=self.made.service.url, timeout=PATIENCE) as client:
            while True:
                began = time.monotonic()
                said = {"sender": "rustig", "message": "hoeveel nog?"}
                answer = await client.post("/webhooks/rest/webhook", json=said)
                self.waits.append(time.monotonic() - began)
                if answer.status_code != 200:
                    self.wrong.append(f"somebody else got {answer.status_code}")
                await asyncio.sleep(1)  # so often anybody may

    def judge(self, door: str, status: int, text: str, sent: Any, *, dutch: bool = False) -> None:
        if status >= 500:
            self.wrong.append(f"{door}: {status} for {ascii(sent)[:120]}")
        plain = text if not isinstance(sent, str) or not sent.strip() else text.replace(sent, "")
        leak = LEAK.search(plain)
        if leak and leak[0] not in json.dumps(sent, ensure_ascii=False, default=str):
            self.wrong.append(f"{door}: leaked {leak[0]!r} for {ascii(sent)[:120]}")
        if dutch and not (is_refusal(text) or is_dutch(text)):
            self.wrong.append(
                f"{door}: {status}, no Dutch in {text[:80]!r} for {ascii(sent)[:120]}"
            )

    async def _post(self, door: str, path: str, body: bytes, sent: Any, **headers: str) -> None:
        named = {**JSON, **{n.replace("_", "-"): v for n, v in headers.items()}}
        answer = await self.client.post(path, content=body, headers=named)
        self.client.cookies.clear()
        self.judge(
            door, answer.status_code, answer.text, sent, dutch=door in ("rest", "page", "form")
        )

    async def _rest(self) -> None:
        said = {"sender": f"p{self.make.chance.randrange(PEOPLE)}", "message": self.make.text()}
        sent = self.make.spoilt(said)
        await self._post("rest", "/webhooks/rest/webhook", self.make.body(sent), sent)

    async def _page(self) -> None:
        if not self.cookie or self.make.chance.random() < 0.05:
            given = await self.client.post("/web/session")
            self.cookie = given.headers["set-cookie"].partition(";")[0]
        key = f"{self.make.chance.getrandbits(64):x}"
        sent = self.make.spoilt(
            {"id": key, "text": self.make.text(), "payload": self.make.payload()}
        )
        await self._post("page", "/web/messages", self.make.body(sent), sent, cookie=self.cookie)

    async def _form(self) -> None:
        fields = {
            "tekst-sturing": self.make.text(),
            "niveau-weten": self.make.payload() or "",
            "role": self.make.text(),
        }
        body = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items()).encode()
        kind = "application/x-www-form-urlencoded"
        await self._post(
            "form", PATH, body, fields, content_type=kind, origin=self.made.service.url
        )

    async def _slack(self) -> None:
        user = f"U{self.make.chance.randrange(PEOPLE):09d}"
        event = payloads.message(self.make.text(), user, channel=f"D{user[1:]}")
        body = self.make.body(payloads.callback(self.make.spoilt(event)))
        answer = await self.client.post(
            "/slack/events", content=body, headers=payloads.headers(body)
        )
        self.judge("slack", answer.status_code, answer.text, event)

    async def _teams(self) -> None:
        who = f"{self.make.chance.randrange(PEOPLE):032x}"
        more = {
            "text": self.make.text(),
            "id": f"{self.make.chance.getrandbits(48)}",
            "from": {"id": who, "aadObjectId": who},
        }
        sent = self.make.spoilt(self.made.microsoft.recorded("message", **more))
        token = f"Bearer {self.made.microsoft.token()}"
        await self._post(
            "teams", "/webhooks/teams", self.make.body(sent), sent, authorization=token
        )

    async def _body(self) -> None:
        target = self.make.chance.choice(
            ("/webhooks/rest/webhook", "/web/session", "/web/messages", "/slack/events", PATH)
        )
        body = self.make.raw("json", "types", "empty", "size")
        await self._post("body", target, body, body.decode(errors="replace"))

    async def _raw(self, door: str, answer: raw.Answer, sent: Any) -> None:
        self.judge(door, answer.status, answer.text, sent)

    async def _path(self) -> None:
        path = "/" + quote(self.make.of("paths"), safe="%/.;:?=&", errors="surrogatepass")
        await self._raw("path", await raw.get(self.made.service.url, path), path)

    async def _link(self) -> None:
        paper = self.make.chance.choice(list(Paper))
        path = f"/{paper}/{quote(self.make.of('links', 'sessions'), safe='%', errors='surrogatepass')}.html"
        await self._raw("link", await raw.get(self.made.service.url, path), path)

    async def _header(self) -> None:
        line = self.make.of("headers", "controls").encode(errors="replace").decode("latin-1")
        said = json.dumps({"sender": "kop", "message": "hallo"}).encode()
        path = "/webhooks/rest/webhook"
        sent = line.encode("latin-1", "replace").decode("ascii", "replace").replace("\ufffd", "?")
        await self._raw("header", await raw.post(self.made.service.url, path, said, sent), sent)

    async def _http(self) -> None:
        request = self.make.raw("smuggling")
        await self._raw(
            "http", await raw.exchange(self.made.service.url, request, cut=True), request
        )


def _quoted(value: str) -> str:
    """Percent-encoded, also what is no character."""
    return "".join(f"%{byte:02X}" for byte in value.encode(errors="surrogatepass"))


async def run(given: argparse.Namespace, made: Grounds) -> int:
    listen(made)
    pid = made.service.pid
    limits = httpx.Limits(max_connections=4 * AT_ONCE)
    async with httpx.AsyncClient(
        base_url=made.service.url, timeout=PATIENCE, limits=limits
    ) as client:
        fuzz, left, began = (
            Fuzz(made, client, given.seed),
            iter(range(given.inputs)),
            time.monotonic(),
        )
        beside = asyncio.create_task(fuzz.others())
        warm = given.inputs // 10
        memory = 0.0

        async def one_after_another() -> None:
            nonlocal memory
            for n in left:
                if n == warm:
                    memory = Body.of(pid).megabytes
                await fuzz.one()
                if n % 100 == 0:
                    print(f"\r{n} inputs, {len(fuzz.wrong)} faults", end="", flush=True)

        await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
        beside.cancel()
        health = (await client.get("/health")).status_code
    grown = Body.of(pid).megabytes - memory
    spent, wrong = time.monotonic() - began, fuzz.wrong
    if health != 200 or made.service.pid != pid or not made.service.is_running:
        wrong.append("the service did not stay alive")
    if sorted(fuzz.waits)[int(len(fuzz.waits) * 0.99)] > OTHERS:
        wrong.append("somebody else waited too long")
    if grown > MOST_MEMORY:
        wrong.append(f"memory grew by {grown:.0f} MB")
    print()
    what = f"{made.kind}: {fuzz.count.total()} inputs in {spent:.0f} s, {dict(fuzz.count)}; memory {grown:+.0f} MB"
    return told(f"{what}; somebody else: {shares(fuzz.waits)} ({len(fuzz.waits)} turns)", wrong)


if __name__ == "__main__":
    options = asked(__doc__, inputs=100_000).parse_args()
    sys.exit(hold(options.database, partial(run, options)))
