"""The guard: a bucket of tokens for each sender, and refusals that are counted and said in Dutch."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import guard
from bot.channels.guard import MOST_BUCKETS, Guard, Refused, check_id, check_text

BURST, PER_SECOND = 10, 1.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> Guard:
    return Guard(clock=clock)


def _admitted(watch: Guard, times: int, sender: str = "a", channel: str = "web") -> int:
    count = 0
    for _ in range(times):
        try:
            watch.admit(channel, sender)
        except Refused as refused:
            assert (refused.status, refused.code) == (429, "too_fast")
        else:
            count += 1
    return count


def test_who_talks_like_people_is_never_refused(watch: Guard, clock: Clock) -> None:
    for _ in range(500):
        watch.admit("web", "a")
        clock.now += 1


def test_a_hundred_messages_at_once_are_ten(watch: Guard, clock: Clock) -> None:
    assert _admitted(watch, 100) == BURST
    clock.now += 3
    assert _admitted(watch, 100) == 3
    clock.now += 1_000
    assert _admitted(watch, 100) == BURST


def test_each_sender_of_each_channel_has_a_bucket_of_their_own(watch: Guard) -> None:
    assert _admitted(watch, 50) == BURST
    assert _admitted(watch, 5, "b") == 5
    assert _admitted(watch, 5, "a", "slack") == 5


def test_a_refused_message_costs_nothing(watch: Guard, clock: Clock) -> None:
    _admitted(watch, 1_000)
    clock.now += 1
    assert _admitted(watch, 1) == 1


def test_a_clock_that_goes_back_locks_nobody_out(watch: Guard, clock: Clock) -> None:
    _admitted(watch, 5)
    clock.now -= 500
    assert _admitted(watch, 5) == 5
    clock.now += 2
    assert _admitted(watch, 5) == 2


@given(
    burst=st.integers(1, 20),
    per_second=st.floats(0.1, 5),
    steps=st.lists(st.tuples(st.floats(0, 30), st.sampled_from("ab")), max_size=150),
)
def test_never_more_than_the_burst_and_what_came_in_since(
    burst: int, per_second: float, steps: list[tuple[float, str]]
) -> None:
    """Over every stretch of time, and never less than what is due."""
    clock = Clock()
    watch = Guard(burst=burst, per_second=per_second, clock=clock)
    admitted: list[float] = []
    refused_after = 0.0
    for pause, sender in steps:
        clock.now += pause
        if sender == "b":
            _admitted(watch, 1, "b")
            continue
        if _admitted(watch, 1):
            admitted.append(clock.now)
        else:
            since = [at for at in admitted if at > clock.now - 1 / per_second - 1e-6]
            assert since, "refused although a token had come in and nobody had taken it"
            refused_after = clock.now
    for first, at in enumerate(admitted):
        for last in range(first, len(admitted)):
            within = admitted[last] - at
            assert last - first + 1 <= burst + within * per_second + 1e-6
    assert refused_after == 0 or len(admitted) >= burst


def test_full_buckets_are_forgotten_and_empty_ones_are_not(watch: Guard, clock: Clock) -> None:
    _admitted(watch, 20, "fast")
    for n in range(MOST_BUCKETS):
        watch.admit("rest", f"s{n}")
    clock.now += 2
    for n in range(MOST_BUCKETS):
        watch.admit("rest", f"t{n}")
    assert len(watch._buckets) <= MOST_BUCKETS + 2
    assert _admitted(watch, 20, "fast") == 2


def test_refusals_are_counted_by_channel_and_reason_and_seldom_logged(
    watch: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(100):
            watch.refuse("web", "too_fast")
        watch.refuse("slack", "too_long")
    assert watch.counts == {("web", "too_fast"): 100, ("slack", "too_long"): 1}
    assert len(caplog.records) == 8
    assert "channel=web code=too_fast count=64" in caplog.text


@pytest.mark.parametrize("value", [None, 7, True, [], {}, "", "  ", "a\x00", "\ud800", "x" * 129])
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(Refused) as refused:
        check_id(value)
    assert (refused.value.status, refused.value.code) == (400, "bad_id")


@pytest.mark.parametrize("value", [None, 7, True, ["x"], {"text": "x"}, b"x", "a\x00", "\udfff"])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(Refused) as refused:
        check_text(value)
    assert refused.value.code == "bad_message"


def test_a_text_that_is_too_long_is_refused_and_a_long_one_is_kept() -> None:
    longest = "é" * guard.MOST_CHARACTERS
    assert check_text(longest) == longest
    with pytest.raises(Refused) as refused:
        check_text(longest + "x")
    assert (refused.value.status, refused.value.code) == (413, "too_long")
    assert "4.000" in refused.value.sentence()
