"""The manual of the learning desk says what the screen says, shows pictures that are there, and is plain Dutch."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from coach.language.readability import MAX_WORDS, MEAN_WORDS, sentences, words

DOCS = Path(__file__).parents[2] / "docs"
MANUAL = (DOCS / "handleiding-leerloket.md").read_text(encoding="utf-8")
SCREENS = ("coach/desk/templates", "coach/report", "bot/channels/form", "data/responses", "content")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
OURS = {
    "vet", "Wanneer moet je antwoorden?", "De plek.", "De stippen.", "Per onderwerp.",
    "De spreiding.", "Dit zie je wel", "Dit zie je nooit",
}  # fmt: skip
"""Bold because it heads a part of the manual, not because it stands on the screen."""


@cache
def on_screen() -> str:
    """Every word of the desk and of the bot, without marks."""
    files = (f for folder in SCREENS for f in (DOCS.parent / folder).rglob("*"))
    texts = (f.read_text(encoding="utf-8") for f in files if f.suffix in (".j2", ".yml"))
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", " ".join(texts))))


def bold() -> list[str]:
    return sorted(set(re.findall(r"\*\*([^*]+)\*\*", MANUAL)) - OURS)


@pytest.mark.parametrize("label", bold())
def test_what_is_bold_is_on_the_screen(label: str) -> None:
    assert label.rstrip(".") in on_screen()


def test_every_picture_is_there_with_words_and_none_is_left_over() -> None:
    shown = PICTURE.findall(MANUAL)
    assert all(len(alt.split()) > 4 for alt, _ in shown)
    kept = {f"leerloket/{file.name}" for file in (DOCS / "leerloket").iterdir()}
    assert {file for _, file in shown} == kept
    sizes = [(DOCS / file).stat().st_size for file in kept]
    assert max(sizes) < 120_000 and sum(sizes) < 1_500_000


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", MANUAL):
        assert (DOCS / target).exists(), target


def test_it_is_plain_dutch() -> None:
    plain = re.sub(r"[*`|]", " ", PICTURE.sub("", MANUAL))
    said = [words(s) for line in plain.splitlines() for s in sentences(line) if words(s)]
    assert [s for s in said if len(s) > MAX_WORDS] == []
    assert sum(map(len, said)) / len(said) <= MEAN_WORDS
