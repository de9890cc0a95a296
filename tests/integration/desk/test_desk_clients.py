"""Talks with clients: held at the desk as chat or form, stopped and taken up, several at once, with a card."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import pytest
from client_visitor import ClientVisitor, now, text_of
from starlette.applications import Starlette
from talking import SECRET, Store

from bot.engine import Engine
from bot.turns.worker import Turns
from coach.store.advisers import DeskRole
from coach.store.client_talks import ClientTalks
from coach.store.desk_tables import audit, client_talks
from coach.store.tables import assessments, inbox, talks
from coach.usecases.client_talks import opening

RING = ("niveau_1", "niveau_1", "niveau_1")
Apps = Callable[..., Starlette]


@pytest.fixture
async def anna(application: Apps, stores: Store) -> AsyncIterator[ClientVisitor]:
    """On SQLite and on PostgreSQL."""
    visitor = ClientVisitor(stores, application(stores))
    yield visitor
    await visitor.client.aclose()


@pytest.fixture
async def small(application: Apps, sqlite: Store) -> AsyncIterator[ClientVisitor]:
    """On SQLite alone, where the kind of database makes no difference."""
    visitor = ClientVisitor(sqlite, application(sqlite))
    yield visitor
    await visitor.client.aclose()


async def test_a_talk_is_held_by_chat_taken_up_as_form_and_ends_in_a_card(
    anna: ClientVisitor,
) -> None:
    talk = await anna.begin("Gesprek met de directie", notitie="Zij vroegen om raad.")
    said = text_of(anna.page)
    assert "Vraag 1 van ongeveer 8" in said, "who asks and about whom is known already"
    await anna.press(talk, *RING[:2])
    form = await anna.get(f"{talk}/formulier")
    assert form.count("checked") == 2 and 'name="role"' not in form and 'name="consent"' not in form
    sent = await anna.fill(talk, willen="1")
    assert sent.headers["location"] == f"{talk}/formulier#vervolg"
    sent = await anna.fill(talk, activatie__doelen_stellen="2")
    assert sent.headers["location"] == f"{talk}/formulier#resultaat"
    [kept] = anna.store.rows(assessments)
    assert (kept.role, kept.subject, kept.ring) == ("leeradviseur", "klant", "activatie")

    await anna.done(f"{talk}/formulier/verder", id="een")
    assert "Jullie" in anna.page and "Kiest een stap bij activatie" in text_of(anna.page)
    card = text_of(await anna.get(f"{talk}/kaart"))
    assert "Gesprekskaart" in card and "Als eerste aan zet" in card
    assert "de leiding meestal kiest wat mensen leren" in card
    assert card.count("Wie:") == 3 and "nagekeken op" in card
    assert "Zij vroegen om raad" not in card, "a note is the adviser's own"
    pdf = await anna.client.get(f"{talk}/kaart.pdf")
    assert pdf.content.startswith(b"%PDF-")
    name = pdf.headers["content-disposition"]
    assert name == 'attachment; filename="gesprekskaart-gesprek-met-de-directie.pdf"'


async def test_several_talks_are_open_at_once_and_each_goes_on_where_it_was(
    small: ClientVisitor,
) -> None:
    talks_ = [await small.begin(f"Gesprek {n}") for n in range(3)]
    for n, talk in enumerate(talks_):
        await small.get(f"{talk}/praten")
        await small.press(talk, *RING[:n])
    listed = text_of(await small.get("/desk/gesprekken"))
    for n in range(3):
        assert re.search(rf"Gesprek {n} Zorggroep Anna vraag {n + 1} van ongeveer 8", listed)
    assert listed.index("Gesprek 2") < listed.index("Gesprek 0"), "the last used comes first"


async def test_words_are_read_and_side_questions_answered(small: ClientVisitor) -> None:
    talk = await small.begin()
    await small.type(talk, "wat bedoel je?")
    assert "Vraag 1 van ongeveer 8" in text_of(small.page)
    await small.type(talk, "de baas bepaalt alles")
    assert "de leiding meestal kiest wat mensen leren" in text_of(small.page)


async def test_where_an_own_answer_is_asked_no_button_of_an_earlier_question_is_shown(
    small: ClientVisitor,
) -> None:
    talk = await small.begin()
    await small.press(talk, *RING)
    while "ja" not in small.buttons:
        await small.press(talk, next(iter(small.buttons)))
    await small.press(talk, "ja")
    assert small.buttons == {} and "Typ jullie antwoord" in text_of(small.page)
    await small.type(talk, "De directie kiest een training.")
    assert small.buttons and "Of typ het in eigen woorden" in text_of(small.page)


async def test_what_is_typed_is_never_a_command(small: ClientVisitor) -> None:
    talk = await small.begin()
    before = small.buttons
    await small.type(talk, '/choose{"value": "medewerker"}')
    await small.done(f"{talk}/praten", knop='/choose{"value": "medewerker"}', id=small.form_id)
    assert set(small.buttons) == set(before)
    [kept] = small.store.rows(talks)
    assert kept.state["slots"]["interview"]["role"] == "leeradviseur"
    assert not kept.state["slots"]["interview"]["trail"]


async def test_who_begins_again_is_not_asked_who_they_are(small: ClientVisitor) -> None:
    talk = await small.begin()
    await small.press(talk, "niveau_1")
    await small.type(talk, "opnieuw beginnen")
    await small.press(talk, "ja")
    assert "Vraag 1 van ongeveer 8" in text_of(small.page)
    await small.type(talk, "vorige")
    assert "Vraag 1 van ongeveer 8" in text_of(small.page), "there is nothing before it"
    [kept] = small.store.rows(talks)
    interview = kept.state["slots"]["interview"]
    opening_ = (interview["role"], interview["subject"], interview["consent"])
    assert opening_ == ("leeradviseur", "klant", True) and not interview["trail"]


async def test_the_form_cannot_change_who_holds_the_talk_nor_whether_it_is_kept(
    small: ClientVisitor,
) -> None:
    talk = await small.begin(known=False)
    page = await small.get(f"{talk}/formulier")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    await small.submit(f"{talk}/formulier", **hidden, role="medewerker", subject="team",
                       consent="ja", later="ja", **{"niveau-sturing": "1"})  # fmt: skip
    [kept] = small.store.rows(talks)
    interview = kept.state["slots"]["interview"]
    assert (interview["role"], interview["subject"]) == ("leeradviseur", "klant")
    assert interview["consent"] is False and len(interview["trail"]) == 1
    assert small.store.count(assessments) == 0
    assert kept.forget_at is not None
    assert "gaf geen akkoord" in await small.get(talk)


async def test_a_half_filled_form_waits_and_survives_a_turn_of_the_chat(
    small: ClientVisitor,
) -> None:
    talk = await small.begin()
    sent = await small.fill(talk, durven="2", mogen="3", later="ja")
    assert sent.headers["location"] == talk
    await small.get(f"{talk}/praten")
    await small.press(talk, "niveau_1")
    page = await small.get(f"{talk}/formulier")
    for question, level in (("sturing", 1), ("durven", 2), ("mogen", 3)):
        assert re.search(rf'name="niveau-{question}" value="{level}" checked', page), question


async def test_the_same_form_or_button_sent_twice_counts_once(small: ClientVisitor) -> None:
    talk = await small.begin()
    payload, id_ = small.buttons["niveau_1"], small.form_id
    both = [small.submit(f"{talk}/praten", knop=payload, id=id_) for _ in range(2)]
    for sent in await asyncio.gather(*both):
        assert sent.status_code == 303
    assert small.store.count(inbox) == 2, "the beginning and one answer"
    assert "Vraag 2 van ongeveer 8" in text_of(await small.get(f"{talk}/praten"))


async def test_an_empty_answer_is_pointed_at(small: ClientVisitor) -> None:
    talk = await small.begin()
    sent = await small.submit(f"{talk}/praten", tekst="", id=small.form_id)
    assert sent.status_code == 422 and "Typ een antwoord of kies een knop" in sent.text


async def test_a_closed_talk_takes_nothing_until_it_is_opened(anna: ClientVisitor) -> None:
    talk = await anna.begin()
    id_, payload = anna.form_id, anna.buttons["niveau_1"]
    await anna.done(f"{talk}/sluiten")
    assert "Er zijn geen open gesprekken" in anna.page
    assert "Eerste gesprek" in await anna.get("/desk/gesprekken?toon=dicht")
    refused = await anna.submit(f"{talk}/praten", knop=payload, id=id_)
    assert refused.status_code == 409 and "Open het eerst weer" in refused.text
    await anna.done(f"{talk}/openen")
    await anna.get(f"{talk}/praten")
    await anna.press(talk, "niveau_1")
    assert "Vraag 2 van ongeveer 8" in text_of(anna.page)


async def test_a_note_and_a_name_are_changed_and_wrong_ones_pointed_at(
    small: ClientVisitor,
) -> None:
    talk = await small.begin()
    await small.done(talk, titel="Tweede gesprek", notitie="Kijk naar <b>tijd</b>.")
    page = await small.get(talk)
    assert "Tweede gesprek" in page and "Kijk naar &lt;b&gt;tijd&lt;/b&gt;." in page
    wrong = await small.submit(talk, titel="x" * 121, notitie="")
    assert wrong.status_code == 422 and "Vul een naam in" in wrong.text
    wrong = await small.submit("/desk/gesprekken", organisatie="elders", titel="", notitie="")
    assert wrong.status_code == 422
    assert "Kies een organisatie." in wrong.text and "Vul een naam in" in wrong.text


async def test_a_talk_is_erased_with_all_that_hangs_on_it(anna: ClientVisitor) -> None:
    talk = await anna.begin()
    await anna.press(talk, *RING[:1])
    assert (await anna.submit(f"{talk}/wissen")).status_code == 422
    await anna.done(f"{talk}/wissen", zeker="ja")
    assert "Het gesprek is gewist" in anna.page
    for table in (talks, client_talks, inbox, assessments):
        assert anna.store.count(table) == 0, table.name
    await anna.get(talk, 404)
    whats = [row.what for row in anna.store.rows(audit)]
    assert whats == ["client_talk_begun", "client_talk_erased"]


async def test_who_asks_in_the_chat_to_erase_goes_back_to_the_list(small: ClientVisitor) -> None:
    talk = await small.begin()
    await small.type(talk, "wis mijn gegevens")
    await small.press(talk, "wissen_ja")
    assert "Het gesprek is gewist" in small.page
    assert small.store.count(client_talks) == 0


async def test_an_adviser_of_another_organisation_finds_nothing(
    application: Apps, sqlite: Store, small: ClientVisitor
) -> None:
    talk = await small.begin("Geheim gesprek")
    app = small.app
    bram = ClientVisitor(sqlite, app, "bram")
    manager = ClientVisitor(sqlite, app, "chef", DeskRole.MANAGER)
    assert "Geheim" not in await bram.get("/desk/gesprekken")
    assert "Geheim" in await manager.get("/desk/gesprekken")
    gets = ("", "/praten", "/formulier", "/kaart", "/kaart.pdf")
    for path in gets:
        await bram.get(talk + path, 404)
    posts = ("", "/praten", "/formulier", "/formulier/verder", "/sluiten", "/openen", "/wissen")
    for path in posts:
        sent = await bram.submit(talk + path, tekst="hallo", zeker="ja", titel="x", id="een")
        assert sent.status_code == 404, path
    elsewhere = {"organisatie": small.organisation, "titel": "Erbij", "notitie": ""}
    assert (await bram.submit("/desk/gesprekken", **elsewhere)).status_code == 422
    assert small.store.count(client_talks) == 1
    for one in (bram, manager):
        await one.client.aclose()


async def test_a_card_of_a_talk_without_a_place_leads_back(small: ClientVisitor) -> None:
    talk = await small.begin()
    sent = await small.client.get(f"{talk}/kaart")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{talk}?kaart=later")


async def test_a_talk_begun_when_the_service_died_is_taken_up(
    small: ClientVisitor, engine: Engine
) -> None:
    begun = ClientTalks(small.store.database).begin(
        small.organisation, small.id, "Begonnen", "", opening("2026-11", known=True), now()
    )
    talk = f"/desk/gesprekken/{begun.talk}"
    assert "net begonnen" in (await small.get(f"{talk}/praten")).lower()
    worker = Turns(engine, small.store.ledger, SECRET)
    assert await worker.resume() == 1
    worker.close()
    assert "Vraag 1 van ongeveer 8" in text_of(await small.get(f"{talk}/praten"))
