"""The manager gives entry and takes it away, and everybody minds their own password and sessions."""

from __future__ import annotations

import re

import pytest
from desk_visitor import House, Visitor
from typer.testing import CliRunner

from coach.cli import main
from coach.desk.visit import COOKIE
from coach.store.accounts import START_DAYS, Accounts
from coach.store.advisers import Advisers
from coach.store.desk_tables import advisers
from coach.store.passwords import hashed
from coach.wiring import current_settings, database, utc_now

START = re.compile(r'id="startwachtwoord">([^<]+)<')
TOKEN = re.compile(r'name="before" value="([^"]+)"')
OWN = "vier paarden op een rij"


def enter(house: House, email: str, password: str) -> Visitor:
    visitor = house.visitor()
    before = TOKEN.search(visitor.get("/desk/inloggen").text)
    assert before
    given = {"before": before[1], "email": email, "wachtwoord": password}
    visitor.post("/desk/inloggen", data=given)
    if COOKIE in visitor.cookies:
        visitor.csrf = house.csrf(visitor.cookies[COOKIE])
    return visitor


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/desk/mijn").status_code == 200


def made(house: House, email: str = "dirk@desk.test", rol: str = "adviser") -> tuple[str, str]:
    """A new account: its id and start password."""
    manager = house.signed_in("manager")
    answer = manager.submit("/desk/beheer", naam="Dirk", email=email, rol=rol)
    start = START.search(answer.text)
    assert answer.status_code == 200 and start
    key = next(a.id for a in house.advisers.all() if a.email == email)
    assert start[1] not in manager.get(f"/desk/beheer/{key}").text, "shown once"
    return key, start[1]


def test_a_new_adviser_comes_in_and_first_chooses_a_password(desk: House) -> None:
    _, start = made(desk)
    visitor = enter(desk, "dirk@desk.test", start)
    for path in ("/desk", "/desk/inhoud", f"/desk/organisaties/{desk.of['anna']}"):
        assert visitor.get(path).headers["location"] == "/desk/mijn"
    assert visitor.submit("/desk/organisaties", naam="x").headers["location"] == "/desk/mijn"
    assert "Kies eerst" in visitor.get("/desk/mijn").text
    old = visitor.cookies[COOKIE]
    chosen = {"huidig": start, "nieuw": OWN, "herhaald": OWN}
    assert visitor.submit("/desk/mijn/wachtwoord", **chosen).status_code == 303
    assert visitor.cookies[COOKIE] != old and "Dag Dirk" in visitor.get("/desk").text
    assert not is_in(enter(desk, "dirk@desk.test", start)), "the start password is gone"
    assert is_in(enter(desk, "dirk@desk.test", OWN))


def test_a_start_password_does_not_work_for_ever(small_desk: House) -> None:
    _, start = made(small_desk)
    small_desk.clock.at += START_DAYS
    assert not is_in(enter(small_desk, "dirk@desk.test", start))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"naam": ""}, "naam"),
        ({"naam": "x" * 101}, "naam"),
        ({"email": "dirk"}, "email"),
        ({"email": "dirk@desk"}, "email"),
        ({"email": "anna@desk.test"}, "email"),
        ({"email": " ANNA@desk.test"}, "email"),
    ],
)
def test_what_is_wrong_is_said_next_to_its_field(
    small_desk: House, fields: dict[str, str], field: str
) -> None:
    before = len(small_desk.advisers.all())
    given = {"naam": "Dirk", "email": "dirk@desk.test", "rol": "adviser", **fields}
    answer = small_desk.signed_in("manager").submit("/desk/beheer", **given)
    assert answer.status_code == 422
    assert f'id="{field}-fout"' in answer.text and f'aria-describedby="{field}-fout"' in answer.text
    assert len(small_desk.advisers.all()) == before


def test_who_is_dismissed_is_out_at_once_and_may_come_back(desk: House) -> None:
    visitor, key = desk.signed_in("anna"), desk.people["anna"].id
    manager = desk.signed_in("manager")
    assert manager.submit(f"/desk/beheer/{key}/stoppen").status_code == 303
    assert not is_in(visitor) and "gestopt" in manager.get("/desk/beheer").text
    again = START.search(manager.submit(f"/desk/beheer/{key}/wachtwoord").text)
    assert again
    visitor = enter(desk, "anna@desk.test", again[1])
    visitor.submit("/desk/mijn/wachtwoord", huidig=again[1], nieuw=OWN, herhaald=OWN)
    assert "Zorggroep De Linde" not in visitor.get("/desk").text, "organisations are chosen anew"


