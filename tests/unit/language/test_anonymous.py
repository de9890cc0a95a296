"""A sentence that is kept tells nobody's name, number, day or address; what is too much about somebody is not kept."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.language.anonymous import LEFT_OUT, MOST_WORDS, Anonymous
from coach.wiring import anonymous


@pytest.fixture(scope="module")
def stripping() -> Anonymous:
    return anonymous()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("hoe zit dat met die ring?", "hoe zit dat met die ring?"),
        ("mijn baas Jan de Vries luistert nooit", "mijn baas … luistert nooit"),
        ("mijn baas jan de vries luistert nooit", "mijn baas … luistert nooit"),
        ("Sanne zegt dat het moet", "… zegt dat het moet"),
        ("we hebben een nieuwe chef, Fatima el Amrani", "we hebben een nieuwe chef, …"),
        ("ik werk al 12 jaar bij de gemeente Utrecht", "ik werk al … jaar bij de gemeente …"),
        ("ik werk al jaren bij gemeente utrecht", "ik werk al jaren bij gemeente …"),
        ("bel me op 06-12345678 of mail jan@zorg.nl", "bel me op … of mail …"),
        ("kijk op https://intranet.zorg.nl/jan eens", "kijk op … eens"),
        ("op 3 december 2025 begonnen we hiermee", "op … begonnen we hiermee"),
        ("wij zitten in de Jan van Galenstraat 12", "wij zitten in de …"),
        ("ik werk op de afdeling cardiologie van het Radboudumc", "ik werk op de afdeling …"),
        ("IK SNAP ER NIETS VAN", "ik snap er niets van"),
        ("wat is [dit](entiteit) nou", "wat is (dit)(entiteit) nou"),
    ],
)  # fmt: skip
def test_what_tells_who_it_is_goes(stripping: Anonymous, said: str, kept: str) -> None:
    assert stripping.strip(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "ok",
        "Jan Jansen",
        "kvk 12345678 99",
        "ik ben al weken ziek thuis",
        "mijn collega is zwanger en dus weg",
        "ik ga zelf naar de moskee",
        "woord " * (MOST_WORDS + 1),
    ],
)
def test_what_is_too_little_or_too_much_about_somebody_is_not_kept(
    stripping: Anonymous, said: str
) -> None:
    assert stripping.strip(said) is None


@given(st.text(max_size=200))
@example("A:A:²")
@example("ik zie ① boven ＠ de deur ［hier］")
def test_no_text_breaks_it_and_no_digit_stays(said: str) -> None:
    kept = anonymous().strip(said)
    assert kept is None or not any(char.isdigit() or char in "[]@\n" for char in kept)


def test_many_gaps_are_one(stripping: Anonymous) -> None:
    said = "wij zagen Piet Klaas Xerxes gisteren in de tuin"
    kept = stripping.strip(said)
    assert kept is not None and kept.count(LEFT_OUT) == 1
