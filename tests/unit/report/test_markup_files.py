"""Markup and formulas in somebody's words stay words in every file: CSV, spreadsheet, the printable page, the PDF."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import openpyxl
import pytest
from hostile_corpus import markup
from pypdf import PdfReader
from sheets import promised

from coach.domain.content import Content
from coach.domain.guard import Side
from coach.domain.path import POSITIONS
from coach.report import page
from coach.report.labels import Labels
from coach.report.tables import FORMULA, About, to_csv, to_xlsx
from coach.usecases.round_table import Row

MADE = "27 november 2026"
WORDS = {
    "columns": ["a"] * 10,
    "sides": {side.value: side.value for side in Side},
    "close": {"ja": "ja", "nee": "nee"},
    "hidden": "te klein",
    "nowhere": "nergens",
    "sheet": "Ronde {round}",
}
ABOUT = About("De Linde", 1, MADE, WORDS)
ROWS = [Row(words, words, Side.ALL, 7, name=words, says=words, level=2) for words in markup()]
WITH_WORDS = (0, 1, 6, 8)


def _expect_harmless(shown: str, words: str) -> None:
    assert shown in (words, f"'{words}")
    assert not shown.lstrip(" ").startswith(FORMULA), "a spreadsheet would carry it out"


def test_a_spreadsheet_carries_nothing_of_a_csv_out(content: Content) -> None:
    body = to_csv(ROWS, ABOUT, Labels.of(content.figure)).decode("utf-8-sig")
    _, *lines = csv.reader(io.StringIO(body, newline=""), delimiter=";")
    assert len(lines) == len(ROWS) >= 65 and {len(line) for line in lines} == {10}
    for line, words in zip(lines, markup(), strict=True):
        for at in WITH_WORDS:
            _expect_harmless(line[at], words)


def test_a_spreadsheet_has_texts_and_no_formulas_or_links(content: Content) -> None:
    body = to_xlsx(ROWS, ABOUT, Labels.of(content.figure))
    _, *lines = openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows()
    for line, words in zip(lines, markup(), strict=True):
        for at in WITH_WORDS:
            cell = line[at]
            assert cell.data_type == "s" and cell.hyperlink is None
            _expect_harmless(
                str(cell.value), words.replace("\r", "\n")
            )  # XML knows one end of a line


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def _plan(content: Content, words: str) -> str:
    sheet = promised(content, POSITIONS[2], what=words, who=words, helps=words)
    return page.plan_html(sheet, Labels.of(content.figure), MADE, {})


@pytest.mark.parametrize("words", markup(), ids=ascii)
def test_on_the_printable_page_words_make_no_element(content: Content, words: str) -> None:
    assert Elements(_plan(content, f"ik {words} u")).found == Elements(_plan(content, "iets")).found


def test_in_a_pdf_nothing_links_runs_or_was_fetched(content: Content) -> None:
    """All of them in one: a fetch would have stopped it, for the PDF is made without any way out."""
    # a sign that our font has not makes the text of a PDF hard to read back
    words = " | ".join(text for text in markup() if text.isascii())
    sheet = promised(content, POSITIONS[2], what=words, who="ik", helps="iets")
    bare = promised(content, POSITIONS[2], what="iets", who="ik", helps="iets")
    labels = Labels.of(content.figure)
    made, plain = (page.plan_pdf(one, labels, MADE) for one in (sheet, bare))
    reader = PdfReader(io.BytesIO(made))
    assert not any(mark in made for mark in (b"/JavaScript", b"/JS", b"/OpenAction", b"/Launch"))
    assert not any("/Annots" in sheet_ for sheet_ in reader.pages) or b"kwaad" not in made
    assert made.count(b"/URI") == plain.count(b"/URI")
    told = "".join("".join(p.extract_text().split()) for p in reader.pages)
    assert "<script>alert(1)</script>" in told and "onerror=alert(1)" in told