def test_a_role_counts_from_the_next_page_on(desk: House) -> None:
    visitor, manager = desk.signed_in("anna"), desk.signed_in("manager")
    one = f"/desk/beheer/{desk.people['anna'].id}/rol"
    assert visitor.get("/desk/beheer").status_code == 403
    manager.submit(one, rol="manager")
    assert visitor.get("/desk/beheer").status_code == 200
    manager.submit(one, rol="adviser")
    assert visitor.get("/desk/beheer").status_code == 403


def test_somebody_is_always_left_to_manage(desk: House) -> None:
    manager, own = desk.signed_in("manager"), f"/desk/beheer/{desk.people['manager'].id}"
    assert manager.submit(f"{own}/stoppen").status_code == 409
    assert manager.submit(f"{own}/rol", rol="adviser").status_code == 409
    assert manager.get("/desk/beheer").status_code == 200


def test_an_adviser_works_for_the_organisations_that_are_given(desk: House) -> None:
    manager, visitor = desk.signed_in("manager"), desk.signed_in("anna")
    one = f"/desk/beheer/{desk.people['anna'].id}"
    assert "Bouwbedrijf Het Anker" in manager.get(one, params={"zoek": "anker"}).text
    manager.submit(f"{one}/organisaties", organisatie=desk.of["bram"])
    manager.submit(f"{one}/organisaties", organisatie=desk.of["bram"])
    assert "Bouwbedrijf Het Anker" in visitor.get("/desk").text
    manager.submit(f"{one}/organisaties", organisatie=desk.of["bram"], doe="weg")
    assert "Bouwbedrijf Het Anker" not in visitor.get("/desk").text
    assert manager.submit(f"{one}/organisaties", organisatie="nergens").status_code == 404


def test_another_password_ends_every_other_session(desk: House) -> None:
    desk.accounts.choose_password(desk.people["anna"].id, hashed(OWN))
    here, there = desk.signed_in("anna"), desk.signed_in("anna")
    new = "vijf koeien in de wei"
    for given, field in (
        ({"huidig": "iets anders hier", "nieuw": new, "herhaald": new}, "huidig"),
        ({"huidig": OWN, "nieuw": new, "herhaald": "x"}, "herhaald"),
        ({"huidig": OWN, "nieuw": "te kort", "herhaald": "te kort"}, "nieuw"),
        ({"huidig": OWN, "nieuw": OWN, "herhaald": OWN}, "nieuw"),
    ):
        answer = here.submit("/desk/mijn/wachtwoord", **given)
        assert answer.status_code == 422 and f'id="{field}-fout"' in answer.text
    assert is_in(there)
    here.submit("/desk/mijn/wachtwoord", huidig=OWN, nieuw=new, herhaald=new)
    assert is_in(here) and not is_in(there)


def test_own_sessions_are_seen_and_ended_and_nobody_elses(desk: House) -> None:
    here, there, other = desk.signed_in("anna"), desk.signed_in("anna"), desk.signed_in("bram")
    sessions = desk.accounts.sessions(desk.people["anna"].id, here.cookies[COOKIE], desk.clock())
    assert sorted(one.is_this for one in sessions) == [False, True]
    theirs = desk.accounts.sessions(desk.people["bram"].id, "", desk.clock())[0].id
    here.submit("/desk/mijn/sessies", sessie=theirs)
    assert is_in(other)
    here.submit("/desk/mijn/sessies", sessie=next(o.id for o in sessions if not o.is_this))
    assert is_in(here) and not is_in(there)


# --- the first account, from the command line ----------------------------------------------------


@pytest.fixture
def command(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """`padwijzer` over a data folder of its own."""
    monkeypatch.setenv("PADWIJZER_DATA", str(tmp_path))
    current_settings.cache_clear(), database.cache_clear()
    yield CliRunner()
    database().dispose()
    current_settings.cache_clear(), database.cache_clear()


def test_the_first_account_is_made_by_command(command: CliRunner) -> None:
    def add(password: str, email: str = "sanne@desk.test", name: str = "Sanne") -> tuple[int, str]:
        run = command.invoke(
            main.app,
            ["desk", "add-adviser", email, name, "--manager"],
            input=f"{password}\n{password}\n",
        )
        return run.exit_code, run.output

    for weak in ("kort", "aaaaaaaaaaaaaaaa"):
        code, said = add(weak)
        assert code == 1 and "password" in said and weak not in said
    assert add(OWN, email="geen adres")[0] == 1 and add(OWN, name=" ")[0] == 1
    assert Accounts(database()).is_none()
    code, said = add(OWN)
    assert code == 0 and "http://localhost:8000/desk" in said and OWN not in said
    again, why = add(OWN, email="SANNE@desk.test")
    assert again == 1 and "already" in why
    found = Advisers(database()).password_of("sanne@desk.test", utc_now())
    assert found and found[0].is_manager
    with database().begin() as db:
        assert OWN not in repr(db.execute(advisers.select()).all())
