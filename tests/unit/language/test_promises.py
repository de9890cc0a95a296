"""Who will act, read from a promise."""

from __future__ import annotations

import pytest

from coach.language.promises import Promises


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ik vraag het dinsdag", "ik"),
        ("Oké, dan ga ik de lijst maken", "ik"),
        ("kga mijn chef bellen", "ik"),
        ("ik ga dinsdag met Petra de lijst maken", "jij en Petra"),
        ("samen met mijn collega bel ik het fonds", "jij en je collega"),
        ("samen met Fatma", "jij en Fatma"),
        ("ja, samen met onze planner", "jij en jullie planner"),
        ("wij bespreken het vrijdag", "jullie samen"),
        ("we maken met onze leidinggevende een lijst", "jullie en jullie leidinggevende"),
        ("mijn teamleider vraagt het in het overleg", "mijn teamleider"),
        ("Joris belt maandag", "Joris"),
        ("ik zet het met Excel op een rij", "ik"),
        ("dinsdag een half uur oefenen", None),
        ("Maandag gaat het door", None),
        ("", None),
    ],
)
def test_who_acts_is_read_from_the_sentence(text: str, who: str | None) -> None:
    assert Promises().who(text) == who


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("samen met Fatma", True),
        ("ja, samen met onze planner.", True),
        ("samen met Fatma een lijst maken", False),
        ("met Fatma", False),
        ("ik doe het samen met Fatma", False),
        ("", False),
    ],
)
def test_with_whom_and_nothing_else_is_told_apart(text: str, alone: bool) -> None:
    assert Promises().is_only_who(text) is alone
