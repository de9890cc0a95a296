"""The pages with the desk's own figures and with sentences to explain, on both databases."""

from __future__ import annotations

import re
from html import unescape

import pytest
from desk_visitor import MORNING, House, Visitor
from desk_walk import FIGURES, samples
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from sqlalchemy import delete, insert, select
from talking import Store

from coach.domain.opinions import MARKS
from coach.store.database import add_to
from coach.store.desk_tables import audit, figures, unclear
from coach.store.opinions import Opinions

HOME = "/desk/zinnen"


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def sentence(house: House, key: str, text: str, number: int = 1, state: str = "nieuw") -> None:
    row = {"id": key, "text": text, "asked": "review", "number": number, "state": state}
    with house.engine.begin() as db:
        db.execute(insert(unclear).values(**row, seen_on=MORNING.date()))


def states(house: House) -> dict[str, tuple[str, str | None, str]]:
    with house.engine.begin() as db:
        return {r.id: (r.state, r.meaning, r.text) for r in db.execute(select(unclear))}


@pytest.fixture
def anna(desk: House) -> Visitor:
    return desk.signed_in("anna")


# --- figures -------------------------------------------------------------------------------------


def test_a_desk_without_talks_says_so(anna: Visitor) -> None:
    page = text_of(anna.get("/desk/cijfers").text)
    assert "Nergens stopten 5 mensen of meer" in page and "Gesprekken met klanten" not in page
    assert "Minder dan 5 mensen vroegen het leerloket om antwoord" in page


def test_figures_say_how_talks_go(desk: House, anna: Visitor) -> None:
    samples(desk, "anna")
    opinions = Opinions(desk.engine)
    ids = ("gegevens", "wachten")
    for mark in (*MARKS, 5):
        opinions.add(dict.fromkeys(ids, mark), MORNING.date())
    page = text_of(anna.get("/desk/cijfers").text)
    assert f"Begon een gesprek {FIGURES['begonnen']}" in page
    assert "Vraag: ruimte om te leren 9" in page
    assert "Middelste wachttijd 2 uur en 45 minuten" in page and "Bijna iedereen 1 dag" in page
    assert "Vroeg zelf om een mens 14" in page and "Het ging niet goed minder dan 5" in page
    assert "Privacy 3,3 6" in page and "Hoe goed ik werk minder dan 5" in page
    assert "gelukt 12" in page and "Gesprekken met klanten" in page


def test_small_numbers_are_not_shown(desk: House, anna: Visitor) -> None:
    numbers = {"begonnen": 4, "kanaal:slack:begonnen": 4, "overdracht": 4, "klant:begonnen": 3}
    with desk.engine.begin() as db:
        for what, number in numbers.items():
            add_to(db, figures, {"day": MORNING.date(), "what": what}, number)
    page = anna.get("/desk/cijfers").text
    shown = re.findall(r'<td class="n">(.*?)</td>|class="big">(.*?)<', page)
    assert shown and not any("4" in cell or "3" in cell for pair in shown for cell in pair)


def test_a_period_shows_its_own_days(desk: House, anna: Visitor) -> None:
    with desk.engine.begin() as db:
        add_to(db, figures, {"day": MORNING.date(), "what": "begonnen"}, 40)
    desk.clock.later(days=29)
    visitor = desk.signed_in("anna")
    assert "Begon een gesprek 40" in text_of(visitor.get("/desk/cijfers").text)
    for odd in ("7", "0", "x"):
        page = text_of(visitor.get("/desk/cijfers", params={"periode": odd}).text)
        assert ("Begon een gesprek 40" in page) is (odd != "7")
    desk.clock.later(days=1)
    visitor = desk.signed_in("anna")
    assert "Begon een gesprek 40" not in text_of(visitor.get("/desk/cijfers").text)
    longer = visitor.get("/desk/cijfers", params={"periode": "90"}).text
    assert "Begon een gesprek 40" in text_of(longer)


# --- sentences -----------------------------------------------------------------------------------


