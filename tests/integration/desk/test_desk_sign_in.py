"""The door of the desk: guessing is slowed, a session cannot be stolen, planted or kept, and no link leads elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from desk_visitor import ADDRESS, BROWSER, MORNING, Clock, House, Visitor, app_of, served
from talking import Store

from coach.desk import sign_in
from coach.desk.door import BEFORE
from coach.desk.sign_in import FREE_TRIES, MOST_FROM_ADDRESS, WINDOW
from coach.desk.visit import COOKIE
from coach.store.advisers import IDLE, LONGEST, DeskRole
from coach.store.desk_tables import desk_sessions
from coach.store.passwords import hashed

PASSWORD = "een fiets met drie wielen"
EMAIL = "carla@desk.test"
TOKEN = re.compile(r'name="before" value="([^"]+)"')


@pytest.fixture(scope="module")
def kept() -> str:
    return hashed(PASSWORD)


@pytest.fixture
def house(desk: House, kept: str) -> House:
    """With Carla, who signs in with a password."""
    desk.add("carla", DeskRole.ADVISER, kept)
    return desk


@pytest.fixture
def small_house(small_desk: House, kept: str) -> House:
    small_desk.add("carla", DeskRole.ADVISER, kept)
    return small_desk


def enter(
    visitor: Visitor, password: str = PASSWORD, email: str = EMAIL, naar: str = ""
) -> httpx.Response:
    """As somebody does who opens the page and fills it in."""
    page = visitor.get("/desk/inloggen", params={"naar": naar} if naar else None)
    before = TOKEN.search(page.text)
    assert before
    wanted = re.search(r'name="naar" value="([^"]*)"', page.text)
    given = {"before": before[1], "naar": wanted[1] if wanted else ""}
    return visitor.post("/desk/inloggen", data={**given, "email": email, "wachtwoord": password})


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/desk").status_code == 200


# --- in and out ----------------------------------------------------------------------------------


def test_who_knows_the_password_is_let_in_and_may_leave(house: House) -> None:
    visitor = house.visitor()
    assert enter(visitor, email=" Carla@Desk.test ").headers["location"] == "/desk"
    assert "Dag Carla" in visitor.get("/desk").text
    stolen = visitor.cookies[COOKIE]
    visitor.csrf = house.csrf(stolen)
    assert visitor.submit("/desk/uitloggen").headers["location"] == "/desk/inloggen"
    assert COOKIE not in visitor.cookies
    visitor.cookies.set(COOKIE, stolen, domain="desk.test", path="/desk")
    assert not is_in(visitor), "a kept copy of the cookie is worth nothing"
    assert [entry.what for entry in house.advisers.noted()][:2] == ["sign_out", "sign_in"]


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []

    def watched(password: str, kept: str | None) -> bool:
        checked.append(kept is not None)
        return real(password, kept)

    real = sign_in.fits
    monkeypatch.setattr(sign_in, "fits", watched)
    answers = [
        enter(small_house.visitor(), "verkeerd wachtwoord", email)
        for email in (EMAIL, "niemand@desk.test", "anna@desk.test")
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(texts) == 1 and "horen niet bij elkaar" in texts.pop()
    assert checked == [True, False, False], "each was verified, against something"


def test_a_cookie_is_kept_from_scripts_other_sites_and_plain_http(
    sqlite: Store, clock: Clock, kept: str
) -> None:
    for address, is_secure in ((ADDRESS, False), ("https://desk.test", True)):
        app = app_of(sqlite.database, clock, PADWIJZER_BASE_URL=address)
        if not is_secure:
            House(sqlite.database, clock, app).add("carla", DeskRole.ADVISER, kept)
        visitor = Visitor(app, base_url=address)
        given = [visitor.get("/desk/inloggen"), enter(visitor)]
        for answer, name, site in zip(given, (BEFORE, COOKIE), ("strict", "lax"), strict=True):
            # a browser keeps a __Host- cookie only with exactly these attributes
            called, path = (f"__Host-{name}", "/") if is_secure else (name, "/desk")
            cookie = next(
                c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{called}=")
            )
            parts = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert {"httponly", f"path={path}", f"samesite={site}"} <= parts
            assert ("secure" in parts) is is_secure and not any("domain" in p for p in parts)
        assert visitor.get("/desk").status_code == 200, "the session is found back"


def test_a_session_that_was_planted_is_not_taken_over(house: House) -> None:
    """An attacker who puts a cookie in somebody's browser knows nothing after that person signs in."""
    attacker = house.signed_in("anna")
    for planted in ("x" * 43, attacker.cookies[COOKIE]):
        visitor = house.visitor()
        visitor.cookies.set(COOKIE, planted, domain="desk.test", path="/desk")
        answer = enter(visitor)
        assert answer.cookies[COOKIE] != planted
        assert house.advisers.session(planted, BROWSER, house.clock()) is None


