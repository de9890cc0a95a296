"""What Teams sends: every recorded activity, mentions, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from microsoft import APP, Json, Microsoft
from teams_service import PATH, activity_id, offered, phase
from teams_stock import Stock

from bot.channels.guard import Refused
from bot.channels.teams import cards
from coach.store.tables import inbox, outbox

# --- what comes in -------------------------------------------------------------------------------


async def test_teams_hears_at_once_that_a_message_is_in(service: Any, microsoft: Microsoft) -> None:
    microsoft.open.clear()  # the connector does not answer
    response = await service.receive(microsoft.recorded("message"))
    assert (response.status_code, microsoft.posts) == (200, [])
    microsoft.open.set()
    await service.settled()
    assert microsoft.posts


async def test_the_stock_channel_lets_teams_wait_for_the_whole_turn(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock, order = Stock(microsoft, monkeypatch), []

    async def turn(_: Any) -> None:
        order.append("turn")

    monkeypatch.setattr(stock, "_hear", turn)
    await stock.receive(microsoft.recorded("message"))
    order.append("answer")
    assert order == ["turn", "answer"]


async def test_every_recorded_activity_is_answered_with_200(
    service: Any, microsoft: Microsoft, recorded_names: list[str]
) -> None:
    assert len(recorded_names) >= 9
    for name in recorded_names:
        response = await service.receive(microsoft.recorded(name))
        assert response.status_code == 200, name
    await service.settled()


@pytest.mark.parametrize("name", ["reaction", "invoke", "bot_added"])
async def test_an_event_that_asks_for_nothing_gets_no_answer(
    running: Any, microsoft: Microsoft, name: str
) -> None:
    async with running() as service:
        assert (await service.receive(microsoft.recorded(name))).status_code == 200
        assert service.store.count(inbox) == 0
    assert microsoft.posts == []


async def test_another_bot_is_not_answered(running: Any, microsoft: Microsoft) -> None:
    async with running() as service:
        activity = microsoft.recorded("message", **{"from": {"id": "28:another-bot"}})
        assert (await service.receive(activity)).status_code == 200
    assert microsoft.posts == []


async def test_who_installs_the_bot_is_greeted(service: Any, microsoft: Microsoft) -> None:
    await service.receive(microsoft.recorded("installed"))
    await service.receive(microsoft.recorded("bot_added"))  # Teams sends both
    await service.settled()
    assert await phase(service) == "role"
    assert offered(microsoft.posts)
    assert len(microsoft.posts) == service.store.count(outbox), "greeted once"


async def test_the_stock_channel_greets_nobody(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(microsoft, monkeypatch)
    assert await stock.receive(microsoft.recorded("installed")) == 200
    assert stock.heard == []


async def test_a_team_that_installs_the_bot_is_told_that_colleagues_read_along(
    running: Any, microsoft: Microsoft
) -> None:
    async with running() as service:
        activity = microsoft.recorded("installed_in_team")
        assert (await service.receive(activity)).status_code == 200
        assert service.store.count(inbox) == 0
    [post] = microsoft.posts
    assert post.words == cards.texts()["group"]
    assert post.conversation == activity["conversation"]["id"]


# --- mentions ------------------------------------------------------------------------------------


def mention(name: str, who: str, words: str = "") -> Json:
    return {
        "type": "mention",
        "mentioned": {"id": who, "name": name},
        "text": words or f"<at>{name}</at>",
    }


BOT = f"28:{APP.app_id}"
MENTIONS = [
    ("<at>Padwijzer</at> hallo", [mention("Padwijzer", BOT)], "hallo"),
    ("<at>Padwijzer</at>&nbsp;hallo", [mention("Padwijzer", BOT)], "hallo"),
    ("hallo <at>Padwijzer</at>", [mention("Padwijzer", BOT, "<at>@Padwijzer</at>")], "hallo"),
    (
        "<at>Padwijzer</at> ik werk met <at>Pranav Smith</at>",
        [mention("Padwijzer", BOT), mention("Pranav Smith", "29:2")],
        "ik werk met Pranav Smith",
    ),
    ("a < b & c <at", [], "a < b & c <at"),
    ("  hallo ", [], "  hallo "),
]


@pytest.mark.parametrize(("text", "entities", "kept"), MENTIONS)
async def test_the_bots_name_is_taken_out(
    service: Any, microsoft: Microsoft, text: str, entities: list[Json], kept: str
) -> None:
    await service.receive(microsoft.recorded("message", text=text, entities=entities))
    await service.settled()
    [row] = service.store.rows(inbox)
    assert (row.text, row.payload) == (kept, None)


async def test_the_stock_channel_leaves_it_in(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(microsoft, monkeypatch)
    await stock.receive(microsoft.recorded("mention"))
    assert "<at>" in stock.heard[0].text


async def test_who_only_calls_the_bot_is_greeted(service: Any) -> None:
    text, entities = "<at>Padwijzer</at>", [mention("Padwijzer", BOT)]
    assert offered(await service.say(text, entities=entities))


async def test_other_entities_do_no_harm(service: Any) -> None:
    odd = [1, {}, {"type": "mention"}, {"type": "mention", "mentioned": 3, "text": []}]
    assert await service.say("hallo", entities=odd)


# --- refusals ------------------------------------------------------------------------------------


async def test_a_text_that_is_too_long_is_refused_in_words(
    running: Any, microsoft: Microsoft
) -> None:
    async with running() as service:
        response = await service.receive(microsoft.recorded("message", text="a" * 4001))
        assert response.status_code == 413
        assert service.store.count(inbox) == 0
    assert [post.words for post in microsoft.posts] == [Refused(413, "too_long").sentence()]


async def test_a_file_without_a_word_is_answered(running: Any, microsoft: Microsoft) -> None:
    async with running() as service:
        response = await service.receive(microsoft.recorded("message", text=""))
        assert response.status_code == 400
    assert [post.words for post in microsoft.posts] == [Refused(400, "empty").sentence()]


async def test_a_large_body_is_refused_before_it_is_parsed(
    service: Any, microsoft: Microsoft
) -> None:
    response = await service.receive(microsoft.recorded("message", text="a" * 1_000_000))
    assert response.status_code == 413
    assert service.guard.counts["teams", "too_big"] == 1


async def test_who_goes_too_fast_is_told_once_and_others_go_on(
    running: Any, microsoft: Microsoft
) -> None:
    async with running(burst=5) as service:
        statuses = [
            (await service.receive(microsoft.recorded("message", id=activity_id()))).status_code
            for _ in range(100)
        ]
        assert statuses[:5] == [200] * 5 and statuses.count(429) >= 80
        assert set(statuses) == {200, 429}
        await service.settled()
        other = {"from": {"id": "29:other", "aadObjectId": "c33aafc4-646d-4543-9d4c-abd28e4d2110"}}
        assert await service.say("hallo", **other)
    sentence = Refused(429, "too_fast").sentence()
    told = sum(post.words == sentence for post in microsoft.posts)
    assert 1 <= told <= statuses.count(200)


@pytest.mark.parametrize("wrong", [None, 1, True, "x", [], {}, ["a"], {"id": 3}, "\x00", "\ud800"])
async def test_wrong_types_are_never_a_failure_of_ours(
    running: Any, microsoft: Microsoft, wrong: Any
) -> None:
    async with running() as service:
        for key in microsoft.recorded("message"):
            activity = microsoft.recorded("message", id=activity_id())
            activity[key] = wrong
            response = await service.receive(activity)
            assert response.status_code < 500, (key, response.text)
        for outer, inner in (
            ("from", "id"),
            ("from", "aadObjectId"),
            ("conversation", "id"),
            ("recipient", "id"),
        ):
            activity = microsoft.recorded("message", id=activity_id())
            activity[outer][inner] = wrong
            assert (await service.receive(activity)).status_code < 500, (outer, inner)


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b'"x"', b"{", b"[" * 9000, b"\xff"])
async def test_a_body_that_is_no_activity_is_refused(
    service: Any, microsoft: Microsoft, body: bytes
) -> None:
    headers = {
        "authorization": f"Bearer {microsoft.token()}",
        "content-type": "application/json; charset=utf-8",
    }
    response = await service._client.post(PATH, content=body, headers=headers)
    assert response.status_code in (400, 403)


async def test_odd_but_honest_text_is_kept_exactly(service: Any) -> None:
    odd = "Zoë <script>alert(1)</script> **x** 👩‍👧 \u202egnirts\u202c é́́ &amp;"
    await service.say(odd)
    assert service.store.rows(inbox)[-1].text == odd
