"""Each defect of Rasa's own Slack channel that was found: there on `rasa.core.channels.slack`, gone on ours.

The stock channel runs as Rasa runs it, in Sanic, and posts to the same local server as ours. Its address of
Slack cannot be set, so its output channel is given a client of its own that has another one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import slack_payloads as payloads
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.channels.slack import SlackBot, SlackInput
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import UserUttered
from slack_peer import SlackPeer
from slack_person import TOKEN, SlackPerson
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from talking import value_of

from bot.channels.slack import blocks
from bot.engine import Engine
from coach.store.tables import inbox, talks

STOCK = "/webhooks/slack/webhook"


class Stock:
    """The stock channel, with what reached the bot through it."""

    def __init__(self, port: str) -> None:
        self._url = f"http://127.0.0.1:{port}"

    async def send(self, body: Any, kind: str = payloads.JSON, **headers: str) -> httpx.Response:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        async with httpx.AsyncClient(base_url=self._url) as client:
            signed = payloads.headers(raw, kind, **headers)
            return await client.post(STOCK, content=raw, headers=signed)

    async def heard(self) -> list[str]:
        """What the bot was given since it was asked before."""
        async with httpx.AsyncClient(base_url=self._url) as client:
            return list((await client.get("/heard")).json())


@pytest.fixture(scope="session")
def stock_port() -> Iterator[str]:
    script = Path(__file__).with_name("stock_server.py")
    command = [sys.executable, "-W", "ignore", script, TOKEN, payloads.SIGNING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
async def stock(stock_port: str) -> Stock:
    made = Stock(stock_port)
    await made.heard()
    return made


@pytest.fixture
def output(peer: SlackPeer) -> SlackBot:
    bot = SlackBot(TOKEN, "D1")
    bot.client = AsyncWebClient(TOKEN, base_url=f"{peer.url}/api/")
    return bot


# --- what comes in -------------------------------------------------------------------------------


async def test_json_with_a_charset(stock: Stock, person: SlackPerson) -> None:
    event = payloads.callback(payloads.message("hallo"))
    kind = "application/json; charset=utf-8"
    response = await stock.send(event, kind)
    assert (response.status_code, await stock.heard()) == (
        200,
        [],
    )  # said to be delivered, and dropped
    assert await person.answered(event, **{"content-type": kind})


async def test_a_retry_for_another_reason_than_a_time_out(
    stock: Stock, person: SlackPerson
) -> None:
    event = payloads.callback(payloads.message("hallo"))
    retry = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_error"}
    await stock.send(event)
    await stock.send(event, **retry)
    assert await stock.heard() == ["hallo", "hallo"]
    await person.answered(event)
    assert not await person.answered(event, **retry)


async def test_a_post_that_comes_as_message_and_as_mention(
    stock: Stock, person: SlackPerson
) -> None:
    mention = payloads.mention(f"<@{payloads.BOT}> hallo", channel="C1")
    message = {**mention, "type": "message", "channel_type": "channel"}
    for event in (mention, message):
        await stock.send(payloads.callback(event))
        await person.answered(payloads.callback(event))
    assert await stock.heard() == ["hallo", "hallo"]
    assert [row.text for row in person.store.rows(inbox)] == ["hallo"]


@pytest.mark.parametrize("kind", ["radio_buttons", "checkboxes"])
async def test_elements_other_than_buttons_and_lists(
    stock: Stock, person: SlackPerson, kind: str
) -> None:
    await person.say("hallo")
    button = person.newest().buttons[0]
    option = {"text": button["text"], "value": button["value"]}
    element = {"type": kind, "options": [option], "block_id": button["block_id"]}
    body = payloads.interaction(payloads.press(element, "1.2", f"{person.peer.url}/respond/1"))
    assert (await stock.send(body, payloads.FORM)).status_code == 500
    assert await person.answered(body)


async def test_a_slash_command(stock: Stock, person: SlackPerson) -> None:
    body = payloads.command("hallo")
    assert (await stock.send(body, payloads.FORM)).status_code == 500
    assert await person.answered(body)


async def test_addresses_and_signs_in_what_people_type(stock: Stock, person: SlackPerson) -> None:
    typed = "mail <mailto:a@b.nl|a@b.nl> &amp; bel &lt;Sanne&gt;"
    event = payloads.callback(payloads.message(typed))
    await stock.send(event)
    assert await stock.heard() == [typed]
    await person.answered(event)
    assert person.store.rows(inbox)[0].text == "mail a@b.nl & bel <Sanne>"


async def test_a_typed_intent_is_handed_on_as_it_is(stock: Stock, person: SlackPerson) -> None:
    """The stock channel strips it, and Rasa then takes it for a command."""
    event = payloads.callback(payloads.message(' /choose{"value": "niveau_3"}'))
    await stock.send(event)
    assert await stock.heard() == ['/choose{"value": "niveau_3"}']
    await person.say("hallo")
    await person.press("medewerker")
    before = person.store.rows(talks)[0].state["slots"]["interview"]
    assert await person.answered(event)
    assert person.store.rows(talks)[0].state["slots"]["interview"] == before


# --- what goes out -------------------------------------------------------------------------------

BUTTONS = [{"title": f"Keuze {n}", "payload": f"/choose{n}"} for n in range(8)]


async def test_more_than_five_buttons(output: SlackBot, peer: SlackPeer) -> None:
    with pytest.warns(UserWarning, match="up to 5 buttons"):
        await output.send_text_with_buttons("D1", "Kies", BUTTONS)
    assert peer.posts[0].blocks == []
    ours = blocks.post({"text": "Kies", "buttons": BUTTONS}, 1, None)
    rows = [b["elements"] for b in ours["blocks"] if b["type"] == "actions"]
    assert [len(row) for row in rows] == [5, 3]


async def test_markdown(output: SlackBot, peer: SlackPeer) -> None:
    said = "**Let op**: [lees dit](https://pad.nl)"
    await output.send_text_message("D1", said)
    await output.send_text_with_buttons("D1", said, BUTTONS[:2])
    assert peer.posts[0].args["text"] == said
    assert peer.posts[1].blocks[0]["text"] == {"type": "plain_text", "text": said}
    ours = blocks.post({"text": said, "buttons": BUTTONS[:2]}, 1, None)
    assert ours["blocks"][0]["text"]["text"] == "*Let op*: <https://pad.nl|lees dit>"
    assert ours["blocks"][0]["text"]["type"] == "mrkdwn"


async def test_a_call_to_a_whole_channel_in_what_somebody_typed(
    output: SlackBot, peer: SlackPeer
) -> None:
    await output.send_text_message("D1", "Je zei: <!channel>")
    assert "<!channel>" in peer.posts[0].args["text"]
    assert "<!channel>" not in json.dumps(blocks.post({"text": "Je zei: <!channel>"}, 1, None))


async def test_the_alt_text_of_a_picture(output: SlackBot, peer: SlackPeer) -> None:
    address = "https://pad.nl/figuur/activatie-leren.png"
    await output.send_image_url("D1", address)
    assert peer.posts[0].blocks[0]["alt_text"] == address
    assert blocks.image(address, "De plek op het pad")["alt_text"] == "De plek op het pad"


async def test_a_button_that_is_a_link(output: SlackBot) -> None:
    link = [{"title": "Lees meer", "url": "https://pad.nl"}]
    with pytest.raises(KeyError, match="payload"):
        await output.send_text_with_buttons("D1", "Kies", link)
    [row] = blocks.choices(link, 1)
    assert row["elements"][0]["url"] == "https://pad.nl"


async def test_what_is_not_meant_for_slack_stays_here(output: SlackBot, peer: SlackPeer) -> None:
    inside = {"utter_action": "utter_x", "model_id": "m1", "assistant_id": "a1"}
    await output.send_attachment("D1", {"text": "x"}, **inside)
    await output.send_text_message("D1", "x")
    assert inside.items() <= peer.posts[0].args.items()
    assert {"as_user", "type"} <= set(peer.posts[1].args)
    ours = blocks.post(
        {"text": "x", "attachment": {"url": "https://pad.nl/a.ics"}, **inside}, 1, None
    )
    assert set(ours) == {"text", "blocks"}
    assert not any(value in json.dumps(ours) for value in inside.values())


async def test_the_address_of_slack_can_be_set(person: SlackPerson) -> None:
    """The whole of these tests depends on it; the stock channel has no such setting."""
    assert SlackInput(TOKEN, slack_signing_secret="s").get_output_channel("D1").client.base_url == (
        "https://slack.com/api/"
    )
    assert await person.say("hallo")


async def test_a_429_in_the_middle_of_a_turn(
    output: OutputChannel, peer: SlackPeer, engine: Engine, person: SlackPerson
) -> None:
    domain = engine._processor.domain
    kept, trackers = engine._processor.tracker_store, InMemoryTrackerStore(domain)
    limited = {"ok": False, "error": "ratelimited"}
    engine._processor.tracker_store = trackers
    try:
        peer.next("chat.postMessage", 429, limited, Retry_After="1")
        with pytest.raises(SlackApiError):
            await engine._processor.handle_message(UserMessage("hallo", output, "U1"))
    finally:
        engine._processor.tracker_store = kept
    stored = await trackers.retrieve("U1")
    said = [e.text for e in stored.events if isinstance(e, UserUttered)] if stored else []
    assert said == []  # what the person wrote is lost
    peer.next("chat.postMessage", 429, limited, Retry_After="1")
    assert await person.say("hallo")
    assert person.store.rows(talks)[0].seq == 1


async def test_buttons_after_use(stock: Stock, person: SlackPerson) -> None:
    await person.say("hallo")
    body = person.pressing(person.newest(), "medewerker")
    await stock.send(body, payloads.FORM)
    assert await stock.heard() and not person.peer.of("respond")
    await person.answered(body)
    await person.peer.until(lambda: person.peer.of("respond"))
    assert not person.peer.of("respond")[0].buttons


async def test_the_address_of_a_later_message(person: SlackPerson) -> None:
    """The stock channel can only guess it from the sender id, which is a composite in two of its settings."""
    composite = SlackInput(
        TOKEN, slack_signing_secret="s", conversation_granularity="channel"
    )._get_conversation_id("U1", "C1", None)
    assert composite == "U1_C1"  # no channel of Slack has this id
    posts = await person.say("hallo")
    assert {post.args["channel"] for post in posts} == {payloads.DM}
    assert value_of(person.newest().buttons[0]["value"])
