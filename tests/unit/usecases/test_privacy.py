"""What somebody wants with their data is read from their words, and when a talk is forgotten from its state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from coach.domain.content import Content
from coach.domain.interview import Interview
from coach.usecases.privacy import CLOSED, IDLE, Wish, forget_at, wish

NOW = datetime(2026, 11, 27, 9, 0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Wat weten jullie van mij?", Wish.SHOW),
        ("laat mijn gegevens zien", Wish.SHOW),
        ("geef me een kopie van mijn gegevens", Wish.COPY),
        ("wis mijn gegevens", Wish.ERASE),
        ("Hierbij verzoek ik om verwijdering van al mijn persoonsgegevens.", Wish.ERASE),
        ("bewaar dit gesprek niet", Wish.UNKEPT),
        ("dit gesprek niet bewaren", Wish.UNKEPT),
        ("bewaar dit alsjeblieft niet", Wish.UNKEPT),
        ("ik heb liever dat je niets onthoudt", Wish.UNKEPT),
        ("worden mijn antwoorden echt nergens bewaard", None),
        ("Bewaar jij niks van mij?", None),
        ("Kan ik mijn gegevens laten wissen?", None),
        ("hoe veilig is dit", None),
        ("ik weet het niet", None),
    ],
)
def test_the_words_say_what_is_wanted(content: Content, text: str, wanted: Wish | None) -> None:
    assert wish(text, content.words["my_data"], content.words["keeping"]) == wanted


def test_no_words_erase_without_a_question(content: Content) -> None:
    assert Wish.ERASE_NOW not in content.words["my_data"]
    assert set(content.words["my_data"]) <= set(Wish)


@pytest.mark.parametrize(
    ("consent", "more", "kept"),
    [
        (True, {}, None),
        (True, {"part": "finished"}, None),
        (False, {}, IDLE),
        (False, {"part": "finished"}, CLOSED),
        (False, {"round": 2}, IDLE),
        (None, {}, IDLE),
        (None, {"round": 2}, None),
    ],
)
def test_a_talk_without_consent_is_forgotten(
    consent: bool | None, more: dict[str, Any], kept: Any
) -> None:
    interview = Interview("2026-11", consent=consent).to_json()
    wanted = NOW + kept if kept else None
    assert forget_at({"slots": {"interview": interview, **more}}, NOW) == wanted


def test_a_talk_that_has_not_begun_is_forgotten() -> None:
    assert forget_at({}, NOW) == NOW + IDLE
