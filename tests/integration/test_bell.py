"""Two copies of the service on one PostgreSQL: what one of them does, the tabs at the other show at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from served import Served, Tab, until
from sqlalchemy import insert, text
from sqlalchemy.exc import StatementError
from starlette.applications import Starlette
from talking import Store, turn_of

from bot import app
from bot.turns.bell import Bell
from bot.turns.taking_up import TakingUp
from coach.store.bell import Listening, News, Ring
from coach.store.codes import DOOR, Outcome
from coach.store.tables import inbox, outbox, senders, talks

pytestmark = pytest.mark.parametrize("kind", ["postgres"])


@pytest.fixture
async def copies(
    application: Callable[..., Starlette],
    serve: Any,
    stores: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[Served, Served]]:
    monkeypatch.setattr(app, "Bell", partial(Bell, again=0.2))
    monkeypatch.setattr(app, "TakingUp", partial(TakingUp, every=0.1))
    other = stores.again()
    first = await serve(application(stores))
    second = await serve(application(other))
    await until(lambda: len(_listening(stores)) == 2)
    yield first, second
    await second.stop()
    other.close()


def _listening(stores: Store) -> list[int]:
    """The connections of this database that listen, by their last statement."""
    query = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE :last"
    )
    with stores.database.begin() as db:
        last = "SELECT current_setting('application_name')"
        return list(db.execute(text(query), {"last": last}).scalars())


async def test_an_answer_of_one_copy_reaches_the_tab_at_the_other(
    copies: tuple[Served, Served],
) -> None:
    here, there = copies
    token = await here.token()
    async with Tab(here.url, token) as one, Tab(there.url, token) as two:
        await one.turn("hallo")
        await until(lambda: two.numbers == one.numbers)
        await two.press("medewerker")
        await until(lambda: one.numbers == two.numbers and one.state == two.state)
        assert one.got == two.got
        assert one.got[0]["text"] == "hallo"
        assert two.heard[-1] == ("working", {"on": False})


async def test_nobody_else_hears_of_it(copies: tuple[Served, Served]) -> None:
    here, there = copies
    token = await here.token()
    other = Tab(there.url, await there.token())
    async with Tab(here.url, token) as one, Tab(there.url, token) as two, other:
        await one.turn("hallo")
        await until(lambda: two.numbers == one.numbers)
        assert not other.got and not other.heard


async def test_what_the_service_itself_says_comes_to_every_tab(
    copies: tuple[Served, Served], stores: Store
) -> None:
    """As a check-in, an adviser's answer and the end of a round do: a message of our own in the inbox."""
    here, there = copies
    token = await here.token()
    async with Tab(here.url, token) as one, Tab(there.url, token) as two:
        await one.turn("hallo")
        await until(lambda: two.numbers == one.numbers)
        talk = stores.rows(talks)[0]
        own = {"talk": talk.id, "channel": "web", "message_id": "own:1", "text": "", "own": True}
        with stores.database.begin() as db:
            db.execute(insert(inbox).values(**own, payload="/help", received_at=talk.created_at))
        before = len(one.got)
        await until(lambda: len(one.got) > before and one.numbers[-1] == two.numbers[-1])
        assert stores.rows(inbox)[-1].status == "done"
        await until(lambda: all(row.sent for row in stores.rows(outbox)))


async def test_a_talk_that_is_erased_leaves_every_screen(copies: tuple[Served, Served]) -> None:
    here, there = copies
    token = await here.token()
    async with Tab(here.url, token) as one, Tab(there.url, token) as two:
        await one.turn("hallo")
        await until(lambda: two.numbers == one.numbers)
        assert await one.call("forget") == {"ok": True}
        await until(lambda: ("forgotten", {}) in two.heard and two.state["phase"] == "none")
        assert [event for event, _ in one.heard].count("forgotten") == 1


async def test_a_copy_that_was_deaf_for_a_while_catches_up(
    copies: tuple[Served, Served], stores: Store
) -> None:
    here, there = copies
    token = await here.token()
    async with Tab(here.url, token) as one, Tab(there.url, token) as two:
        await one.turn("hallo")
        await until(lambda: two.numbers == one.numbers)
        before = _listening(stores)
        with stores.database.begin() as db:
            for pid in before:
                db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        await one.press("medewerker")
        await until(lambda: two.numbers[-1] == one.numbers[-1] and two.state == one.state)
        await until(lambda: len(_listening(stores)) == 2)
        assert not set(before) & set(_listening(stores))
        await one.press("team")
        await until(lambda: two.numbers[-1] == one.numbers[-1])


