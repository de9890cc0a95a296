"""The plan on paper: one sheet, in all twelve places, with everything that was promised and nothing from elsewhere."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sheets import ROLES, promised

from coach.domain.answers import Role
from coach.domain.content import Content
from coach.domain.path import POSITIONS, Position
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


def test_long_words_make_a_second_sheet_instead_of_being_cut(content: Content) -> None:
    words = "Eerst bel ik alle collega's. " * 200
    sheet = promised(content, POSITIONS[0], what=words + "Einde.")
    reader, told = _read(page.plan_pdf(sheet, Labels.of(content.figure), MADE))
    assert len(reader.pages) > 1 and "Einde." in told
