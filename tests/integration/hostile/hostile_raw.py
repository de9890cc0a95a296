"""Requests byte by byte, also those that no client would send."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from served import PATIENCE

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What came back until the connection was closed."""

    raw: bytes

    @property
    def status(self) -> int:
        first = self.raw.split(b"\r\n", 1)[0].split(b" ")
        return int(first[1]) if len(first) > 1 else 0

    @property
    def count(self) -> int:
        return len(re.findall(rb"HTTP/1\.[01] \d{3} ", self.raw))

    @property
    def text(self) -> str:
        return self.raw.decode(errors="replace")


async def exchange(url: str, request: bytes, *, cut: bool = False) -> Answer:
    """Send these bytes on a connection of their own; read the answer, and whatever comes behind it.

    `cut`: nothing more follows, which the other side has to know when this may be a part of a request.
    """
    where = urlsplit(url)
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        raw = b""
        try:
            writer.write(request)
            if cut:
                writer.write_eof()
            while b"\r\n\r\n" not in raw and (chunk := await reader.read(65_536)):
                raw += chunk
            head, _, body = raw.partition(b"\r\n\r\n")
            known = LENGTH.search(head)
            while known and len(body) < int(known[1]) and (chunk := await reader.read(65_536)):
                body += chunk
            raw = head + b"\r\n\r\n" + body
            if not cut:
                writer.write_eof()
            raw += await reader.read()
        except (ConnectionError, OSError):  # it hung up on us, which is an answer too
            pass
        finally:
            writer.close()
    return Answer(raw)


async def get(url: str, path: str, *headers: str) -> Answer:
    return await exchange(url, _request("GET", path, headers, b""))


async def post(url: str, path: str, body: bytes, *headers: str) -> Answer:
    kind = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    return await exchange(url, _request("POST", path, (*kind, *headers), body))


def _request(method: str, path: str, headers: tuple[str, ...], body: bytes) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: bot.test", "Connection: close", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body