def test_every_sign_in_has_a_session_of_its_own(house: House) -> None:
    one, other = house.visitor(), house.visitor()
    enter(one), enter(other)
    assert one.cookies[COOKIE] != other.cookies[COOKIE]
    assert house.csrf(one.cookies[COOKIE]) != house.csrf(other.cookies[COOKIE])
    with house.engine.begin() as db:
        kept = repr(db.execute(desk_sessions.select()).all())
    assert one.cookies[COOKIE] not in kept, "what is stored opens nothing"


def test_a_cookie_in_another_browser_is_worth_nothing(house: House) -> None:
    visitor, thief = house.visitor(), house.visitor(browser="curl/8")
    enter(visitor)
    thief.cookies.set(COOKIE, visitor.cookies[COOKIE], domain="desk.test", path="/desk")
    assert is_in(visitor) and not is_in(thief)


def test_a_session_ends_when_it_is_not_used_and_in_any_case_after_a_day_of_work(
    house: House,
) -> None:
    visitor = house.visitor()
    enter(visitor)
    while house.clock() + IDLE < MORNING + LONGEST:
        house.clock.at += IDLE * 0.9
        assert is_in(visitor)
    house.clock.at = MORNING + LONGEST
    assert not is_in(visitor)
    enter(visitor)
    house.clock.at += IDLE
    assert not is_in(visitor)


# --- guessing ------------------------------------------------------------------------------------


def test_guessing_is_slowed_more_and_more_and_a_slip_of_the_pen_is_not(house: House) -> None:
    visitor = house.visitor()
    for _ in range(FREE_TRIES):
        assert enter(visitor, "verkeerd wachtwoord").status_code == 401
    waits = []
    for _ in range(6):
        answer = enter(visitor)
        assert answer.status_code == 429 and "Wacht" in answer.text, "not even the right one"
        waits.append(int(answer.headers["retry-after"]))
        house.clock.later(seconds=waits[-1])
        assert enter(visitor, "verkeerd wachtwoord").status_code == 401
    assert waits == sorted(set(waits)) and waits[0] <= 5 and waits[-1] > 60
    house.clock.later(seconds=WINDOW.total_seconds())
    assert enter(visitor).status_code == 303


def test_an_attempt_while_waiting_does_not_make_the_wait_longer(house: House) -> None:
    visitor = house.visitor()
    for _ in range(FREE_TRIES):
        enter(visitor, "verkeerd wachtwoord")
    wait = int(enter(visitor).headers["retry-after"])
    for _ in range(10):
        assert enter(visitor).status_code == 429
    house.clock.later(seconds=wait)
    assert enter(visitor).status_code == 303


def test_guesses_at_the_same_moment_do_not_slip_through_together(house: House) -> None:
    with served(house.app) as address:

        def guess(_: int) -> int:
            with httpx.Client(base_url=address, timeout=60) as client:
                before = TOKEN.search(client.get("/desk/inloggen").text)
                assert before
                given = {"before": before[1], "email": EMAIL, "wachtwoord": "verkeerd wachtwoord"}
                return client.post("/desk/inloggen", data=given).status_code

        with ThreadPoolExecutor(12) as pool:
            statuses = list(pool.map(guess, range(24)))
    assert statuses.count(401) <= FREE_TRIES + 2 and set(statuses) == {401, 429}


def test_the_manager_sees_that_somebody_guesses(small_house: House) -> None:
    for _ in range(FREE_TRIES):
        enter(small_house.visitor(), "verkeerd wachtwoord")
    assert (
        "er wordt een wachtwoord geraden"
        in small_house.signed_in("manager").get("/desk/logboek").text
    )


def test_one_account_that_is_guessed_at_leaves_the_others_alone(house: House) -> None:
    for _ in range(FREE_TRIES + 1):
        enter(house.visitor("198.51.100.1"), "verkeerd wachtwoord", "anna@desk.test")
    assert enter(house.visitor()).status_code == 303


@pytest.mark.parametrize(
    ("near", "far"), [("198.51.100.1", "198.51.100.2"), ("2001:db8::1", "2001:db8:0:1::1")]
)
def test_an_address_that_tries_many_accounts_is_slowed(
    small_house: House, near: str, far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "fits", lambda *_: False)  # argon2 fifty times takes long
    for n in range(MOST_FROM_ADDRESS):
        # an IPv6 customer has 2**64 addresses of their own
        address = near if "." in near else f"{near}{n:02x}"
        assert enter(small_house.visitor(address), email=f"x{n}@desk.test").status_code == 401
    monkeypatch.undo()
    assert enter(small_house.visitor(near)).status_code == 429
    assert enter(small_house.visitor(far)).status_code == 303


