"""What the integration tests share: the real engine, loaded once, and both databases, fresh for every test."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from doors import House, client_of, platforms
from microsoft import Microsoft
from returning import Came, Clock
from served import Served
from slack_peer import SlackPeer
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from talking import SECRET, Person, Store, known_store, open_store

from bot import app, logs
from bot.channels.teams.door import TeamsDoor
from bot.engine import Engine, newest_model
from bot.turns.worker import Turns
from coach import settings, wiring
from coach.wiring import current_settings

ROOT = Path(__file__).parents[2]
POSTGRES = "PADWIJZER_TEST_POSTGRES_URL"


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the tests ends up in the data folder of the service."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADWIJZER_DATA", str(tmp_path_factory.mktemp("data")))
        current_settings.cache_clear()
        yield
    current_settings.cache_clear()


@pytest.fixture(scope="session")
def model() -> Path:
    """The folder with the trained model; trains one when there is none."""
    models = ROOT / "models"
    if newest_model(models) is None:
        padwijzer = Path(sys.executable).with_name("padwijzer")
        subprocess.run([padwijzer, "train"], cwd=ROOT, check=True)
    return models


@pytest.fixture(scope="session")
def engine(model: Path) -> Engine:
    logs.set_up()
    return Engine.load(model)


# --- databases -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A PostgreSQL server: the one that is named, else one on this machine, else one from a wheel."""
    named = os.environ.get(POSTGRES)
    local = (f"postgresql://{user}@127.0.0.1:5432/postgres" for user in _users())
    found = named or next((url for url in local if _reachable(url)), None)
    if found:
        yield make_url(found)
        return
    import pgserver

    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield make_url(server.get_uri())
    server.cleanup()


def _users() -> Iterator[str]:
    yield from dict.fromkeys((getpass.getuser(), "root", "postgres"))


def _reachable(url: str) -> bool:
    engine = create_engine(url, connect_args={"connect_timeout": 2})
    try:
        engine.connect().close()
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


@contextmanager
def _database(server: URL, template: str = "template1") -> Iterator[URL]:
    """A database of its own, gone afterwards."""
    name = f"padwijzer_{os.getpid()}_{os.urandom(6).hex()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield server.set(database=name)
    finally:
        with admin.connect() as db:
            db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on either kind."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'padwijzer.db'}"
        return
    with _database(request.getfixturevalue("postgres")) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: that is quicker than migrating for every test."""
    file = tmp_path_factory.mktemp("migrated") / "padwijzer.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres: URL) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    with _database(postgres) as url:
        open_store(url.render_as_string(hide_password=False)).close()
        yield str(url.database)


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A migrated SQLite file, where the kind of database makes no difference."""
    file = shutil.copy(migrated_file, tmp_path / "padwijzer.db")
    store = known_store(f"sqlite:///{file}")
    yield store
    store.close()


@pytest.fixture
def stores(kind: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A migrated database, on either kind."""
    if kind == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    server = request.getfixturevalue("postgres")
    with _database(server, request.getfixturevalue("migrated_database")) as url:
        store = known_store(url.render_as_string(hide_password=False))
        yield store
        store.close()


# --- talks ---------------------------------------------------------------------------------------


@pytest.fixture
async def turns(engine: Engine, stores: Store) -> AsyncIterator[Turns]:
    worker = Turns(engine, stores.ledger, SECRET)
    yield worker
    worker.close()


@pytest.fixture
def person(turns: Turns) -> Person:
    return Person(turns)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the product, from a Monday on; the test moves it."""
    moved = Clock()
    monkeypatch.setattr(wiring, "utc_now", moved)
    monkeypatch.setattr(app, "utc_now", moved)
    return moved


@pytest.fixture
def came(person: Person, stores: Store, clock: Clock) -> Came:
    return Came(person, stores, clock)


# --- the front door ------------------------------------------------------------------------------

Door = Callable[..., httpx.AsyncClient]
Serve = Callable[..., Awaitable[Served]]


@pytest.fixture
def application(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Starlette]:
    """The whole application over a store, as `bot.app.build` makes it; the engine is warm already."""

    async def warm() -> None:
        return None

    def make(store: Store, **environ: str) -> Starlette:
        monkeypatch.setattr(app, "ledger", lambda: store.ledger)
        monkeypatch.setattr(app, "check_ins", lambda: store.check_ins)
        monkeypatch.setattr(engine, "warm_up", warm)
        own = {"PADWIJZER_SECRET": SECRET.decode(), "PADWIJZER_DATA": str(tmp_path)}
        given = {**own, "PADWIJZER_BURST": "1000", **environ}  # tests talk faster than people
        return app.build(settings.read(given), engine)

    return make


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve an application on a real port, as the service itself does; returns how to stop it."""
    running: list[Served] = []

    async def start(application: Starlette, port: int = 0) -> Served:
        running.append(await Served.start(application, port))
        return running[-1]

    yield start
    for served in running:
        await served.stop()


@pytest.fixture
def door() -> Door:
    """A client of an application, by default on this machine."""

    def make(application: Starlette, host: str = "127.0.0.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(application, client=(host, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://bot.test")

    return make


# --- all doors at once ---------------------------------------------------------------------------


@pytest.fixture
async def open_house(
    application: Callable[..., Starlette],
    serve: Serve,
    sqlite: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Callable[..., Awaitable[House]]]:
    """Serve all four doors on a real port, with local servers in the place of Slack and Microsoft."""
    peer, microsoft = SlackPeer(), Microsoft()
    await peer.start()
    microsoft.start()
    monkeypatch.setattr(app, "TeamsDoor", partial(TeamsDoor, cloud=microsoft.cloud))
    opened: list[House] = []

    async def start(**environ: str) -> House:
        served = await serve(application(sqlite, **platforms(peer.url), **environ))
        client = client_of(served.url)
        opened.append(House(sqlite, served.url, served.token, peer, microsoft, client))
        return opened[-1]

    yield start
    for house in opened:
        await house.close()
    await peer.stop()
    microsoft.stop()


@pytest.fixture
async def house(open_house: Callable[..., Awaitable[House]]) -> House:
    return await open_house()
