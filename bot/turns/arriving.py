"""Which messages have to do with a personal code, before they come into the inbox; and how often one may be tried."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.guard import Guard, Refused
from coach.domain.code import MASK, typed
from coach.store.codes import Arrival, Wish, hash_of

TRIES, EVERY = 5, 360.0
"""Codes that one sender may type at once, and the seconds after which one more may be tried."""
ALL_TRIES, ALL_EVERY = 100, 6.0
"""The same for all senders of this copy together: a new sender costs nothing, so that one alone is no limit."""
AGREED, SWITCH = '/other_device{"value": "ja"}', "wissel"


@dataclass(frozen=True)
class Coming:
    """A message as it goes into the inbox, and what it wants with where its talk is."""

    text: str
    arrival: Arrival


class Arrivals:
    def __init__(self, secret: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = secret
        self._each = Guard(burst=TRIES, per_second=1 / EVERY, clock=clock)
        self._all = Guard(burst=ALL_TRIES, per_second=1 / ALL_EVERY, clock=clock)

    def look(self, channel: str, sender: str, text: str, payload: str | None) -> Coming | None:
        """What a message wants; None when it is about something else. A code that is typed counts as a try."""
        if (payload or text).endswith(AGREED):
            return Coming(text, Arrival(Wish.AGREED))
        if payload is None and text.strip(" .!‘’'\"").casefold() == SWITCH:
            return Coming(text, Arrival(Wish.SWITCH))
        code = typed(text) if payload is None else None
        if code is None:
            return None
        try:
            self._each.admit(channel, sender)
            self._all.admit(channel="", sender="")
        except Refused:
            self._each.refuse(channel, "code")
            return Coming(MASK, Arrival(Wish.WAIT))
        return Coming(MASK, Arrival(Wish.TYPED, hash_of(self._secret, code)))
