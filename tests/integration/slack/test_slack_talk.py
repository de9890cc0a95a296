"""A talk in Slack: messages, mentions, the slash command, buttons that count once, the home tab."""

from __future__ import annotations

from typing import Any

import pytest
import slack_payloads as payloads
from slack_peer import Call
from slack_person import PATH, TOKEN, SlackPerson
from talking import OWN_WORDS, value_of

from bot.channels import state
from bot.channels.guard import Refused
from bot.channels.slack.texts import text
from coach.store.tables import addresses, inbox, outbox, talks

FIRST = ("medewerker", "team", "ja")


USUAL: dict[str, str] = {
    "role": "medewerker", "subject": "team", "consent": "ja", "question": "niveau_1",
    "probe": "niveau_1", "check": "ja", "review": "ja", "obstacle": "niets", "what": "ja",
    "who": "ik", "when": "week", "sure": "8", "come_back": "week",
}  # fmt: skip


async def _to_plan(person: SlackPerson) -> None:
    """A whole talk by buttons, to the end."""
    await person.say("hallo")
    for _ in range(40):
        phase = state.report(person.store.rows(talks)[0].state)["phase"]
        if phase == "done":
            return
        if phase == "reality":
            await person.say(OWN_WORDS)
        else:
            offered = person.newest().buttons
            await person.press(USUAL.get(phase) or value_of(offered[0]["value"]))
    raise AssertionError(phase)


async def test_a_direct_message_is_answered_in_it(person: SlackPerson) -> None:
    posts = await person.say("hallo")
    assert posts and {post.args["channel"] for post in posts} == {payloads.DM}
    stored = [row.message.get("text", "") for row in person.store.rows(outbox)]
    assert [post.args["text"] for post in posts] == stored
    assert {call.token for call in posts} == {f"Bearer {TOKEN}"}


async def test_what_is_said_in_a_thread_is_answered_there(person: SlackPerson) -> None:
    posts = await person.say("hallo", thread_ts="1515449500.000001")
    assert {post.args["thread_ts"] for post in posts} == {"1515449500.000001"}
    posts = await person.say("hoeveel nog?")
    assert all("thread_ts" not in post.args for post in posts)


async def test_a_talk_by_buttons_comes_to_a_place_with_its_picture(person: SlackPerson) -> None:
    await person.say("hallo")
    for value in (*FIRST, *["niveau_1"] * 4):
        await person.press(value)
    [shown] = [b for post in person.peer.posts for b in post.blocks if b["type"] == "image"]
    assert shown["alt_text"].startswith("De plek op het pad: activatie")
    [picture] = person.peer.of("upload")
    assert b"\x89PNG" in picture.args["bytes"]
    assert shown["slack_file"]["id"].startswith("F")
    [asked] = person.peer.of("files.getUploadURLExternal")
    assert asked.args["alt_txt"] == shown["alt_text"]


async def test_the_talk_goes_on_to_a_plan_that_the_home_tab_shows(person: SlackPerson) -> None:
    await _to_plan(person)
    view = await _home(person)
    words = view.shown
    assert text("home.no_place") not in words and text("home.no_plan") not in words
    assert "• Wat: " in words and "van de 10" in words


async def test_a_used_button_makes_place_for_the_choice(person: SlackPerson) -> None:
    await person.say("hallo")
    post = person.newest()
    title = next(b["text"]["text"] for b in post.buttons if "medewerker" in b["value"])
    await person.press("medewerker")
    await person.peer.until(lambda: person.peer.of("respond"))
    [replaced] = person.peer.of("respond")
    assert replaced.args["replace_original"] is True
    assert not replaced.buttons
    assert replaced.shown == post.shown
    assert replaced.blocks[-1]["elements"][0]["text"] == f"Je koos: {title}"


async def test_a_double_click_is_one_answer(person: SlackPerson) -> None:
    await person.say("hallo")
    for value in FIRST:
        await person.press(value)
    question = person.newest()
    await person.send(person.pressing(question, "niveau_1"))
    await person.send(person.pressing(question, "niveau_1"))
    await person.send(person.pressing(question, "niveau_2"))
    await person.settled()
    trail = person.store.rows(talks)[0].state["slots"]["interview"]["trail"]
    assert len(trail) == 1


async def test_an_old_button_does_not_answer_a_new_question(person: SlackPerson) -> None:
    await person.say("hallo")
    for value in FIRST:
        await person.press(value)
    question = person.newest()
    await person.say("de leiding bepaalt alles en plant het in")
    assert person.newest() is not question
    before = person.store.everything()
    posts = await person.answered(person.pressing(question, "niveau_3"))
    assert not posts and person.store.everything() == before

    old = Refused(409, "old_button").sentence()

    def said():
        return [c for c in person.peer.of("respond") if c.args["text"] == old]

    await person.peer.until(said)
    assert said()[0].args["replace_original"] is False


async def test_a_mention_is_answered_in_private(person: SlackPerson) -> None:
    posts = await person.answered(payloads.callback(payloads.mention(f"<@{payloads.BOT}> hallo")))
    await person.peer.until(lambda: [p for p in person.peer.posts if "thread_ts" in p.args])
    talk = [p for p in person.peer.posts if p.args["channel"] == payloads.USER]
    [pointer] = [p for p in person.peer.posts if p.args["channel"] == payloads.CHANNEL]
    assert talk and talk[-1].buttons
    assert pointer.args["text"] == text("in_private")
    assert posts
    assert person.store.rows(inbox)[0].text == "hallo"


