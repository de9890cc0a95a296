"""E-mail to the desk, through a real mail server on this machine: how many wait, a link, and no word of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from desk_visitor import MORNING, House, app_of
from served import until
from sqlalchemy import insert, update
from talking import SECRET, Store

from bench.ports import free_port
from bot.turns.notices import Notices
from coach import settings
from coach.domain.handover import State
from coach.store.desk_tables import handovers
from coach.store.tables import talks

WORDS = "Mijn leidinggevende zwijgt mij dood"


class Postbox:
    """What the mail server got; refuses while `closed`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.closed = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.closed:
            return "451 try again later"
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        return "250 OK"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Controller]:
    def knows(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == b"geheim"
        return AuthResult(success=right, handled=True)

    running = Controller(
        postbox,
        "127.0.0.1",
        free_port(),
        authenticator=knows,
        auth_require_tls=False,
        auth_required=True,
    )
    running.start()
    yield running
    running.stop()


def _environ(server: Controller, **more: str) -> dict[str, str]:
    return {
        "PADWIJZER_SMTP_HOST": "127.0.0.1",
        "PADWIJZER_SMTP_PORT": str(server.port),
        "PADWIJZER_SMTP_FROM": "padwijzer@desk.test",
        "PADWIJZER_SMTP_USER": "padwijzer",
        "PADWIJZER_SMTP_PASSWORD": "geheim",
        "PADWIJZER_SMTP_STARTTLS": "0",
        **more,
    }


def notices_of(house: House, environ: dict[str, str]) -> Notices:
    own = {"PADWIJZER_SECRET": SECRET.decode(), "PADWIJZER_BASE_URL": "https://leren.test"}
    given = settings.read({"PADWIJZER_DATA": "unused", **own, **environ})
    return Notices(house.engine, given, now=house.clock)


def wait(store: Store, key: str, organisation: str | None = None) -> None:
    """Somebody who waits for a person."""
    now = MORNING
    times = {"created_at": now, "updated_at": now}
    talk = {"id": key, "channel": "rest", "sender_hash": key, "state": {}, "offered": {}}
    row = {"id": key, "talk": key, "state": State.NEW.value, "reason": "gevraagd"}
    more = {"summary": WORDS, "asked_at": now, "organisation": organisation}
    with store.database.begin() as db:
        db.execute(insert(talks).values(**talk, **times))
        db.execute(insert(handovers).values(**row, **more))


def test_each_adviser_hears_how_many_wait_for_them(
    desk: House, stores: Store, server: Controller, postbox: Postbox
) -> None:
    notices = notices_of(desk, _environ(server))
    wait(stores, "een")
    wait(stores, "twee", desk.of["anna"])
    assert notices.send() == 3
    subjects = {mail["To"]: mail["Subject"] for mail in postbox.mails}
    assert subjects == {
        "anna@desk.test": "Er wachten 2 mensen bij het leerloket",
        "bram@desk.test": "Er wacht iemand bij het leerloket",
        "manager@desk.test": "Er wachten 2 mensen bij het leerloket",
    }
    for mail in postbox.mails:
        text = mail.get_content()
        assert "https://leren.test/desk/overdrachten" in text and WORDS not in mail.as_string()
    assert notices.send() == 0, "each handover is told once"
    wait(stores, "drie", desk.of["bram"])
    notices.send()
    assert {mail["To"] for mail in postbox.mails[3:]} == {"bram@desk.test", "manager@desk.test"}


def test_one_address_for_all_of_the_desk(
    small_desk: House, sqlite: Store, server: Controller, postbox: Postbox
) -> None:
    wait(sqlite, "een", small_desk.of["bram"])
    environ = _environ(server, PADWIJZER_DESK_MAIL="loket@desk.test")
    assert notices_of(small_desk, environ).send() == 1
    assert [mail["To"] for mail in postbox.mails] == ["loket@desk.test"]


def test_mail_that_fails_is_told_at_the_desk_and_sent_when_it_works_again(
    small_desk: House, sqlite: Store, server: Controller, postbox: Postbox
) -> None:
    environ = _environ(server)
    small_desk.app = app_of(sqlite.database, small_desk.clock, **environ)
    notices = notices_of(small_desk, environ)
    wait(sqlite, "een")
    postbox.closed = True
    with pytest.raises(OSError):
        notices.send()
    anna = small_desk.signed_in("anna")
    assert "komt niet aan" not in anna.get("/desk/overdrachten").text
    small_desk.clock.later(minutes=6)
    assert "komt niet aan" in anna.get("/desk/overdrachten").text
    postbox.closed = False
    assert notices.send() == 3
    assert "komt niet aan" not in anna.get("/desk/overdrachten").text


def test_who_is_helped_already_needs_no_mail(
    small_desk: House, sqlite: Store, server: Controller, postbox: Postbox
) -> None:
    wait(sqlite, "een")
    with sqlite.database.begin() as db:
        busy = {"state": State.BUSY.value, "taken_at": MORNING + timedelta(minutes=1)}
        db.execute(update(handovers).values(**busy))
    assert notices_of(small_desk, _environ(server)).send() == 0 and postbox.mails == []


async def test_the_service_sends_by_itself(
    small_desk: House, sqlite: Store, server: Controller, postbox: Postbox
) -> None:
    wait(sqlite, "een")
    notices = notices_of(small_desk, _environ(server))
    await notices.start()
    await until(lambda: len(postbox.mails) == 3)
    await notices.stop()
