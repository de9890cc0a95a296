"""Ten thousand check-ins that are due at the same moment, while the copy that sends them is killed twenty times.

    .venv/bin/python bench/reminders.py --many 10000 --restarts 20

The queue, the inbox, the turn's transaction and the outbox are the real ones; only the model is a cheap one.
Each has to go out once, and all of them within a minute.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from grounds import asked, database, told
from talking import Store, open_store
from test_checkins_many import answer, drain, fill, quick

from coach.store.tables import check_ins, inbox, outbox, talks

MOST = 60.0
"""Seconds that the last may be late."""


def begin(store: Store) -> int:
    """A process of its own that does what a copy does at its start: take up what was left, then all that is due."""
    store.close()
    pid = os.fork()
    if pid == 0:
        try:
            mine = quick(store.again())
            for message in mine.ledger.waiting():
                answer(mine, message)
            drain(mine)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)  # never back into the run
    return pid


def run(given: argparse.Namespace, url: str) -> int:
    store = open_store(url)
    fill(store, given.many)
    began = time.monotonic()
    for n in range(given.restarts):
        pid = begin(store)
        while store.count(outbox) < given.many * (n + 1) // (given.restarts + 1):
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        print(f"\r{n + 1} kills, {store.count(outbox)} sent", end="", flush=True)
    _, status = os.waitpid(begin(store), 0)
    spent = time.monotonic() - began
    print()
    wrong = ["the last copy ended badly"] if status else []
    if spent > MOST:
        wrong.append(f"the last was {spent:.0f} s late")
    wrong += each_once(store, given.many)
    kind = "PostgreSQL" if store.is_postgres else "SQLite"
    return told(
        f"{kind}: {given.many} reminders, {given.restarts} kills, all sent in {spent:.0f} s", wrong
    )


def each_once(store: Store, many: int) -> list[str]:
    rows, messages, replies = store.rows(check_ins), store.rows(inbox), store.rows(outbox)
    checks = {
        "a reminder is not sent": all(row.state == "sent" for row in rows),
        "a reminder is lost or doubled": len({m.talk for m in messages}) == len(messages) == many,
        "a reply is lost or doubled": len({r.talk for r in replies}) == len(replies) == many,
        "a turn is lost or doubled": {talk.seq for talk in store.rows(talks)} == {1},
        "a message waits": {m.status for m in messages} == {"done"},
    }
    return [what for what, fine in checks.items() if not fine]


def main() -> int:
    given = asked(__doc__, many=10_000, restarts=20).parse_args()
    with tempfile.TemporaryDirectory() as name, database(given.database, Path(name)) as url:
        return run(given, url)


if __name__ == "__main__":
    sys.exit(main())
