"""Words, lemmas, the reach of a negation, and fractions."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language import dutch
from coach.language.dutch import Dutch, share
from coach.language.features import WEIGHTS, Features

DUTCH = Dutch()


def negated(text: str) -> list[str]:
    return [word.lemma for word in DUTCH.read(text).words if word.negated]


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("niemand kijkt ernaar", ["kijken", "ernaar"]),
        ("niet vandaag, wel morgen", ["vandaag"]),
        ("we kiezen niet maar de baas kiest", []),
        ("wij kiezen zelf", []),
        ("zonder plan", ["plan"]),
    ],
)
def test_a_negation_reaches_to_the_end_of_its_clause(text: str, reached: list[str]) -> None:
    assert negated(text) == reached


def test_what_comes_after_but_is_known() -> None:
    words = DUTCH.read("we hebben wel een plan maar niemand kijkt ernaar").words
    assert [w.text for w in words if w.after_but] == ["maar", "niemand", "kijkt", "ernaar"]


def test_small_words_are_found_alone_and_as_phrases() -> None:
    kinds = {
        cue.kind for cue in DUTCH.read("vroeger wel, nu hangt ervan af, een paar misschien").cues
    }
    assert {"past", "now", "unsure", "few", "hedge"} <= kinds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 van de 10 doen mee", 0.7),
        ("drie op de vier", 0.75),
        ("zeker 80%", 0.8),
        ("zo'n 60 procent", 0.6),
        ("twaalf van de tien", None),
        ("3 van de 0", None),
        ("zeven dagen", None),
    ],
)
def test_a_named_fraction_is_read(text: str, value: float | None) -> None:
    found = share(text)
    assert (found and found.value) == value


@given(st.text(max_size=80))
def test_any_text_has_pieces_that_stand_in_it(text: str) -> None:
    for piece in Features().pieces(text) if text.isascii() else ():
        assert piece.family in WEIGHTS
        assert 0 <= piece.start <= piece.end <= len(text)


def test_words_of_long_ago_are_forgotten_and_nothing_reads_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dutch, "MOST_WORDS", 40)
    reader = dutch.Dutch()
    text = "we leren niet vaak, maar 7 van de 10 wil wel"
    before, remembered = reader.read(text), reader._tools
    for number in range(60):
        assert reader.read(f"{text} woord{number}q").cues
    for thread in threading.enumerate():
        if thread.name == "words":
            thread.join()
    assert reader._tools is not remembered
    assert len(reader._tools.pipe.vocab) < len(remembered.pipe.vocab)
    assert reader.read(text) == before
