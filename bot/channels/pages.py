"""The pages and the widget's files: the same for everyone, and free to be fetched from any other page."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

log = logging.getLogger("padwijzer.pages")

WIDGET = Path(__file__).parent.parent / "widget"
PAGES = {"/": "page.html", "/demo": "demo.html"}
ASK_FIRST = {"cache-control": "no-cache"}


class WidgetFiles(StaticFiles):
    """A browser fetches the second file as a module, and for that another origin needs leave."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update({**ASK_FIRST, "access-control-allow-origin": "*"})
        return response


def is_built(widget: Path = WIDGET) -> bool:
    """Whether the pages have a widget to show."""
    return (widget / "dist" / "padwijzer.js").is_file()


def routes(widget: Path = WIDGET) -> list[BaseRoute]:
    """`/`, `/demo` and what they load from `/widget`."""
    if not is_built(widget):
        log.error("widget.missing mend='make widget'")
    pages = [Route(path, _page(widget / "pages" / name)) for path, name in PAGES.items()]
    return [*pages, Mount("/widget", WidgetFiles(directory=widget / "dist", check_dir=False))]


def _page(file: Path) -> Callable[[Request], Awaitable[Response]]:
    async def page(_: Request) -> Response:
        return FileResponse(file, headers=ASK_FIRST)

    return page
