"""The desk is reached by who may, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desk_visitor import House
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from talking import Store


async def test_the_service_has_the_desk(
    application: Callable[..., Starlette], sqlite: Store, door: Callable[..., object]
) -> None:
    async with door(application(sqlite)) as client:  # type: ignore[attr-defined]
        answer = await client.get("/desk")
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/inloggen")
        assert "Inloggen bij het leerloket" in (await client.get("/desk/inloggen")).text


@pytest.mark.parametrize("name", ["manager", "anna"])
def test_who_is_signed_in_sees_their_organisations(desk: House, name: str) -> None:
    page = desk.signed_in(name).get("/desk").text
    assert "Zorggroep De Linde" in page
    assert ("Bouwbedrijf Het Anker" in page) is (name == "manager")


def test_a_form_is_sent_with_what_its_session_has(desk: House) -> None:
    answer = desk.signed_in("anna").submit("/desk/organisaties", naam="Bakkerij Morgen")
    assert answer.status_code == 303
    names = [one.name for one in desk.organisations.of(desk.people["anna"])]
    assert names == ["Bakkerij Morgen", "Zorggroep De Linde"]


def test_an_adviser_in_a_real_browser(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("anna")
    expect(page.get_by_role("heading", name="Dag Anna")).to_be_visible()
    expect(page.get_by_role("link", name="Zorggroep De Linde")).to_be_visible()
