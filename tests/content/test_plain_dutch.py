"""Every sentence the bot can say is plain Dutch: short, without hard words, and said to 'je'.

Passing does not prove that a text is B1; failing proves that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from coach.domain.content import Content
from coach.language.readability import (
    MAX_WORDS,
    MEAN_WORDS,
    jargon_in,
    reading,
    sentences,
    words,
)

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
RESPONSES = ROOT / "data" / "responses"

NOT_SAID = {
    # content: names for the machine, and what users type
    "version", "ring", "process", "code", "construct", "id", "actors", "evidence", "sources",
    "url", "checked_on", "for", "positions", "also", "since", "looks_back_to", "explains",
    "elements", "jargon",
    # responses
    "payload", "image", "channel", "condition", "custom", "attachment",
}  # fmt: skip
USERS_OWN_WORDS = {("words.yml", kind) for kind in (
    "roles", "subjects", "sure", "helps", "how", "helped", "way", "next_move", "change", "my_data",
)}  # fmt: skip
POLITE = re.compile(r"(?<![\w.'’-])(u|uw|uzelf|uwe)(?![\w.'’-]*\w)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\w+\}")
ENDS = (".", "?", "!", "…", ":")


@dataclass(frozen=True)
class Text:
    """A text as it is said, where it stands and the hard words that may stand in it."""

    where: str
    said: str
    explained: tuple[str, ...] = ()


def texts_in(data: Any, file: Path, path: tuple[str, ...] = ()) -> Iterator[Text]:
    """All that is said to a person; a name with its `plain` words beside it is one text."""
    if isinstance(data, dict):
        explained = tuple(data.get("explains", ()))
        if "name" in data and "plain" in data:
            explained = (data["name"],)
        for key, value in data.items():
            if key in NOT_SAID or (file.name, key) in USERS_OWN_WORDS:
                continue
            if (file.name, key) == ("obstacles.yml", "words"):
                continue
            for text in texts_in(value, file, (*path, str(key))):
                yield Text(text.where, text.said, (*explained, *text.explained))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts_in(value, file, (*path, str(index)))
    elif isinstance(data, str):
        said = PLACEHOLDER.sub("", data).strip()
        if words(said):
            yield Text(f"{file.relative_to(ROOT)}: {'/'.join(path)}", said)


def load(file: Path) -> list[Text]:
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    return list(texts_in(data.get("responses", {}) if file.parent == RESPONSES else data, file))


TAGS = re.compile(r"\{%.*?%\}|\{#.*?#\}|<style>.*?</style>|<[^>]+>", re.DOTALL)
FILLED = re.compile(r"\{\{.*?\}\}|\$\{[^}]*\}", re.DOTALL)
QUOTED = re.compile(r'"([^"\n]*)"|`([^`]*)`')
MARKS = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`|>#]|^\s*(?:-|\d+\.)\s", re.MULTILINE)


def texts_of(file: Path) -> list[Text]:
    """What a page, the widget or the guide says, line by line; what is filled in counts as nothing."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ts":
        lines = ["".join(both) for both in QUOTED.findall(text)]
    elif file.suffix == ".md":
        lines = [MARKS.sub(r" \1", cell) for line in text.splitlines() for cell in line.split("|")]
    else:  # what a template sets or writes itself is said as well
        own = [
            "".join(both)
            for both in QUOTED.findall(" ".join(re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL)))
        ]
        lines = [*TAGS.sub("\n", text).splitlines(), *own]
    said = [FILLED.sub(" ", line).strip() for line in lines]
    return [Text(f"{file.relative_to(ROOT)}", line) for line in said if words(line)]


CONTENT_FILES = sorted(CONTENT.rglob("*.yml"))
RESPONSE_FILES = sorted(RESPONSES.glob("*.yml"))
CHANNELS = ROOT / "bot" / "channels"
TEMPLATES = [
    *sorted((ROOT / "coach" / "report").glob("*.html.j2")),
    *sorted(CHANNELS.rglob("*.html.j2")),
]
LABELS = ROOT / "bot" / "widget" / "src" / "labels.ts"
GUIDE = ROOT / "docs" / "handleiding.md"
CHANNEL_FILES = [*sorted(CHANNELS.rglob("texts.yml")), CHANNELS / "refusals.yml"]
files = pytest.mark.parametrize(
    "file",
    [*CONTENT_FILES, *RESPONSE_FILES, *CHANNEL_FILES],
    ids=lambda file: str(file.relative_to(ROOT)),
)


@pytest.fixture(scope="module")
def jargon() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((CONTENT / "glossary.yml").read_text("utf-8"))["jargon"]
    return found


def explained_in(text: str, easier: str) -> bool:
    """Whether one of the easier words stands in the same text."""
    return any(way.strip() in text.lower() for way in easier.lower().split(","))


# --- that there is something to measure -----------------------------------------------


def test_the_bot_has_sentences_to_measure() -> None:
    assert RESPONSE_FILES, f"no responses in {RESPONSES.relative_to(ROOT)}"
    assert sum(len(load(file)) for file in RESPONSE_FILES) > 100
    assert sum(len(load(file)) for file in CONTENT_FILES) > 1000


@pytest.mark.parametrize("file", RESPONSE_FILES, ids=lambda file: file.name)
def test_every_file_with_responses_says_something(file: Path) -> None:
    assert load(file)


