"""Distress by its words and by the classifier's shares."""

from __future__ import annotations

import pytest

from coach.language.distress import Distress, DistressWords, weighed

WORDS = DistressWords.load()


@pytest.mark.parametrize(
    "text",
    [
        "ik ga dood van die cursus",
        "ik verveel me dood bij die e-learning",
        "schiet me maar lek met die vragen",
        "ik kan die printer wel vermoorden",
        "dan nog liever dood dan weer zo'n training",
    ],
)
def test_a_manner_of_speaking_is_no_alarm(text: str) -> None:
    assert WORDS.find(text) is None
    assert WORDS.is_saying(text)


def test_a_saying_beside_plain_words_is_an_alarm() -> None:
    text = "ik ga dood van die cursus, ik wil niet meer leven"
    assert WORDS.find(text) is Distress.RED
    assert not WORDS.is_saying(text)


@pytest.mark.parametrize(
    ("red", "orange", "yellow", "degree"),
    [
        (0.0, 0.0, 0.3, None),
        (0.0, 0.0, 0.5, Distress.YELLOW),
        (0.02, 0.08, 0.0, None),
        (0.0, 0.3, 0.0, Distress.ORANGE),
        (0.05, 0.3, 0.1, Distress.ORANGE),
        (0.2, 0.3, 0.1, Distress.RED),
    ],
)
def test_the_degrees_weigh_together_and_red_goes_first(
    red: float, orange: float, yellow: float, degree: Distress | None
) -> None:
    shares = {"distress_red": red, "distress_orange": orange, "distress_yellow": yellow}
    assert weighed(shares) is degree


@pytest.mark.parametrize(
    "text",
    [
        "gaat er iets mis, dan krijg je op je kop van de chef",
        "ik kreeg weer eens op m'n donder",
        "vorige keer bloedde het ook dood",
        "dat project is een stille dood gestorven",
        "het plan was na een maand al dood",
    ],
)
def test_ordinary_talk_about_work_is_no_alarm(text: str) -> None:
    assert WORDS.is_ordinary(text)


@pytest.mark.parametrize(
    "text",
    [
        "ik krijg klappen op mijn kop van de chef",
        "hij sloeg me op mijn kop",
        "ik bloed dood",
        "ik kreeg op m'n donder en nu wil ik niet meer leven",
        "ik wil doodbloeden",
    ],
)
def test_what_may_be_distress_is_never_ordinary(text: str) -> None:
    assert not WORDS.is_ordinary(text)
