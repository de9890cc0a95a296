"""What hostile and clumsy visitors send, at all four doors of one service: refused as designed, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import slack_payloads as payloads
from doors import CHANNELS, House
from served import until
from talking import VEIL, bare
from visitor import Visitor

from bot.channels.guard import MOST_CHARACTERS, _sentences
from bot.engine import Engine
from coach.store.tables import inbox, talks

Open = Callable[..., Awaitable[House]]
ODD: tuple[Any, ...] = (None, 7, True, ["hallo"], {"text": "hallo"}, "\x00", "\ud800", "", " \n")
COMMANDS = (
    "/geheim",
    "/restart",
    " /back",
    " /geheim",
    '/choose{"value": "niveau_3"}',
    '\t/slot{"role": "leeradviseur"}',
    "/session_start",
    "/",
)
FLOOD = 100


@pytest.fixture
async def pair(house: House, channel: str) -> tuple[Visitor, Visitor]:
    """Who tries something, and somebody else at the same door."""
    return await house.visitor(channel, "lastig"), await house.visitor(channel, "rustig")


async def _gets_on(other: Visitor, before: int = 0) -> None:
    """Their turns go well, each with an answer."""
    await other.say("hallo")
    assert len(other.read()) > before and other.read()[-1].buttons
    said = len(other.read())
    await other.press("medewerker")
    assert len(other.read()) > said


def _stored(house: House) -> list[str]:
    return [row.text for row in house.store.rows(inbox)]


# --- what is no message --------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_is_no_text_is_refused(house: House, pair: tuple[Visitor, Visitor]) -> None:
    visitor, other = pair
    for text in ODD:
        status = await visitor.send(text)
        assert status < 500, text
    assert _stored(house) == []
    known = {_sentences()[code] for code in ("bad_message", "empty")}
    await until(lambda: visitor.told())
    assert set(visitor.told()) <= known
    await _gets_on(other)
    assert _stored(house)[0] == "hallo"


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_text_that_is_too_long_is_refused_in_dutch(
    house: House, pair: tuple[Visitor, Visitor]
) -> None:
    visitor, other = pair
    assert await visitor.send("x" * (MOST_CHARACTERS + 1)) < 500
    await until(lambda: _sentences()["too_long"] in visitor.told())
    assert _stored(house) == []
    await _gets_on(other)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_longest_text_is_kept_exactly(
    house: House, pair: tuple[Visitor, Visitor]
) -> None:
    visitor, _ = pair
    words = ("<é&> 👩 “ja” " * MOST_CHARACTERS)[: MOST_CHARACTERS - 1] + "!"
    await visitor.say(words)
    assert _stored(house) == [words] and visitor.read()


ADDRESSES = {
    "rest": "/webhooks/rest/webhook",
    "web": "/web/session",
    "slack": "/slack/events",
    "teams": "/webhooks/teams",
}


def _signed(house: House, channel: str, body: bytes) -> dict[str, str]:
    """The headers with which the platform itself would send it."""
    if channel == "slack":
        return payloads.headers(body)
    headers = {"content-type": "application/json"}
    if channel == "teams":
        headers["authorization"] = f"Bearer {house.microsoft.token()}"
    return headers


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_megabyte_is_refused_before_it_is_parsed(
    house: House, pair: tuple[Visitor, Visitor], channel: str
) -> None:
    body = json.dumps({"sender": "x", "message": "x" * 1_000_000, "token": None}).encode()
    headers = _signed(house, channel, body)

    async def chunks() -> Any:
        for n in range(0, len(body), 10_000):
            yield body[n : n + 10_000]

    for content in (body, chunks()):  # with its length told, and without
        try:
            answer = await house.client.post(ADDRESSES[channel], content=content, headers=headers)
        except httpx.WriteError:  # it hung up on us half-way, which is as good
            continue
        assert answer.status_code == 413
        if channel != "slack":  # Slack shows no answer, nor does Teams, but scripts and pages do
            assert answer.json()["error"]["message"] == _sentences()["too_big"]
    assert _stored(house) == []
    await _gets_on(pair[1])


BROKEN = (b"", b"{", b"[1]", b"null", b'"x"', b"\xff\xfe", b"[" * 4_000, b"7" * 9_000, b"{}")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_is_no_json_of_ours_is_no_error_of_ours(
    house: House, pair: tuple[Visitor, Visitor], channel: str
) -> None:
    for body in BROKEN:
        headers = _signed(house, channel, body)
        answer = await house.client.post(ADDRESSES[channel], content=body, headers=headers)
        assert answer.status_code < 500, body[:20]
        if channel == "rest":
            assert answer.json()["error"]["message"] in _sentences().values()
    assert _stored(house) == []
    await _gets_on(pair[1])


# --- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_is_typed_is_never_a_command(
    house: House, engine: Engine, pair: tuple[Visitor, Visitor]
) -> None:
    visitor, _ = pair
    await visitor.say("hallo")
    await visitor.press("medewerker")
    for typed in COMMANDS:
        [before] = house.store.rows(talks)
        said = len(visitor.read())
        await visitor.say(typed)
        assert len(visitor.read()) > said, "nobody is met with silence"
        assert _stored(house)[-1] == typed
        as_text = await engine.hold("x", before.state, VEIL + typed.strip(), command=False)
        [after] = house.store.rows(talks)
        assert bare(after.state) == bare(as_text.state), typed


@pytest.mark.parametrize("channel", CHANNELS)
async def test_an_old_button_answers_no_other_question(
    house: House, pair: tuple[Visitor, Visitor]
) -> None:
    visitor, other = pair
    await visitor.say("hallo")
    for value in ("medewerker", "team", "ja", "niveau_1"):
        await visitor.press(value)
    [before] = house.store.rows(talks)
    for old in ("leidinggevende", "niveau_3", "onbekend"):  # other values, and one that is open too
        await visitor.press_old(old)
        await until(lambda: _sentences()["old_button"] in _heard(visitor))
        [after] = house.store.rows(talks)
        assert after.state == before.state, old
    await visitor.press("niveau_2")
    [after] = house.store.rows(talks)
    trail = after.state["slots"]["interview"]["trail"]
    assert [entry["level"] for entry in trail] == [1, 2], "the open question is still open"
    await _gets_on(other)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_words_that_equal_an_old_label_are_words(
    house: House, pair: tuple[Visitor, Visitor]
) -> None:
    visitor, _ = pair
    await visitor.say("hallo")
    for value in ("medewerker", "team", "ja"):
        await visitor.press(value)
    await visitor.say("Mijn team")
    assert _sentences()["old_button"] not in _heard(visitor)
    assert _stored(house)[-1] == "Mijn team"


def _heard(visitor: Visitor) -> list[str]:
    """All sentences that reached somebody, in the talk or beside it."""
    return [*visitor.told(), *(word for read in visitor.read() for word in read.words)]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_same_message_again_is_one_turn(
    house: House, pair: tuple[Visitor, Visitor]
) -> None:
    visitor, other = pair
    sent = [visitor.send("hallo", "1515449600.000001") for _ in range(3)]
    assert set(await asyncio.gather(*sent)) == {200}
    await visitor.settled()
    assert await visitor.send("hallo", "1515449600.000001") == 200
    await visitor.settled()
    assert _stored(house) == ["hallo"]
    await until(lambda: len(visitor.read()) >= 2)
    read = visitor.read()
    assert len(read) == len(set(read)), "no answer twice"
    await _gets_on(other)


# --- whose talk it is ----------------------------------------------------------------------------


async def test_no_door_goes_on_with_the_talk_of_another(house: House) -> None:
    for visitor in await house.visitors("sanne"):
        await visitor.say("hallo")
        await visitor.press("medewerker")
    known = [f"{payloads.TEAM}:USANNE", "USANNE", "29:sanne"]
    known += [row.sender_hash for row in house.store.rows(talks)]
    before = house.store.count(talks)
    for n, sender in enumerate(known, start=1):
        guesser = await house.visitor("rest", sender)
        await guesser.say("hallo")
        assert "Ik ben medewerker" in guesser.read()[-1].buttons, "asked as somebody new"
        assert house.store.count(talks) == before + n


# --- too fast ------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_hundred_messages_at_once_cost_nobody_a_turn(
    open_house: Open, channel: str
) -> None:
    house = await open_house(PADWIJZER_BURST="10")
    visitor = await house.visitor(channel, "lastig")
    others = await house.visitors("rustig")
    flood = [asyncio.create_task(visitor.send(f"bericht {n}")) for n in range(FLOOD)]
    for other in others:
        await _gets_on(other)
    statuses = Counter(await asyncio.gather(*flood))
    assert max(statuses) < 500
    await visitor.settled()
    taken = house.store.count(inbox) - 2 * len(others)  # each of them said two things
    assert 10 <= taken < FLOOD / 2
    await until(lambda: _sentences()["too_fast"] in visitor.told())
    assert all(row.status == "done" for row in house.store.rows(inbox))
