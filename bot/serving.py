"""How uvicorn serves the application; the tests serve it in the same way."""

from __future__ import annotations

import uvicorn
from starlette.types import ASGIApp

from bot.channels.sockets import MOST_FRAME
from coach.settings import Settings


def config(app: ASGIApp, host: str, port: int, proxies: str = Settings.proxies) -> uvicorn.Config:
    """Quiet, without a name, and with frames that are too big refused before they are whole."""
    return uvicorn.Config(
        app, host, port, ws="wsproto", ws_max_size=MOST_FRAME, log_level="warning",
        access_log=False, forwarded_allow_ips=proxies, timeout_graceful_shutdown=10, server_header=False,
    )  # fmt: skip
