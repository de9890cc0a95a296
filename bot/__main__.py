"""Starts the one service: `python -m bot`, or `padwijzer run`, which trains first when needed."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

# one thread a matrix product: a sentence is small, and the other core is for other people's turns
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from bot import logs
from coach.domain.errors import CoachError
from coach.settings import Settings, read


def main() -> int:
    try:
        settings = read()
        logs.set_up(settings.log)
        address = _address(settings)
    except (CoachError, OSError) as error:
        print(f"Padwijzer cannot start: {error}", file=sys.stderr)
        return 1
    print("Loading the model and the content ...", flush=True)
    with address:
        return _serve(settings, address)


def _ready(settings: Settings) -> str:
    """Where the service is to be found, for the operator; only what is really there."""
    from bot.channels import pages

    base, on = settings.base_url, []
    if pages.is_built():
        on += [f"  {base}/demo  an intranet page with the widget in its corner"]
    if settings.slack.signing_secret:
        on += [f"  {base}/slack/events  where Slack sends what people say"]
    elif settings.slack.wanted:
        on += ["  Slack  over Socket Mode"]
    if settings.teams:
        on += [f"  {base}/webhooks/teams  where Teams sends what people say"]
    return "\n".join([f"Padwijzer is ready: {base}  (stop with Ctrl-C)", *on, *_desk(base)])


def _desk(base: str) -> list[str]:
    """Where the learning desk is, and how its first account is made as long as there is none."""
    from coach.store.accounts import Accounts
    from coach.wiring import database

    on = [f"  {base}/desk  the learning desk, for advisers"]
    if Accounts(database()).is_none():
        padwijzer = Path(sys.executable).with_name("padwijzer")
        make = f"{padwijzer} desk add-adviser you@example.org 'Your Name' --manager"
        on += [f"    nobody can enter it yet; make the first account with: {make}"]
    return on


@contextlib.contextmanager
def _naming(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise OSError(f"PADWIJZER_HOST {settings.host!r}: {error.strerror}") from None
        raise OSError(
            f"port {settings.port} is in use; stop what uses it or set PADWIJZER_PORT"
        ) from None


def _address(settings: Settings) -> socket.socket:
    """Its place on the network, taken before the model is loaded so that no connection gets it meanwhile.

    It listens only when it is ready: until then a proxy that calls is refused, and asks another copy.
    """
    place = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with _naming(settings):
        place.bind((settings.host, settings.port))
    return place


def _serve(settings: Settings, address: socket.socket) -> int:
    import uvicorn

    from bot.app import BadStart, create
    from bot.engine import BadModel
    from bot.serving import config

    try:
        app = create()
        with _naming(settings):
            address.listen()
    except (BadModel, BadStart, CoachError, OSError) as error:
        print(f"Padwijzer cannot start: {error}", file=sys.stderr)
        return 1

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(_ready(settings), flush=True)

    server = Server(config(app, settings.host, settings.port, settings.proxies))
    with contextlib.suppress(KeyboardInterrupt):
        server.run([address])
    if not server.started:
        return 1
    print("\nPadwijzer has stopped; nothing is lost.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
