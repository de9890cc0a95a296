"""No page without a session, no change without its own form, nothing of another's organisation: over every route."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from desk_visitor import House, Visitor
from desk_walk import (
    FOR_MANAGERS,
    OPEN,
    Step,
    about,
    everything,
    pair,
    samples,
    steps_of,
    walked,
    with_one_foreign,
)
from starlette.applications import Starlette
from talking import Store

from coach.desk.pages import ROOM
from coach.desk.visit import COOKIE
from coach.store.organisations import OWNED

QUERY = ("zoek", "pagina", "rol", "naar", "gedaan", "staat", "sinds", "periode")
HOSTILE = ("x" * 5_000, "' OR 1=1 --", "%00", "..%2f..%2fetc", "%", "é", "1", "<b>")


def ask(visitor: Visitor, step: Step, address: str, **fields: str) -> tuple[int, str]:
    """The status, and where it leads to."""
    answer = (
        visitor.get(address)
        if step.method == "GET"
        else visitor.request(step.method, address, data=fields)
    )
    return answer.status_code, answer.headers.get("location", "")


@pytest.fixture
def filled(desk: House) -> tuple[House, dict[str, str], dict[str, str]]:
    """A desk with one of everything in both organisations: the ids of Anna's and of Bram's."""
    own, foreign = samples(desk, "anna"), samples(desk, "bram")
    pair(desk)
    return desk, own, foreign


Filled = tuple[House, dict[str, str], dict[str, str]]


def test_the_walk_sees_every_page_of_the_service(
    application: Callable[..., Starlette], sqlite: Store, small_desk: House
) -> None:
    def paths(app: Starlette) -> set[tuple[str, str]]:
        return {(step.method, step.path) for step in steps_of(app.routes)}

    assert paths(application(sqlite)) == paths(small_desk.app)
    assert {"GET", "POST"} == {step.method for step in walked(small_desk)}


def test_every_kind_of_part_that_is_owned_has_a_sample(filled: Filled) -> None:
    house, own, foreign = filled
    for kind in OWNED:
        assert house.organisations.may_see(house.people["anna"], kind, own[kind])
        assert not house.organisations.may_see(house.people["anna"], kind, foreign[kind])
        assert house.organisations.may_see(house.people["manager"], kind, foreign[kind])


@pytest.mark.parametrize("cookie", ["", "x", "é", "' OR 1=1 --", "x" * 4_000])
def test_without_a_session_every_way_leads_to_the_door(filled: Filled, cookie: str) -> None:
    house, own, _ = filled
    before = everything(house)
    for step in walked(house):
        visitor = house.visitor()
        if cookie:
            visitor.headers = {b"cookie": f"{COOKIE}={cookie}".encode()}
        status, to = ask(visitor, step, step.at(own))
        assert (status, to.partition("?")[0]) == (303, "/desk/inloggen"), step
    assert everything(house) == before


def test_an_old_session_and_one_of_another_browser_open_nothing(filled: Filled) -> None:
    house, own, _ = filled
    stolen = house.visitor(browser="Mozilla/5.0 (Elders)")
    stolen.cookies.set(COOKIE, house.token("manager"), domain="desk.test", path="/desk")
    ended = house.signed_in("manager")
    house.advisers.end(ended.cookies[COOKIE])
    for step in walked(house):
        for visitor in (stolen, ended):
            assert ask(visitor, step, step.at(own))[1].startswith("/desk/inloggen"), step


def test_a_form_that_is_not_the_own_form_changes_nothing(filled: Filled) -> None:
    house, own, _ = filled
    visitor = house.signed_in("manager")
    other = house.signed_in("anna").csrf
    before = everything(house)
    forged = [
        ({}, {}), ({"csrf": ""}, {}), ({"csrf": other}, {}), ({"csrf": "é"}, {}),
        ({"csrf": visitor.csrf}, {"origin": "https://kwaad.test"}),
        ({"csrf": visitor.csrf}, {"origin": "null"}),
        ({"csrf": visitor.csrf}, {"sec-fetch-site": "cross-site"}),
        ({"csrf": visitor.csrf}, {"sec-fetch-site": "same-site"}),
    ]  # fmt: skip
    for step in walked(house):
        for fields, headers in forged if step.method != "GET" else ():
            answer = visitor.request(step.method, step.at(own), data=fields, headers=headers)
            assert answer.status_code == 403 and "niets gewijzigd" in answer.text, step
    assert everything(house) == before
    assert visitor.get("/desk").status_code == 200, "and the session is still there"


def test_nothing_of_another_organisation_is_seen_or_changed(filled: Filled) -> None:
    house, own, foreign = filled
    visitor = house.signed_in("anna")
    before = everything(house)
    unknown = visitor.get("/desk/nergens").text
    for step in walked(house):
        for name, address in with_one_foreign(step, own, foreign):
            answer = visitor.get(address) if step.method == "GET" else visitor.submit(address)
            assert answer.status_code == 404, (step, name)
            assert answer.text == unknown, "what is there and what is not look the same"
    assert everything(house) == before


def test_fields_that_name_another_organisation_change_nothing_of_it(filled: Filled) -> None:
    house, own, foreign = filled
    visitor = house.signed_in("anna")
    texts = "".join(file.read_text(encoding="utf-8") for file in ROOM.glob("templates/*.j2"))
    names = set(re.findall(r'name="([a-z_-]+)"', texts)) - {"csrf"}
    theirs = {foreign[name] for name in (*OWNED, "adviser", "code")}
    before = about(house, theirs, own["organisation"])
    for step in walked(house):
        if step.method == "GET" or step.path == "/desk/uitloggen":
            continue
        for kind in (*OWNED, "adviser", "code"):
            answer = visitor.submit(step.at(own), **dict.fromkeys(names, foreign[kind]))
            assert answer.status_code < 500, (step, kind)
    assert about(house, theirs, own["organisation"]) == before


def test_a_page_for_the_manager_is_for_no_adviser(filled: Filled) -> None:
    house, own, _ = filled
    visitor = house.signed_in("anna")
    before = everything(house)
    closed = [step for step in walked(house) if step.path.startswith(FOR_MANAGERS)]
    assert len(closed) > len(FOR_MANAGERS)
    for step in closed:
        answer = visitor.get(step.at(own)) if step.method == "GET" else visitor.submit(step.at(own))
        assert answer.status_code == 403, step
    assert everything(house) == before


def test_odd_ids_and_fields_are_no_trouble(filled: Filled) -> None:
    house, own, _ = filled
    for name in ("anna", "manager"):
        visitor = house.signed_in(name)
        for step in walked(house):
            if step.path == "/desk/uitloggen":
                continue
            for odd in HOSTILE:
                for part in step.names:
                    address = step.at({**own, part: odd})
                    answer = (
                        visitor.get(address) if step.method == "GET" else visitor.submit(address)
                    )
                    assert answer.status_code < 500, (step, part, odd[:20])
            for odd in ("\x00", "-1", "x" * 500) if step.method == "GET" else ():
                answer = visitor.get(step.at(own), params=dict.fromkeys(QUERY, odd))
                assert answer.status_code < 500, (step, odd[:20])


def test_every_page_protects_itself(filled: Filled) -> None:
    house, own, _ = filled
    visitor = house.signed_in("manager")
    pages = [*(step for step in walked(house) if step.method == "GET"), Step("GET", OPEN[0], ())]
    for step in pages:
        answer = visitor.get(step.at(own))
        headers = answer.headers
        if answer.status_code == 303:  # nothing to read there yet
            assert headers["location"].startswith("/desk/") and not answer.content, step
            continue
        policy = headers["content-security-policy"]
        assert "no-store" in headers["cache-control"], step
        assert headers["x-content-type-options"] == "nosniff", step
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, step
        assert "unsafe" not in policy and "script-src 'self'" in policy, step
        assert headers["referrer-policy"] == "same-origin", step
        assert "server" not in headers


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=x&naam=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(2_000)), "application/x-www-form-urlencoded"),
        (b"--x\r\nkapot", "multipart/form-data; boundary=x"),
        (b"kapot", "multipart/form-data"),
        (b'{"csrf": "x"}', "application/json"),
    ],
)
def test_a_form_that_is_too_big_or_broken_is_refused(
    small_desk: House, body: bytes, kind: str
) -> None:
    before = everything(small_desk)
    for visitor in (small_desk.signed_in("manager"), small_desk.visitor()):
        for step in steps_of(small_desk.app.routes):
            if step.method == "GET":
                continue
            answer = visitor.post(step.at({}), content=body, headers={"content-type": kind})
            assert answer.status_code in (303, 403, 404, 413), (step, answer.status_code)
    assert everything(small_desk) == before