async def test_a_message_that_another_copy_is_at_is_worked_on(
    copies: tuple[Served, Served], stores: Store
) -> None:
    """Who comes back at the other copy sees that an answer comes."""
    here, there = copies
    token = await here.token()
    async with Tab(here.url, token) as one, Tab(there.url, token) as two:
        await one.turn("hallo")
        [talk] = stores.rows(talks)
        with stores.ledger.hold(talk.id):
            assert await one.say("ik ben medewerker") == {"ok": True}
            assert (await two.history())["working"] is True
        await until(lambda: two.numbers and two.numbers[-1] == one.numbers[-1] > 3)
        assert (await two.history())["working"] is False


# --- what is rung --------------------------------------------------------------------------------


async def _heard(listening: Listening, number: int) -> list[Ring]:
    """The next so many rings, or more when there are."""
    found: list[Ring] = []
    await until(lambda: found.extend(listening.heard()) or len(found) >= number)
    return found


async def test_a_ring_names_who_is_to_look_and_no_word(stores: Store) -> None:
    other = stores.again()
    listening, own = Listening(stores.database), Listening(other.database)
    with closing(other), closing(listening), closing(own):
        with other.database.begin() as db:
            for odd in ("", "x", "a b c d", "a b lines een"):  # of another version
                db.execute(text("SELECT pg_notify('padwijzer', :odd)"), {"odd": odd})
        message = other.ledger.accept("web", "h" * 64, "m1", "geheim-2718")
        other.ledger.commit(turn_of(message, 0, ["Dag"]))
        rest = other.ledger.accept("rest", "r" * 64, "m1", "x")
        other.ledger.commit(turn_of(rest, 0))  # nobody holds a line open there
        other.ledger.erase(message.talk)
        assert await _heard(listening, 2) == [
            Ring("h" * 64, News.LINES, 0),
            Ring("h" * 64, News.GONE, 0),
        ]
        again = stores.ledger.accept("web", "h" * 64, "m1", "x")
        stores.ledger.commit(turn_of(again, 0))
        # a copy shows its own work itself
        assert await _heard(own, 1) == [Ring("h" * 64, News.LINES, 0)]


async def test_a_ring_reaches_who_joined_from_elsewhere_and_says_that_they_moved(
    stores: Store,
) -> None:
    other = stores.again()
    with closing(other), closing(Listening(stores.database)) as listening:
        first = other.ledger.accept("web", "h" * 64, "m1", "x")
        other.ledger.commit(turn_of(first, 0))
        with other.database.begin() as db:
            who = {"channel": "web", "sender_hash": "j" * 64, "talk": first.talk, "active": True}
            db.execute(insert(senders).values(**who))
        joined = other.ledger.accept("web", "j" * 64, "m2", "****", Outcome.JOINED, door=DOOR)
        other.ledger.commit(turn_of(joined, 1))
        later = other.ledger.accept("web", "j" * 64, "m3", "x")
        other.ledger.commit(turn_of(later, 2))
        found = await _heard(listening, 5)
        assert found[0] == Ring("h" * 64, News.LINES, 0)
        for news, line, part in ((News.MOVED, 2, found[1:3]), (News.LINES, 4, found[3:])):
            assert set(part) == {Ring("h" * 64, news, line), Ring("j" * 64, news, line)}


async def test_what_is_not_stored_is_not_rung(stores: Store) -> None:
    other = stores.again()
    with closing(other), closing(Listening(stores.database)) as listening:
        message = other.ledger.accept("web", "h" * 64, "m1", "x")
        with pytest.raises(StatementError):  # the ring comes before the replies
            other.ledger.commit(turn_of(message, 0, [{"text": object()}]))
        other.ledger.commit(turn_of(message, 0))
        assert await _heard(listening, 1) == [Ring("h" * 64, News.LINES, 0)]
        assert stores.rows(talks)[0].seq == 1
