"""Typed words are encoded beside the event loop, those that wait together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from bot.ahead import Ahead
from coach.language import encoder as encoders
from coach.language.encoder import Remembering, Vectors


class Slow:
    """Counts its batches; the first waits until it is let go."""

    size = 2

    def __init__(self, wrong: str = "") -> None:
        self.batches: list[list[str]] = []
        self.go, self.threads, self._wrong = threading.Event(), set[str](), wrong

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(list(texts))
        self.threads.add(threading.current_thread().name)
        if len(self.batches) == 1:
            self.go.wait(5)
        if self._wrong in texts:
            raise ValueError("no vector")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


async def test_what_waits_is_encoded_together_and_off_the_loop() -> None:
    slow = Slow()
    kept = Remembering(slow)
    ahead = Ahead(kept)
    first = asyncio.create_task(ahead.ready("een"))
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(ahead.ready(text)) for text in ("twee", "drie", "twee", "vier")]
    await asyncio.sleep(0.05)
    slow.go.set()
    await asyncio.gather(first, *rest)
    assert slow.batches == [["een"], ["twee", "drie", "vier"]]
    assert threading.current_thread().name not in slow.threads
    assert kept.encode(["drie"])[0].tolist() == [4, 1] and len(slow.batches) == 2


async def test_a_text_that_is_known_waits_for_nobody() -> None:
    slow = Slow()
    slow.go.set()
    ahead = Ahead(Remembering(slow))
    await ahead.ready("een")
    await ahead.ready("een")
    assert slow.batches == [["een"]]


async def test_what_was_begun_is_waited_for_and_not_made_again() -> None:
    slow = Slow()
    kept = Remembering(slow)
    ahead = Ahead(kept)
    ahead.begin("een")
    ready = asyncio.create_task(ahead.ready("een"))
    await asyncio.sleep(0.05)
    assert not ready.done() and not kept.knows("een")
    slow.go.set()
    await ready
    assert kept.knows("een") and slow.batches == [["een"]]


async def test_who_gives_up_keeps_nobody_waiting() -> None:
    slow = Slow()
    ahead = Ahead(Remembering(slow))
    first = asyncio.create_task(ahead.ready("een"))
    await asyncio.sleep(0.05)
    gone, stays = (asyncio.create_task(ahead.ready("twee")) for _ in range(2))
    await asyncio.sleep(0.05)
    gone.cancel()
    slow.go.set()
    await asyncio.gather(first, stays)
    assert gone.cancelled()


async def test_an_encoder_that_fails_is_met_by_who_needs_it() -> None:
    slow = Slow(wrong="een")
    slow.go.set()
    kept = Remembering(slow)
    await Ahead(kept).ready("een")
    with pytest.raises(ValueError, match="no vector"):
        kept.encode(["een"])
    await Ahead(kept).ready("twee")
    assert kept.knows("twee") and not kept.knows("een")


def test_only_the_last_sentences_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "KEPT", 3)
    slow = Slow()
    slow.go.set()
    kept = Remembering(slow)
    for text in ("a", "b", "c", "d"):
        kept.encode([text])
    assert not kept.knows("a") and all(map(kept.knows, "bcd"))
