"""The plan on paper: one sheet, in all twelve places, with everything that was promised and nothing from elsewhere."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sheets import ROLES, promised

from coach.domain.answers import Role
from coach.domain.content import Content
from coach.domain.path import POSITIONS, Position
from coach.domain.promise import Outcome
from coach.report import page
from coach.report.labels import Labels

MADE = "27 november 2026"
A4 = (595, 842)
HOSTILE = '<script>alert(1)</script><img src="https://elders.example/x.png">&amp;'


def _read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(pdf))
    return reader, " ".join(" ".join(p.extract_text() for p in reader.pages).split())


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
def test_every_place_fits_on_one_sheet_and_says_it_all(
    content: Content, position: Position
) -> None:
    labels = Labels.of(content.figure)
    role = ROLES[POSITIONS.index(position) % len(ROLES)]
    sheet = promised(content, position, role, helps="een uur tijd")
    reader, told = _read(page.plan_pdf(sheet, labels, MADE))
    assert len(reader.pages) == 1
    assert tuple(round(float(n)) for n in reader.pages[0].mediabox[2:]) == A4
    place = content.places[position]
    wanted = [place.place, place.guiding_question, sheet.plan.what, sheet.plan.who, "een uur tijd"]
    wanted += ["vrijdag 4 december", "maandag 29 maart", *sheet.signs, MADE]
    assert [words for words in wanted if " ".join(words.split()) not in told] == []
    assert len(reader.pages[0].images) == 1


def test_the_page_holds_its_style_and_picture_and_asks_for_nothing(content: Content) -> None:
    sheet = promised(content, POSITIONS[6], Role.LEIDINGGEVENDE)
    links = {"pdf": "/plan/a.pdf", "ics": "/plan/a.ics"}
    html = page.plan_html(sheet, Labels.of(content.figure), MADE, links)
    assert page.style() in html and "<svg" in html
    assert re.findall(r'href="([^"#]*)"', html) == ["/plan/a.pdf", "/plan/a.ics"]
    assert "src=" not in html and "<script" not in html and "url(" not in html


def test_peoples_words_are_words_and_never_markup(content: Content) -> None:
    sheet = promised(content, POSITIONS[0], what=HOSTILE, who=HOSTILE, helps=HOSTILE)
    labels = Labels.of(content.figure)
    html = page.plan_html(sheet, labels, MADE, {})
    assert "<script" not in html and "<img" not in html
    _, told = _read(page.plan_pdf(sheet, labels, MADE))
    assert "<script>alert(1)</script>" in told


@pytest.mark.parametrize("address", ["https://elders.example/x.png", "file:///etc/hostname"])
def test_a_pdf_fetches_nothing_from_elsewhere(address: str) -> None:
    reader, _ = _read(page.to_pdf(f'<html lang="nl"><title>t</title><img src="{address}" alt="x">'))
    assert not reader.pages[0].images
    with pytest.raises(ValueError, match="nothing from elsewhere"):
        page._only_ours(address)


LONG_STEP = (
    "Ik vraag maandag in het overleg aan iedereen welke taak de meeste tijd kost en schrijf dat op het bord. "
    "Daarna kies ik met twee collega's van de nachtdienst een taak uit. We spreken af wie vrijdag voor het eerst "
    "meekijkt, wie het de week daarna overneemt, en waar we opschrijven wat we ervan leerden."
)
LONG_NAME = "ik, met Wilhelmina-Fredericke van Oostenbroek van de Scheepswerktuigkundigenopleiding"


@pytest.mark.parametrize("position", POSITIONS[::3], ids=lambda position: position.id)
def test_a_step_of_three_hundred_characters_still_fits_on_one_sheet(
    content: Content, position: Position
) -> None:
    assert len(LONG_STEP) > 290
    sheet = promised(content, position, what=LONG_STEP, who=LONG_NAME, helps=LONG_NAME * 2)
    reader, told = _read(page.plan_pdf(sheet, Labels.of(content.figure), MADE))
    assert len(reader.pages) == 1
    assert LONG_STEP in told and sheet.signs[-1] in told


@pytest.mark.parametrize("times", [4, 5, 6, 7])
def test_a_second_sheet_holds_the_whole_picture_and_not_some_last_lines(
    content: Content, times: int
) -> None:
    sheet = promised(content, POSITIONS[4], what=f"{LONG_STEP} " * times)
    reader, _ = _read(page.plan_pdf(sheet, Labels.of(content.figure), MADE))
    *_, last = reader.pages
    assert len(reader.pages) == 2 and len(last.images) == 1
    told = " ".join(last.extract_text().split())
    assert all(words in told for words in (sheet.place.place, *sheet.signs, "M. Bartsch"))


def test_what_became_of_the_step_stands_with_it(content: Content) -> None:
    sheet = promised(content, POSITIONS[3])
    told = {
        outcome: page.plan_html(
            replace(sheet, outcome=outcome), Labels.of(content.figure), MADE, {}
        )
        for outcome in Outcome
    }
    assert "Deze stap" not in told[Outcome.OPEN]
    assert "Deze stap is gelukt." in told[Outcome.DONE]
    assert len(set(told.values())) == len(Outcome)


def test_long_words_make_a_second_sheet_instead_of_being_cut(content: Content) -> None:
    words = "Eerst bel ik alle collega's. " * 200
    sheet = promised(content, POSITIONS[0], what=words + "Einde.")
    reader, told = _read(page.plan_pdf(sheet, Labels.of(content.figure), MADE))
    assert len(reader.pages) > 1 and "Einde." in told
