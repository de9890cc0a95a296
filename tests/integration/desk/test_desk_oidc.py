"""Signing in with the account of one's own organisation: an honest provider lets in, and no lie does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from desk_visitor import Clock, House, Visitor, app_of, served
from oidc_providers import CLIENT, PASSWORD, FalseProvider, honest, query_of
from playwright.sync_api import Page, expect
from talking import Store

from bench.ports import free_port
from coach.desk.oidc import COOKIE as ATTEMPT
from coach.desk.visit import COOKIE
from coach.store.desk_tables import advisers

PEOPLE: list[dict[str, Any]] = [
    {"sub": "anna-1", "email": "Anna@desk.test", "email_verified": True},
    {"sub": "vreemde-2", "email": "vreemd@elders.test", "email_verified": True},
    {"sub": "slordig-3", "email": "bram@desk.test", "email_verified": False},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with honest(*PEOPLE) as issuer:
        yield issuer


def settings_of(issuer: str) -> dict[str, str]:
    return {
        "PADWIJZER_OIDC_ISSUER": issuer,
        "PADWIJZER_OIDC_CLIENT_ID": CLIENT,
        "PADWIJZER_OIDC_CLIENT_SECRET": PASSWORD,
    }


@pytest.fixture
def house(stores: Store, clock: Clock, issuer: str) -> House:
    """A desk whose people sign in at the honest provider."""
    return House(stores.database, clock, app_of(stores.database, clock, **settings_of(issuer)))


@pytest.fixture
def liar() -> Iterator[FalseProvider]:
    with FalseProvider().serving() as provider:
        yield provider


@pytest.fixture
def fooled(sqlite: Store, clock: Clock, liar: FalseProvider) -> House:
    """A desk whose provider may lie."""
    app = app_of(sqlite.database, clock, **settings_of(liar.issuer))
    return House(sqlite.database, clock, app)


def go(visitor: Visitor, subject: str, naar: str = "") -> httpx.Response:
    """Away to the honest provider, in as somebody, and back."""
    away = visitor.get("/desk/oidc", params={"naar": naar} if naar else None)
    assert away.status_code == 303
    back = httpx.post(away.headers["location"], data={"sub": subject})
    return visitor.get(back.headers["location"])


def through(visitor: Visitor) -> httpx.Response:
    """The same at the provider that may lie."""
    away = visitor.get("/desk/oidc")
    assert away.status_code == 303, away.text
    return visitor.get(httpx.get(away.headers["location"]).headers["location"])


def entered(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and COOKIE in answer.cookies


# --- an honest provider --------------------------------------------------------------------------


def test_a_verified_address_opens_its_account_and_is_bound_to_it(house: House) -> None:
    visitor = house.visitor()
    answer = go(visitor, "anna-1", naar="/desk/mijn")
    assert answer.headers["location"] == "/desk/mijn" and entered(answer)
    assert "anna@desk.test" in visitor.get("/desk/mijn").text
    with house.engine.begin() as db:
        rows = db.execute(advisers.select().where(advisers.c.email == "anna@desk.test")).all()
    assert [row.subject.split(" ")[1] for row in rows] == ["anna-1"]
    assert entered(go(house.visitor(), "anna-1"))


def test_without_an_account_a_sentence_says_what_to_do_and_it_is_on_record(house: House) -> None:
    answer = go(house.visitor(), "vreemde-2")
    assert answer.status_code == 403 and "nog geen account" in answer.text
    entry = house.advisers.noted()[0]
    assert (entry.what, entry.about) == ("oidc_unknown", "elders.test")


def test_an_address_that_nobody_verified_opens_nothing(house: House) -> None:
    answer = go(house.visitor(), "slordig-3")
    assert answer.status_code == 403 and "niet bevestigd" in answer.text
    assert house.advisers.noted()[0].what == "oidc_unverified"


def test_who_stops_at_the_provider_comes_back_to_the_door(house: House) -> None:
    visitor = house.visitor()
    away = visitor.get("/desk/oidc").headers["location"]
    back = httpx.post(away, data={"action": "deny"}).headers["location"]
    answer = visitor.get(back)
    assert answer.status_code == 401 and "is gestopt" in answer.text


def test_what_is_sent_is_fresh_and_proves_itself(house: House) -> None:
    asked = [query_of(house.visitor().get("/desk/oidc").headers["location"]) for _ in range(2)]
    for one in asked:
        assert one["code_challenge_method"] == "S256" and one["response_type"] == "code"
        assert one["redirect_uri"] == "http://desk.test/desk/oidc/terug"
        assert set(one["scope"].split()) == {"openid", "email", "profile"}
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name] for one in asked}) == 2
        assert all(len(one[name]) >= 32 for one in asked)


def test_an_answer_is_good_in_its_own_browser_and_only_once(house: House) -> None:
    visitor, other = house.visitor(), house.visitor()
    back = httpx.post(visitor.get("/desk/oidc").headers["location"], data={"sub": "anna-1"})
    address = back.headers["location"]
    other.get("/desk/oidc")
    for wrong in (other, house.visitor()):
        assert wrong.get(address).status_code == 403
        assert COOKIE not in wrong.cookies
    assert entered(visitor.get(address))
    assert visitor.get(address).status_code == 403
    assert ATTEMPT not in visitor.cookies


def test_a_dismissed_adviser_is_not_let_in_again(house: House) -> None:
    assert entered(go(house.visitor(), "anna-1"))
    house.accounts.dismiss(house.people["anna"].id)
    assert go(house.visitor(), "anna-1").status_code == 403


def test_no_other_site_is_opened_afterwards(house: House) -> None:
    assert go(house.visitor(), "anna-1", "//kwaad.test").headers["location"] == "/desk"


def test_a_click_in_a_real_browser(page: Page, sqlite: Store, clock: Clock, issuer: str) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = app_of(sqlite.database, clock, PADWIJZER_BASE_URL=address, **settings_of(issuer))
    House(sqlite.database, clock, app)
    with served(app, port):
        page.goto(f"{address}/desk/mijn")
        page.get_by_role("link", name="Inloggen met je werkaccount").click()
        page.get_by_role("button", name="anna-1").click()
        expect(page.get_by_role("heading", name="Mijn account")).to_be_visible()
        expect(page.get_by_text("Gekoppeld")).to_be_visible()


# --- a provider that lies ------------------------------------------------------------------------

LIES: dict[str, Callable[[FalseProvider], None]] = {
    "another key": lambda it: setattr(it, "signs_with", "another key"),
    "no signature": lambda it: setattr(it, "signs_with", "nothing"),
    "the client secret as key": lambda it: setattr(it, "signs_with", "the client secret"),
    "for somebody else": lambda it: it.claims.update(aud="another-app"),
    "for several, given to another": lambda it: it.claims.update(aud=[CLIENT, "x"], azp="x"),
    "from somebody else": lambda it: it.claims.update(iss="https://kwaad.test"),
    "too old": lambda it: it.claims.update(iat=1_000_000_000, exp=1_000_000_300),
    "another nonce": lambda it: it.claims.update(nonce="x" * 32),
    "no nonce": lambda it: it.without.add("nonce"),
    "no nonce, says it knows none": lambda it: (
        it.without.add("nonce"),
        it.claims.update(nonce_supported=False),
    ),
    "no subject": lambda it: it.without.add("sub"),
    "no end": lambda it: it.without.add("exp"),
    "a subject that is none": lambda it: it.claims.update(sub={"x": 1}),
    "a subject that is too long": lambda it: it.claims.update(sub="x" * 500),
    "a subject with a NUL": lambda it: it.claims.update(sub="x\x00y"),
    "another access token": lambda it: it.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no token": lambda it: setattr(it, "answers", (200, json.dumps({"access_token": "x"}))),
    "no json": lambda it: setattr(it, "answers", (200, "<html>")),
    "a list": lambda it: setattr(it, "answers", (200, "[]")),
    "broken": lambda it: setattr(it, "answers", (500, "oei")),
    "an odd token": lambda it: setattr(it, "answers", (200, json.dumps({"id_token": "a.b.c"}))),
}  # fmt: skip


def test_the_provider_that_may_lie_lets_in_when_it_does_not(
    fooled: House, liar: FalseProvider
) -> None:
    assert entered(through(fooled.visitor()))
    liar.key = type(liar.key).generate_key(2048, {"kid": "second"})
    assert entered(through(fooled.visitor())), "it changed its key"


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_lets_in(fooled: House, liar: FalseProvider, lie: str) -> None:
    LIES[lie](liar)
    answer = through(fooled.visitor())
    assert answer.status_code in (401, 502) and COOKIE not in answer.cookies
    assert "werkaccount" in answer.text


@pytest.mark.parametrize(
    ("claims", "enters"),
    [
        ({"email_verified": "true"}, True),
        ({"email_verified": "false"}, False),
        ({"email_verified": None}, False),
        ({"email_verified": None, "xms_edov": True}, False),
        ({"email": ["anna@desk.test"]}, False),
    ],
)
def test_only_an_address_that_is_vouched_for_opens_an_account(
    fooled: House, liar: FalseProvider, claims: dict[str, Any], enters: bool
) -> None:
    liar.claims.update(claims)
    assert entered(through(fooled.visitor())) is enters


@pytest.mark.parametrize(("said", "enters"), [(True, True), ("1", True), (False, False)])
def test_microsoft_vouches_in_a_word_of_its_own(
    fooled: House, liar: FalseProvider, said: Any, enters: bool
) -> None:
    liar.without.add("email_verified")
    liar.claims["xms_edov"] = said
    assert entered(through(fooled.visitor())) is enters


@pytest.mark.parametrize(("subject", "status"), [("anna-1", 303), ("bram-2", 401)])
def test_an_address_may_come_from_the_user_information_of_the_same_person(
    fooled: House, liar: FalseProvider, subject: str, status: int
) -> None:
    liar.without |= {"email", "email_verified"}
    liar.userinfo = {"sub": subject, "email": "anna@desk.test", "email_verified": True}
    assert through(fooled.visitor()).status_code == status


def test_a_bound_account_does_not_follow_its_address(fooled: House, liar: FalseProvider) -> None:
    assert entered(through(fooled.visitor()))
    liar.claims["sub"] = "somebody-new-with-the-old-address"
    assert through(fooled.visitor()).status_code == 403


def test_a_provider_that_calls_itself_otherwise_is_not_used(
    fooled: House, liar: FalseProvider
) -> None:
    liar.calls_itself = "https://kwaad.test"
    answer = fooled.visitor().get("/desk/oidc")
    assert answer.status_code == 502 and "nu even niet" in answer.text


def test_an_answer_that_names_another_provider_is_refused(fooled: House) -> None:
    visitor = fooled.visitor()
    back = httpx.get(visitor.get("/desk/oidc").headers["location"]).headers["location"]
    assert visitor.get(f"{back}&iss=https://kwaad.test").status_code == 401


def test_a_provider_that_is_away_leaves_the_own_account(sqlite: Store, clock: Clock) -> None:
    gone = settings_of(f"http://127.0.0.1:{free_port()}")
    answer = (
        House(sqlite.database, clock, app_of(sqlite.database, clock, **gone))
        .visitor()
        .get("/desk/oidc")
    )
    assert answer.status_code == 502
    assert "nu even niet" in answer.text and "Wachtwoord" in answer.text


def test_a_start_password_is_gone_once_the_own_account_was_used(
    fooled: House, liar: FalseProvider
) -> None:
    key = fooled.people["anna"].id
    fooled.accounts.start_over(key, "a hash", fooled.clock())
    visitor = fooled.visitor()
    assert entered(through(visitor))
    assert "<h1>Dag " in visitor.get("/desk").text
    account = fooled.accounts.get(key)
    assert account and not account.has_password and account.start_until is None
