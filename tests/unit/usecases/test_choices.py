"""Which of the offered choices a message means; a choice that was not made is never guessed."""

from __future__ import annotations

import pytest

from coach.usecases.choices import NO, YES, by_words, chosen, tokens, yes_or_no
from coach.usecases.reply import Heard

VALUES = ("peer", "appel", "kers")
TITLES = ("Een zachte peer uit de tuin", "De rode appel van de markt", "Kersen uit het dorp")


def typed(text: str, intent: str = "") -> str | None:
    return chosen(Heard(text, intent), VALUES, TITLES)


# --- buttons --------------------------------------------------------------------------


@pytest.mark.parametrize("value", VALUES)
def test_a_click_is_taken_as_it_is(value: str) -> None:
    assert chosen(Heard("", "choose", value), VALUES, TITLES) == value


def test_a_click_on_a_button_from_an_earlier_question_chooses_nothing() -> None:
    assert chosen(Heard("appel", "choose", "banaan"), VALUES, TITLES) is None
    assert chosen(Heard("de tweede", "choose", "niveau_2"), VALUES, TITLES) is None


# --- typed instead of clicked ---------------------------------------------------------


@pytest.mark.parametrize("text", ["appel", "  Appel ", "APPEL"])
def test_the_value_itself_can_be_typed(text: str) -> None:
    assert typed(text) == "appel"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "peer"),
        ("de eerste", "peer"),
        ("a", "peer"),
        ("de tweede", "appel"),
        ("De tweede.", "appel"),
        ("optie 2", "appel"),
        ("b", "appel"),
        ("nummer drie", "kers"),
        ("de derde", "kers"),
        ("C", "kers"),
        ("de laatste", "kers"),
        ("de bovenste", "peer"),
        ("de onderste", "kers"),
    ],
)
def test_the_place_in_the_row_can_be_typed(text: str, value: str) -> None:
    assert typed(text) == value


def test_a_place_in_a_long_message_counts_only_when_it_is_a_choice() -> None:
    assert typed("doe dan maar de tweede graag", "choose") == "appel"
    assert typed("de tweede helft van het jaar was erg druk", "inform") is None


@pytest.mark.parametrize("text", ["4", "de vierde", "optie 5", "de zesde", "0"])
def test_a_place_that_is_not_in_the_row_chooses_nothing(text: str) -> None:
    assert typed(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("de rode appel van de markt", "appel"),
        ("De rode apel van de markt.", "appel"),
        ("Kersen uit t dorp", "kers"),
    ],
)
def test_the_label_can_be_typed_over_with_a_slip(text: str, value: str) -> None:
    assert typed(text) == value


@pytest.mark.parametrize("text", ["", "...", "weet ik niet", "de markt", "iets heel anders", "👍"])
def test_something_else_chooses_nothing(text: str) -> None:
    assert typed(text) is None


@pytest.mark.parametrize("text", ["een beetje", "een collega", "een cursus"])
def test_the_article_een_is_not_the_number_one(text: str) -> None:
    assert typed(text) is None


def test_the_article_een_does_not_outweigh_the_place_that_was_named() -> None:
    assert typed("de derde, want een cursus is te duur", "choose") == "kers"


@pytest.mark.parametrize("text", ["twee weken", "drie keer", "vier uur"])
def test_an_amount_is_not_a_place_in_the_row(text: str) -> None:
    assert typed(text) is None


# --- words ----------------------------------------------------------------------------

WORDS = {"zeker": ("zeker",), "onzeker": ("niet zeker", "mwah"), "druk": ("o&o", "druk")}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ik ben zeker", "zeker"),
        ("ik ben niet zeker", "onzeker"),
        ("MWAH", "onzeker"),
        ("via het o&o fonds", "druk"),
        ("verzekering", None),
        ("drukte", None),
        ("", None),
    ],
)
def test_the_longest_phrase_in_the_text_decides(text: str, key: str | None) -> None:
    assert by_words(text, WORDS) == key


def test_words_and_numbers_of_a_text() -> None:
    assert tokens("Één keer, om 9:30 - hè?") == ["één", "keer", "om", "9", "30", "hè"]


# --- yes and no -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (Heard("", "choose", "ja"), YES),
        (Heard("", "choose", "nee"), NO),
        (Heard("klopt", "affirm"), YES),
        (Heard("nee hoor", "deny"), NO),
        (Heard("misschien", "unknown"), None),
        (Heard("", "choose", "niveau_1"), None),
        (Heard("het is druk", "inform"), None),
        (Heard("nee hoor", "deny", certainty=0.35), NO),
        (Heard("nou dat is best goed geregeld hier", "deny", certainty=0.35), None),
        (Heard("mja", "affirm", certainty=0.1), None),
    ],
)
def test_yes_and_no_are_heard_from_a_click_or_from_words(heard: Heard, said: str | None) -> None:
    assert yes_or_no(heard) == said
