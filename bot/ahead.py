"""Typed words are encoded beside the event loop, those that wait together, so that a turn finds their vector ready.

The encoder reads 13 MB of weights whatever it encodes, so eight sentences at once cost about as much as two; and
while it multiplies, other people's turns go on.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future

from coach.language.encoder import Remembering

log = logging.getLogger("padwijzer.ahead")


class Ahead:
    def __init__(self, encoder: Remembering) -> None:
        self._encoder = encoder
        self._new: list[str] = []
        self._made: dict[str, Future[None]] = {}
        self._list, self._one = threading.Lock(), threading.Lock()

    def begin(self, text: str) -> Future[None] | None:
        """Begin to make the vector of a text, unless it is remembered; the result comes when it was tried."""
        if self._encoder.knows(text):
            return None
        with self._list:
            made = self._made.get(text)
            if made:
                return made
            made = self._made[text] = Future()
            self._new.append(text)
        # threads of the running loop: a process that was forked from this one has its own
        asyncio.get_running_loop().run_in_executor(None, self._encode)
        return made

    async def ready(self, text: str) -> None:
        """Wait until the vector of a text is remembered, or cannot be made: who needs it then meets the error."""
        made = self.begin(text)
        if made:
            await asyncio.shield(asyncio.wrap_future(made))  # it may be somebody else's too

    def _encode(self) -> None:
        with self._one:  # what comes in while another is busy is done together
            with self._list:
                texts, self._new = self._new, []
            try:
                if texts:
                    self._encoder.remember(texts)
            except Exception as error:
                log.warning("encoder.failed why=%s", type(error).__name__)
            finally:
                with self._list:
                    made = [self._made.pop(text) for text in texts]
                for one in made:
                    one.set_result(None)