@pytest.fixture
def fronted(small_house: House) -> Iterator[str]:
    with served(small_house.app) as address:
        yield address


def test_behind_a_proxy_each_visitor_has_an_address_of_their_own(
    small_house: House, fronted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the last name counts: what a visitor says before that is theirs to make up."""
    monkeypatch.setattr(sign_in, "MOST_FROM_ADDRESS", 3)

    def guess(came_from: str) -> int:
        headers = {"x-forwarded-for": came_from, "user-agent": BROWSER}
        with httpx.Client(base_url=fronted, headers=headers) as client:
            before = TOKEN.search(client.get("/desk/inloggen").text)
            assert before
            given = {"before": before[1], "email": f"{came_from}@desk.test", "wachtwoord": "x"}
            return client.post("/desk/inloggen", data=given).status_code

    made_up = [guess(f"10.0.0.{n}, 203.0.113.7") for n in range(4)]
    assert made_up == [401, 401, 401, 429]
    assert guess("203.0.113.8") == 401


# --- links and forms -----------------------------------------------------------------------------

ELSEWHERE = (
    "https://kwaad.test", "//kwaad.test", "/desk//kwaad.test", "/\\kwaad.test", "/desk\\@kwaad.test",
    "/desk/\r\nset-cookie: x=1", "/desk\n", "/deskkwaad.test", "javascript:alert(1)", "desk",
    "/desk?x=//kwaad.test", "/desk/#x", "/demo", "/desk/%0d%0ax: y", "/desk/é",
)  # fmt: skip


def test_after_signing_in_only_a_page_of_the_desk_is_opened(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "fits", lambda *_: True)  # argon2 for each takes long
    for naar in ELSEWHERE:
        visitor = small_house.visitor()
        page = visitor.get("/desk/inloggen", params={"naar": naar}).text
        assert 'name="naar" value=""' in page, naar
        before = TOKEN.search(page)
        assert before
        given = {"before": before[1], "naar": naar, "email": EMAIL, "wachtwoord": PASSWORD}
        answer = visitor.post("/desk/inloggen", data=given)
        assert answer.headers["location"] == "/desk" and "x" not in answer.cookies, naar


def test_the_page_that_was_wanted_is_still_opened_after_a_slip(house: House) -> None:
    visitor = house.visitor()
    to = visitor.get("/desk/mijn").headers["location"]
    assert to == "/desk/inloggen?naar=/desk/mijn"
    page = visitor.get(to).text
    given = {"before": TOKEN.search(page)[1], "naar": "/desk/mijn", "email": EMAIL}  # type: ignore[index]
    again = visitor.post("/desk/inloggen", data={**given, "wachtwoord": "verkeerd wachtwoord"})
    assert again.status_code == 401 and 'name="naar" value="/desk/mijn"' in again.text
    given["before"] = TOKEN.search(again.text)[1]  # type: ignore[index]
    answer = visitor.post("/desk/inloggen", data={**given, "wachtwoord": PASSWORD})
    assert answer.headers["location"] == "/desk/mijn"


def test_an_odd_address_puts_nothing_in_a_header(house: House) -> None:
    answer = house.visitor().get("/desk/x%0dset-cookie:%20a=b")
    assert answer.headers["location"] == "/desk/inloggen" and "a" not in answer.cookies
    answer = house.visitor().get("/desk/x%0d%0aset-cookie:%20a=b")
    assert answer.status_code == 404 and "a" not in answer.cookies


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"before": ""}, {}),
        ({"before": "x" * 32}, {}),
        ({"before": "é"}, {}),
        ({}, {"origin": "https://kwaad.test"}),
        ({}, {"sec-fetch-site": "cross-site"}),
    ],
)
def test_no_other_site_signs_somebody_in(
    small_house: House, fields: dict[str, str], headers: dict[str, str]
) -> None:
    visitor = small_house.visitor()
    before = TOKEN.search(visitor.get("/desk/inloggen").text)
    assert before
    given = {"before": before[1], "email": EMAIL, "wachtwoord": PASSWORD, **fields}
    answer = visitor.post("/desk/inloggen", data=given, headers=headers)
    assert answer.status_code == 403 and COOKIE not in answer.cookies


def test_odd_words_at_the_door_are_no_trouble(house: House) -> None:
    for odd in ("x" * 300, "\x00", "' OR 1=1 --", "é@é.nl"):
        assert enter(house.visitor(), odd, odd).status_code == 401
