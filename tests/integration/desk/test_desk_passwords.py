"""The fields in which a password is typed, and that a password stays what its owner made it."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from desk_visitor import House
from test_desk_accounts import enter, is_in

from coach.store.passwords import hashed

ODD = " spatie voor, spatie achter "


class Fields(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.found[str(dict(attrs).get("name"))] = dict(attrs)


def give(house: House, password: str) -> str:
    house.accounts.choose_password(house.people["anna"].id, hashed(password))
    return house.people["anna"].email


def test_a_password_is_masked_and_a_manager_of_passwords_can_fill_it_in(small_desk: House) -> None:
    give(small_desk, ODD)
    here = Fields(small_desk.visitor().get("/desk/inloggen").text).found
    assert set(here) == {"before", "naar", "email", "wachtwoord"}, "and no question about a pet"
    mine = Fields(small_desk.signed_in("anna").get("/desk/mijn").text).found
    kinds = {"wachtwoord": "current-password", "huidig": "current-password", "nieuw": "new-password", "herhaald": "new-password"}  # fmt: skip
    fields = {**here, **mine}
    for name, kind in kinds.items():
        assert (fields[name]["type"], fields[name]["autocomplete"]) == ("password", kind)
        assert int(fields[name].get("maxlength") or 128) >= 64
        assert not any(attribute.startswith("on") for attribute in fields[name]), "pasting is free"


def test_a_space_at_the_end_belongs_to_a_password(small_desk: House) -> None:
    email = give(small_desk, "vier paarden op een rij")
    visitor = enter(small_desk, email, "vier paarden op een rij")
    chosen = {"huidig": "vier paarden op een rij", "nieuw": ODD, "herhaald": ODD}
    assert visitor.submit("/desk/mijn/wachtwoord", **chosen).status_code == 303
    assert is_in(enter(small_desk, email, ODD))
    assert not is_in(enter(small_desk, email, ODD.strip()))


def test_nobody_has_to_choose_another_password_after_a_while(small_desk: House) -> None:
    email = give(small_desk, ODD)
    small_desk.clock.at += timedelta(days=3 * 365)
    assert is_in(enter(small_desk, email, ODD))


@pytest.mark.parametrize("new", ["padwijzer2026", "123456789012", "anna@desk.test"])
def test_a_password_that_is_easy_to_guess_is_not_taken(small_desk: House, new: str) -> None:
    email = give(small_desk, ODD)
    visitor = enter(small_desk, email, ODD)
    answer = visitor.submit("/desk/mijn/wachtwoord", huidig=ODD, nieuw=new, herhaald=new)
    assert answer.status_code == 422 and "niemand kan raden" in answer.text
    assert is_in(enter(small_desk, email, ODD))


def test_another_password_asks_for_the_one_there_is(small_desk: House) -> None:
    email, other = give(small_desk, ODD), "zeven ooievaars lezen een krant"
    visitor = enter(small_desk, email, ODD)
    for current in ("", ODD.strip(), other):
        answer = visitor.submit(
            "/desk/mijn/wachtwoord", huidig=current, nieuw=other, herhaald=other
        )
        assert answer.status_code == 422
    assert not is_in(enter(small_desk, email, other))


def test_the_way_out_is_on_every_page(small_desk: House) -> None:
    visitor = small_desk.signed_in("manager")
    for path in (
        "/desk",
        "/desk/mijn",
        "/desk/inhoud",
        "/desk/overdrachten",
        "/desk/beheer",
        "/desk/cijfers",
        "/desk/logboek",
    ):
        page = visitor.get(path)
        assert page.status_code == 200 and 'action="/desk/uitloggen"' in page.text, path
