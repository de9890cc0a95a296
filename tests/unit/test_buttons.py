"""Which button a message uses: only one that is on offer, and an old one is told from words."""

from __future__ import annotations

import pytest

from bot.turns.buttons import Use, bare, mark, use

CHOICE = '/choose{"value": "niveau_1"}'
OFFERED = {f"4:{CHOICE}": "De leiding koos", "4:/later": "Later verder"}


@pytest.mark.parametrize(
    ("text", "payload", "expected"),
    [
        ("De leiding koos", f"4:{CHOICE}", Use(CHOICE)),
        ("", f"4:{CHOICE}", Use(CHOICE)),
        ("de leiding koos ", None, Use(CHOICE)),
        (f"4:{CHOICE}", None, Use(CHOICE)),
        (CHOICE, None, Use(CHOICE)),
        ("", CHOICE, Use(CHOICE)),
        ("", "/restart", Use("/restart")),
        ("/restart", None, Use()),
        ("De leiding koos", f"3:{CHOICE}", Use(old=True)),
        ("Een ander label", CHOICE, Use(old=True)),
        ("", '/choose{"value": "team"}', Use(old=True)),
        (f"3:{CHOICE}", None, Use(old=True)),
        (f"9:{CHOICE}", None, Use()),
        ('/choose{"value": "team"}', None, Use()),
        ("Mijn team", None, Use()),
    ],
)
def test_only_what_is_on_offer_is_a_button(text: str, payload: str | None, expected: Use) -> None:
    assert use(text, payload, OFFERED, 4, scripted=True) == expected


@pytest.mark.parametrize("typed", [CHOICE, f"4:{CHOICE}", f"3:{CHOICE}", "/restart", "/later"])
def test_what_a_person_types_is_never_a_payload(typed: str) -> None:
    assert use(typed, None, OFFERED, 4) == Use()
    assert use("later VERDER", None, OFFERED, 4) == Use("/later")


def test_a_mark_goes_on_and_comes_off() -> None:
    reply = {
        "text": "Kies",
        "buttons": [{"title": "Ja", "payload": "/x"}, {"title": "W", "url": "u"}],
    }
    marked = mark(reply, 7)
    assert [b.get("payload") for b in marked["buttons"]] == ["7:/x", None]
    assert bare("7:/x") == "/x" and bare("/x") == "/x"
    assert reply["buttons"][0]["payload"] == "/x", "the reply itself is left alone"
