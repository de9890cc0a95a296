"""The picture of the path as Slack can show it: by its address, or held by Slack itself."""

from __future__ import annotations

import asyncio
from urllib.parse import urlparse

from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.pictures import Pictures
from bot.channels.slack import blocks


class SlackPictures:
    """Slack fetches a picture only from a public https address; elsewhere it gets the file, once a picture."""

    def __init__(self, client: AsyncWebClient, pictures: Pictures, *, public: bool) -> None:
        self._client, self._pictures, self._public = client, pictures, public
        self._files: dict[str, str] = {}

    async def block(self, address: str, *, upload: bool = False) -> blocks.Block:
        alt = self._pictures.describe(address)
        if self._public and not upload:
            return blocks.image(address, alt)
        return blocks.uploaded(await self._file(address, alt), alt)

    async def _file(self, address: str, alt: str) -> str:
        """The id of the picture in Slack. It is shared with nobody there, only shown in messages."""
        if address not in self._files:
            loop = asyncio.get_running_loop()
            png = await loop.run_in_executor(None, self._pictures.png, address)
            name = address.rpartition("/")[2]
            done = await self._client.files_upload_v2(
                file=png, filename=name, title=name, alt_txt=alt
            )
            self._files[address] = str(done["files"][0]["id"])
        return self._files[address]

    def forget(self, address: str) -> None:
        """Slack does not know this file, or no longer: it is given again."""
        self._files.pop(address, None)


def is_public(base_url: str) -> bool:
    return urlparse(base_url).scheme == "https"
