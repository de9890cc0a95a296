"""The picture of the path, drawn for whoever asks, and described for whoever cannot see it."""

from __future__ import annotations

import asyncio
from functools import lru_cache, partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach.domain.content import Content
from coach.domain.path import POSITIONS, Position
from coach.report import figure
from coach.usecases.then_now import places_of

PICTURE = "/figuur/"


class Pictures:
    def __init__(self, content: Content) -> None:
        self._labels = figure.Labels.of(content.figure)
        self._drawn = lru_cache(maxsize=64)(self._draw)
        self._described = lru_cache(maxsize=64)(self._describe)

    def route(self) -> Route:
        return Route(PICTURE + "{name}", self.picture)

    async def picture(self, request: Request) -> Response:
        """`/figuur/<ring>-<process>.svg` or `.png`, with the places of earlier rounds behind the name."""
        name, _, kind = request.path_params["name"].rpartition(".")
        if places_of(name) is None or kind not in ("svg", "png"):
            raise HTTPException(404)
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(None, partial(self._drawn, name, kind))
        media = "image/svg+xml" if kind == "svg" else "image/png"
        return Response(body, media_type=media, headers={"cache-control": "public, max-age=3600"})

    def describe(self, image: str) -> str:
        """What is to be seen in the picture at this address."""
        return self._described(_name(image))

    def png(self, image: str) -> bytes:
        """The picture at this address as a file, for platforms that cannot fetch it."""
        return self._drawn(_name(image), "png")

    def _draw(self, name: str, kind: str) -> bytes:
        position, earlier = _places(name)
        svg = figure.draw(position, self._labels, travelled(position), earlier)
        return svg.encode() if kind == "svg" else figure.to_png(svg, 720)

    def _describe(self, name: str) -> str:
        position, earlier = _places(name)
        return figure.describe(position, self._labels, travelled(position), earlier)


def travelled(position: Position) -> tuple[Position, ...]:
    """The positions before this one on the path: their order is what the model says comes first."""
    return POSITIONS[: POSITIONS.index(position)]


def local(image: str) -> str:
    """The picture as a path of this server, in the sharper form that a page can show."""
    return PICTURE + image.rpartition("/")[2].replace(".png", ".svg")


def _name(image: str) -> str:
    return local(image).removeprefix(PICTURE).rpartition(".")[0]


def _places(name: str) -> tuple[Position, tuple[Position, ...]]:
    found = places_of(name)
    assert found is not None
    return found