def test_from_a_sentence_to_training_data(desk: House, anna: Visitor) -> None:
    sentence(desk, "een", "waar is [dat](x) nou voor", 7)
    sentence(desk, "twee", "wat een … zeg", 9)
    page = text_of(anna.get(HOME).text)
    assert page.index("wat een … zeg") < page.index("waar is"), "the most said comes first"
    assert "9 keer gezegd. Bij: de uitkomst." in page
    assert anna.submit(f"{HOME}/een/betekenis", betekenis="why").status_code == 303
    assert states(desk)["een"][:2] == ("voorgesteld", "why")
    proposed = text_of(anna.get(HOME, params={"staat": "voorgesteld"}).text)
    assert "Waarom vraag je dit?" in proposed and "wat een" not in proposed
    file = desk.signed_in("manager").get(f"{HOME}.yml")
    assert 'filename="padwijzer-zinnen.yml"' in file.headers["content-disposition"]
    read = RasaYAMLReader().reads(file.text).training_examples
    assert [(m.get("intent"), m.get("text")) for m in read] == [("why", "waar is dat x nou voor")]
    assert not any(m.get("entities") for m in read)


def test_a_proposal_is_put_back(desk: House, anna: Visitor) -> None:
    sentence(desk, "een", "wat nu")
    anna.submit(f"{HOME}/een/betekenis", betekenis="why")
    assert anna.submit(f"{HOME}/een/terug").headers["location"].startswith(HOME)
    assert states(desk)["een"] == ("nieuw", None, "wat nu")


def test_what_is_thrown_away_is_gone_at_once(desk: House, anna: Visitor, stores: Store) -> None:
    sentence(desk, "een", "dat zegt de chef van de hond")
    assert anna.submit(f"{HOME}/een/weg", staat="nieuw").status_code == 303
    assert states(desk)["een"] == ("weg", None, "")
    for way in ("betekenis", "terug", "weg"):
        assert anna.submit(f"{HOME}/een/{way}", betekenis="why").status_code == 404
    page = text_of(anna.get(HOME, params={"gedaan": "weg"}).text)
    assert "De zin is weg." in page and "Weggegooid: 1." in page
    assert "chef" not in anna.get(f"{HOME}.yml").text


@pytest.mark.parametrize("meaning", ["", "bestaat_niet", "why\n- intent: x"])
def test_only_a_known_meaning_is_taken(desk: House, anna: Visitor, meaning: str) -> None:
    sentence(desk, "een", "wat nu")
    answer = anna.submit(f"{HOME}/een/betekenis", betekenis=meaning)
    assert answer.status_code == 422 and "Kies eerst wat iemand bedoelde" in answer.text
    assert states(desk)["een"][0] == "nieuw"


def test_many_sentences_come_page_by_page(desk: House, anna: Visitor) -> None:
    for n in range(20):
        sentence(desk, f"z{n}", f"zin nummer {'x' * (n + 1)} einde")
    first = anna.get(HOME).text
    second = anna.get(HOME, params={"pagina": "2"}).text
    assert (first.count('id="zin-'), second.count('id="zin-')) == (15, 5)
    assert "pagina=2" in first and len(first.encode()) < 150_000


def test_the_log_names_no_words(desk: House, anna: Visitor) -> None:
    sentence(desk, "een", "de paarse olifant")
    anna.submit(f"{HOME}/een/betekenis", betekenis="smalltalk")
    anna.get(f"{HOME}.yml")
    with desk.engine.begin() as db:
        noted = [row.what for row in db.execute(select(audit).order_by(audit.c.id))]
    assert noted[-2:] == ["sentence_proposed", "sentences_exported"]
    assert "olifant" not in desk.signed_in("manager").get("/desk/logboek").text


def test_an_adviser_who_leaves_leaves_the_proposal(desk: House, anna: Visitor) -> None:
    from coach.store.desk_tables import advisers

    sentence(desk, "een", "wat nu")
    anna.submit(f"{HOME}/een/betekenis", betekenis="why")
    with desk.engine.begin() as db:
        db.execute(delete(advisers).where(advisers.c.id == desk.people["anna"].id))
    assert states(desk)["een"][0] == "voorgesteld"
