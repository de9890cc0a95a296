"""The picture of the path as Slack can show it: by its address, or held by Slack itself."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlparse

from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import blocks
from bot.channels.web import travelled
from coach.domain.content import Content
from coach.domain.path import Position
from coach.report import figure

WIDTH = 720


class Pictures:
    """Slack fetches a picture only from a public https address; elsewhere it gets the file, once a picture."""

    def __init__(self, client: AsyncWebClient, content: Content, *, public: bool) -> None:
        self._client, self._public = client, public
        self._labels = figure.Labels.of(content.figure)
        self._files: dict[str, str] = {}

    async def block(self, address: str, *, upload: bool = False) -> blocks.Block:
        here = _position(address)
        alt = figure.describe(here, self._labels, travelled(here))
        if self._public and not upload:
            return blocks.image(address, alt)
        return blocks.uploaded(await self._file(here, alt), alt)

    async def _file(self, here: Position, alt: str) -> str:
        """The id of the picture in Slack. It is shared with nobody there, only shown in messages."""
        if here.id not in self._files:
            svg = figure.draw(here, self._labels, travelled(here))
            loop = asyncio.get_running_loop()
            png = await loop.run_in_executor(None, partial(figure.to_png, svg, WIDTH))
            name = f"{here.id}.png"
            done = await self._client.files_upload_v2(
                file=png, filename=name, title=name, alt_txt=alt
            )
            self._files[here.id] = str(done["files"][0]["id"])
        return self._files[here.id]

    def forget(self, address: str) -> None:
        """Slack does not know this file, or no longer: it is given again."""
        self._files.pop(_position(address).id, None)


def is_public(base_url: str) -> bool:
    return urlparse(base_url).scheme == "https"


def _position(address: str) -> Position:
    return Position.from_id(address.rpartition("/")[2].rpartition(".")[0])