@pytest.mark.parametrize(
    ("text", "polite"),
    [
        ("Kunt u dat uitleggen?", True),
        ("Wat is uw rol?", True),
        ("U kiest zelf.", True),
        ("Vraag het aan u.", True),
        ("Om 9 uur vraag je het zelf.", False),
        ("Jij mag het nu zeggen, zo'n half uur.", False),
        ("Een u-bocht, de o.u.-lijst", False),
    ],
)
def test_the_gate_knows_u_from_other_words(text: str, polite: bool) -> None:
    assert bool(POLITE.search(text)) is polite


def test_the_gate_finds_a_hard_word_with_an_ending(jargon: dict[str, str]) -> None:
    assert jargon_in("Welke interventies kies je?", jargon) == ["interventie"]
    assert jargon_in("Dat is een stap.", jargon) == []


def test_the_gate_counts_each_line_and_each_sentence() -> None:
    found = reading(["Dit is één. Dit is er nog een!\nEn dit ook"])
    assert (found.sentences, found.longest_words) == (3, 5)


# --- sentences ------------------------------------------------------------------------


@files
def test_sentences_are_short_on_the_whole(file: Path) -> None:
    """Labels and halves of sentences do not count here: they would hide long sentences."""
    whole = [text.said for text in load(file) if text.said.endswith(ENDS)]
    found = reading(whole)
    assert found.mean_words <= MEAN_WORDS, f"{found.mean_words:.1f} words a sentence"


@files
def test_no_sentence_is_long(file: Path) -> None:
    long = [
        f"{text.where}: {len(words(sentence))} words: {sentence}"
        for text in load(file)
        for sentence in sentences(text.said)
        if len(words(sentence)) > MAX_WORDS
    ]
    assert long == []


def test_what_is_said_back_stays_short_inside_its_sentence(content: Content) -> None:
    around = [
        text.said
        for file in RESPONSE_FILES
        for name, variants in yaml.safe_load(file.read_text("utf-8"))["responses"].items()
        if name in ("utter_heard_text", "utter_check")
        for text in texts_in(variants, file)
    ]
    assert around
    most = max(len(words(frame)) for frame in around)
    long = [
        echo
        for questionnaire in content.questionnaires.values()
        for item in questionnaire.items.values()
        for echo in item.echo.values()
        if most + len(words(echo)) > MAX_WORDS
    ]
    assert long == []


# --- words ----------------------------------------------------------------------------


@files
def test_no_hard_word_stands_without_its_explanation(file: Path, jargon: dict[str, str]) -> None:
    if file.name in ("glossary.yml", "model.yml"):
        return
    hard = [
        f"{text.where}: '{word}' ({jargon[word]}): {text.said}"
        for text in load(file)
        for word in jargon_in(text.said, jargon)
        if word not in text.explained and not explained_in(text.said, jargon[word])
    ]
    assert hard == []


def test_a_topic_that_says_it_explains_a_hard_word_does_so(jargon: dict[str, str]) -> None:
    topics = yaml.safe_load((CONTENT / "faq.yml").read_text("utf-8"))["topics"]
    for topic in topics:
        said = f"{topic['answer']} {topic['more']}"
        for word in topic.get("explains", ()):
            assert word in said.lower() and word in jargon
            easier = [w for w in words(jargon[word].lower()) if len(w) > 3]
            told = [w for w in easier if w in said.lower()]
            assert 2 * len(told) >= len(easier), f"{topic['id']} does not explain '{word}'"


def test_easier_words_are_not_hard_words_themselves(jargon: dict[str, str]) -> None:
    assert {hard: easier for hard, easier in jargon.items() if jargon_in(easier, jargon)} == {}


@files
def test_the_bot_says_je_and_never_u(file: Path) -> None:
    polite = [f"{text.where}: {text.said}" for text in load(file) if POLITE.search(text.said)]
    assert polite == []


# --- pages, the widget and the guide --------------------------------------------------

pages = pytest.mark.parametrize(
    "file", [*TEMPLATES, LABELS, GUIDE], ids=lambda file: str(file.relative_to(ROOT))
)


def test_the_pages_and_the_widget_have_sentences_to_measure() -> None:
    assert len(TEMPLATES) >= 6
    whole = [text for file in TEMPLATES for text in texts_of(file) if text.said.endswith(ENDS)]
    assert len(whole) > 25
    assert len(texts_of(LABELS)) > 30 and len(texts_of(GUIDE)) > 150


@pages
def test_what_stands_on_a_page_is_short(file: Path) -> None:
    said = texts_of(file)
    long = [
        f"{text.where}: {len(words(sentence))} words: {sentence}"
        for text in said
        for sentence in sentences(text.said)
        if len(words(sentence)) > MAX_WORDS
    ]
    assert long == []
    whole = [text.said for text in said if text.said.endswith(ENDS)]
    if whole:
        found = reading(whole)
        assert found.mean_words <= MEAN_WORDS, f"{found.mean_words:.1f} words a sentence"


@pages
def test_what_stands_on_a_page_has_no_hard_words_and_says_je(
    file: Path, jargon: dict[str, str]
) -> None:
    said = [text.said for text in texts_of(file)]
    assert [line for line in said if POLITE.search(line)] == []
    row = file.read_text(encoding="utf-8")  # the guide explains the model's own words in a table
    explained = {
        w for w in jargon if explained_in(" ".join(said), jargon[w]) or f"\n| {w} |" in row
    }
    hard = [(word, line) for line in said for word in jargon_in(line, jargon)]
    assert [(word, line) for word, line in hard if word not in explained] == []