async def test_the_answer_to_a_mention_stands_in_its_thread(person: SlackPerson) -> None:
    event = payloads.mention(f"<@{payloads.BOT}>", thread_ts="1515449500.000001")
    await person.answered(payloads.callback(event))
    await person.peer.until(lambda: [p for p in person.peer.posts if "thread_ts" in p.args])
    [pointer] = [p for p in person.peer.posts if p.args["channel"] == payloads.CHANNEL]
    assert pointer.args["thread_ts"] == "1515449500.000001"
    assert person.store.rows(inbox)[0].payload == "/greet"


async def test_a_channel_and_a_private_message_are_one_talk(person: SlackPerson) -> None:
    await person.say("hallo")
    await person.press("medewerker")
    await person.answered(payloads.callback(payloads.mention(f"<@{payloads.BOT}> mijn team")))
    assert len(person.store.rows(talks)) == 1
    assert person.store.rows(talks)[0].state["slots"]["interview"]["subject"] == "team"


@pytest.mark.parametrize("typed", ["", "hoeveel vragen zijn het?"])
async def test_the_slash_command_opens_the_talk(person: SlackPerson, typed: str) -> None:
    response = await person.send(payloads.command(typed))
    assert response.status_code == 200
    assert response.text == text("in_private")
    await person.settled()
    assert {post.args["channel"] for post in person.peer.posts} == {payloads.USER}
    assert person.store.rows(inbox)[0].text == typed


async def test_the_slash_command_in_a_direct_message_says_nothing_beside(
    person: SlackPerson,
) -> None:
    response = await person.send(payloads.command("", payloads.DM))
    assert (response.status_code, response.text) == (200, "")


async def test_a_list_and_a_radio_choose_as_a_button_does(person: SlackPerson) -> None:
    await person.say("hallo")
    for kind, value in (("static_select", "medewerker"), ("radio_buttons", "team")):
        post = person.newest()
        button = next(b for b in post.buttons if value in b["value"])
        option = {"text": button["text"], "value": button["value"]}
        element = {"type": kind, "options": [option], "block_id": button["block_id"]}
        await person.answered(
            payloads.interaction(
                payloads.press(element, post.args["_ts"], f"{person.peer.url}/respond/1")
            )
        )
    interview = person.store.rows(talks)[0].state["slots"]["interview"]
    assert (interview["role"], interview["subject"]) == ("medewerker", "team")


# --- the home tab --------------------------------------------------------------------------------


async def _home(person: SlackPerson, tab: str = "home") -> Call:
    event = {
        "type": "app_home_opened",
        "user": person.user,
        "channel": payloads.DM,
        "event_ts": "1515449522000016",
        "tab": tab,
    }
    before = len(person.peer.of("views.publish"))
    response = await person.send(payloads.callback(event))
    assert response.status_code == 200
    await person.peer.until(lambda: len(person.peer.of("views.publish")) > before)
    return person.peer.of("views.publish")[-1]


async def test_the_home_tab_of_somebody_new_says_how_to_begin(person: SlackPerson) -> None:
    view = await _home(person)
    assert view.args["user_id"] == payloads.USER
    assert view.args["view"]["type"] == "home"
    assert text("home.no_place") in view.shown and text("home.no_plan") in view.shown
    [begin] = view.buttons
    assert begin["text"]["text"] == text("home.begin")


async def test_the_button_of_the_home_tab_begins_the_talk(person: SlackPerson) -> None:
    [begin] = (await _home(person)).buttons
    pressed: dict[str, Any] = payloads.press(begin, "", "")
    for name in ("channel", "message", "response_url"):
        del pressed[name]
    pressed["container"] = {"type": "view", "view_id": "V123ABC456"}
    posts = await person.answered(payloads.interaction(pressed))
    assert {post.args["channel"] for post in posts} == {payloads.USER}
    assert person.newest().buttons


async def test_the_home_tab_shows_the_place(person: SlackPerson, content: Any) -> None:
    await person.say("hallo")
    for value in (*FIRST, *["niveau_1"] * 4):
        await person.press(value)
    view = await _home(person)
    [place] = [p for p in content.places.values() if p.position.id == "activatie-doelen_stellen"]
    assert place.name in view.shown and place.guiding_question in view.shown
    assert text("home.no_place") not in view.shown
    assert view.buttons[0]["text"]["text"] == text("home.go_on")


async def test_opening_the_messages_tab_publishes_nothing(person: SlackPerson) -> None:
    event = {
        "type": "app_home_opened",
        "user": person.user,
        "channel": payloads.DM,
        "tab": "messages",
    }
    await person.send(payloads.callback({**event, "event_ts": "1515449522000016"}))
    await person.say("hallo")
    assert not person.peer.of("views.publish")


# --- whom it belongs to --------------------------------------------------------------------------


async def test_the_same_user_id_in_another_workspace_is_another_person(
    person: SlackPerson,
) -> None:
    await person.say("hallo")
    other = payloads.callback(payloads.message("hallo"))
    other["team_id"] = other["authorizations"][0]["team_id"] = "T0ANDERS"
    await person.answered(other)
    assert len(person.store.rows(talks)) == 2


async def test_no_id_of_slack_is_kept_except_to_answer(person: SlackPerson) -> None:
    await person.say("hallo")
    for table in (talks, inbox, outbox):
        kept = str(list(person.store.rows(table)))
        assert payloads.USER not in kept
    assert [row.data for row in person.store.rows(addresses)] == [{"channel": payloads.DM}]


async def test_slack_is_off_without_its_settings(application: Any, sqlite: Any, door: Any) -> None:
    async with door(application(sqlite)) as client:
        assert (await client.post(PATH, content=b"{}")).status_code == 404
