"""Talking through Teams: a whole interview by buttons, in one's own conversation and in groups."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft6Validator
from microsoft import Microsoft
from talking import OWN_WORDS, VEIL, bare
from teams_service import PERSON, activity_id, offered, phase, report
from teams_stock import Stock
from test_teams_cards import SCHEMA

from bot.engine import Engine
from coach.store.tables import addresses, inbox, outbox

VALID = Draft6Validator(SCHEMA)
USUAL = {
    "role": "medewerker",
    "subject": "team",
    "consent": "ja",
    "question": "niveau_1",
    "probe": "niveau_1",
    "check": "ja",
    "review": "ja",
    "obstacle": "niets",
    "what": "ja",
    "who": "ik",
    "when": "week",
    "sure": "8",
    "come_back": "week",
}


# --- where the answer goes -----------------------------------------------------------------------


async def test_a_private_talk_does_not_go_on_in_a_group(service: Any, microsoft: Microsoft) -> None:
    await service.say("hallo")
    private = microsoft.posts[-1].conversation
    thread = "19:aebd@thread.tacv2;messageid=1481567603816"
    group = {"conversation": {"id": thread, "conversationType": "channel", "isGroup": True}}
    answers = await service.say("hallo", **group)
    assert {post.conversation for post in answers} == {thread}, "in the thread that asked"
    assert len({row.talk for row in service.store.rows(inbox)}) == 2
    later = {"conversation": {**group["conversation"], "id": "19:aebd@thread.tacv2;messageid=2"}}
    answers = await service.say("hallo", **later)
    assert {post.conversation for post in answers} == {later["conversation"]["id"]}
    assert len({row.talk for row in service.store.rows(inbox)}) == 2, "one talk in one group"
    answers = await service.say("hallo")
    assert {post.conversation for post in answers} == {private}


async def test_two_people_have_two_talks(service: Any) -> None:
    other = {"id": "29:other", "aadObjectId": "c33aafc4-646d-4543-9d4c-abd28e4d2110"}
    first = await service.say("hallo")
    second = await service.say("hallo", **{"from": other})
    assert {p.activity["recipient"]["id"] for p in second} == {"29:other"}
    assert {p.activity["recipient"]["id"] for p in first} != {"29:other"}
    assert len({row.talk for row in service.store.rows(inbox)}) == 2


async def test_the_conversation_is_kept_without_names(service: Any, microsoft: Microsoft) -> None:
    await service.say("hallo")
    [row] = service.store.rows(addresses)
    sent = microsoft.recorded("message")
    assert row.data == {
        "service": microsoft.service,
        "conversation": sent["conversation"]["id"],
        "bot": sent["recipient"]["id"],
        "user": sent["from"]["id"],
    }
    assert "Megan" not in json.dumps(service.store.everything(), default=str)


# --- buttons and payloads ------------------------------------------------------------------------


async def test_a_whole_talk_by_buttons(service: Any, microsoft: Microsoft) -> None:
    answers = await service.say("hallo")
    for _ in range(40):
        now = await phase(service)
        if (await report(service))["plan"] and now not in USUAL:
            break
        options = offered(answers)
        if now == "reality":
            answers = await service.say(OWN_WORDS)
        else:
            wanted = USUAL.get(now)
            button = options[wanted] if wanted in options else next(iter(options.values()))
            answers = await service.press(button)
        assert answers, f"silence after {now}"
    found = await report(service)
    assert found["plan"] and found["position"]
    for post in microsoft.posts:
        if post.card is not None:
            VALID.validate(post.card)
    images = [b for p in microsoft.posts if p.card for b in p.card["body"] if b["type"] == "Image"]
    assert images and all(len(image["altText"]) > 20 for image in images)


async def test_what_was_said_is_what_was_stored(service: Any, microsoft: Microsoft) -> None:
    answers = await service.say("hallo")
    for _ in range(6):
        answers = await service.press(next(iter(offered(answers).values())))
    stored = [row.message for row in service.store.rows(outbox)]
    said = [message["text"] for message in stored if message.get("text")]
    lines = ["\n".join(line for line in text.splitlines() if line.strip()) for text in said]
    posted = [
        "\n".join(w for w in p.words.splitlines() if w.strip()) for p in microsoft.posts if p.words
    ]
    assert posted == lines
    chosen = [row.text for row in service.store.rows(inbox)][1:]
    assert all(chosen), "a button is stored with its label as the user's words"


async def test_the_stock_channel_does_not_hear_a_button(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(microsoft, monkeypatch)
    await stock.receive(microsoft.recorded("choice"))
    assert stock.heard[0].text == ""
    assert "payload" not in str(stock.heard[0].metadata)


async def test_a_choice_from_a_list_is_heard(service: Any, microsoft: Microsoft) -> None:
    answers = await service.say("hallo")
    await service.press(offered(answers)["medewerker"])
    assert await phase(service) == "subject"
    await service.receive(microsoft.recorded("choice"))
    await service.settled()
    assert await phase(service) == "consent"
    assert service.store.rows(inbox)[-1].text == "Mijn team"


@pytest.mark.parametrize(
    "typed", ["/restart", " /back", "/session_start", '/choose{"value":"team"}', "/geheim"]
)
async def test_a_typed_command_is_only_text(service: Any, engine: Engine, typed: str) -> None:
    answers = await service.say("hallo")
    await service.press(offered(answers)["medewerker"])
    before = (await service.turns.find_talk("teams", PERSON)).state
    as_text = await engine.hold("x", before, f"{VEIL}{typed.strip()}", command=False)
    assert await service.say(typed)
    after = (await service.turns.find_talk("teams", PERSON)).state
    assert bare(after) == bare(as_text.state)
    row = service.store.rows(inbox)[-1]
    assert (row.text, row.payload) == (typed, None)


@pytest.mark.parametrize("payload", ['/choose{"value": "niveau_3"}', "/session_start", "/geheim"])
async def test_a_button_that_was_not_offered_does_nothing(
    service: Any, microsoft: Microsoft, payload: str
) -> None:
    answers = await service.say("hallo")
    await service.press(offered(answers)["medewerker"])
    forged = microsoft.recorded(
        "message", text="klik", value={"payload": payload}, id=activity_id()
    )
    assert (await service.receive(forged)).status_code == 200
    await service.settled()
    assert await phase(service) == "subject"


async def test_a_button_works_after_a_restart(running: Any) -> None:
    async with running() as service:
        button = offered(await service.say("hallo"))["medewerker"]
    async with running() as service:
        await service.press(button)
        assert await phase(service) == "subject"


async def test_the_same_activity_twice_is_one_turn(service: Any, microsoft: Microsoft) -> None:
    for _ in range(4):
        assert (await service.receive(microsoft.recorded("message"))).status_code == 200
    await service.settled()
    assert service.store.count(inbox) == 1
    assert len(microsoft.posts) == service.store.count(outbox)
