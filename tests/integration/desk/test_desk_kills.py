"""A copy of the service that is killed while it brings an adviser's answer: it comes once, and the talk goes on.

As in test_kills: the engine is loaded once, and every trial forks a child that is killed at a random moment.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
import traceback
from contextlib import closing
from datetime import UTC, datetime

from talking import SECRET, Person, Store

from bot.engine import Engine
from bot.turns.worker import Turns
from coach.store.advisers import Adviser, Advisers, DeskRole
from coach.store.database import open_database
from coach.store.desk_tables import handover_lines, handovers
from coach.store.handovers import Handovers
from coach.store.ledger import Ledger
from coach.store.tables import inbox, outbox, talks

KILLS = int(os.environ.get("PADWIJZER_KILLS", "60")) // 4
LONGEST = 0.06
"""Seconds until a kill."""


def test_a_kill_between_answer_and_delivery_loses_and_doubles_nothing(
    engine: Engine, stores: Store
) -> None:
    adviser = _begin(engine, stores)
    [handover] = stores.rows(handovers)
    Handovers(stores.database).take(handover.id, adviser.id, None, _now())
    chance, stages = random.Random(20_261_127), set()
    for n in range(KILLS):
        _killed(engine, stores, handover.id, adviser, f"Antwoord {n}", chance.uniform(0, LONGEST))
        stages.add(tuple(row.status for row in stores.rows(inbox) if row.text == f"Antwoord {n}"))
        # the page is sent again, as a browser does that got no answer; then the copy is started again
        again = Handovers(stores.database)
        again.say(handover.id, adviser, f"Antwoord {n}", f"form{n}", _now())
        with closing(Turns(engine, stores.ledger, SECRET)) as turns:
            asyncio.run(turns.resume())
    expected = [f"Antwoord {n}" for n in range(KILLS)]
    assert [row.text for row in stores.rows(handover_lines)] == expected
    said = [row.message.get("text", "") for row in stores.rows(outbox)]
    assert [text.partition("leerloket: ")[2] for text in said if "leerloket: " in text] == expected
    [talk] = stores.rows(talks)
    lines = [row.line for t in (inbox, outbox) for row in stores.rows(t) if row.line]
    assert sorted(lines) == list(range(1, talk.lines + 1))
    assert ("new",) in stages or () in stages, "no kill came before the end of a turn"


def _begin(engine: Engine, stores: Store) -> Adviser:
    """A talk that was sent to the desk."""
    advisers = Advisers(stores.database)
    advisers.add("anna@desk.test", "Anna", DeskRole.ADVISER, None, _now())

    async def ask(turns: Turns) -> None:
        person = Person(turns)
        await person.say("ik wil een mens spreken")
        await person.press("ja")

    with closing(Turns(engine, stores.ledger, SECRET)) as turns:
        asyncio.run(ask(turns))
    return advisers.all()[0]


def _killed(
    engine: Engine, stores: Store, key: str, adviser: Adviser, text: str, after: float
) -> None:
    """A child that puts an answer in the inbox and brings it, killed after so many seconds."""
    stores.close()  # no connection is shared with a child
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            database = open_database(stores.url)
            turns = Turns(engine, Ledger(database), SECRET)
            os.write(writing, b".")
            form = text.replace("Antwoord ", "form")
            message = Handovers(database).say(key, adviser, text, form, _now())
            asyncio.run(turns.handle(message))
            signal.pause()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, "rb") as pipe:
        assert pipe.read(1) == b"."
        time.sleep(after)  # the random moment itself
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
