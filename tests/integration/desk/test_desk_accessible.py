"""Every page of the desk, also those of other rooms: axe finds nothing, nothing falls off, the keyboard reaches all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe import violations
from desk_visitor import House
from desk_walk import pair, samples, walked
from playwright.sync_api import Page

MOST_BYTES = 150_000
STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
REACHED = f'[...document.querySelectorAll("{STOPS}")].indexOf(document.activeElement)'
SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture
def addresses(small_desk: House) -> list[str]:
    """Every page, with samples in it, and the pages that tell what went wrong."""
    ids = samples(small_desk, "anna")
    samples(small_desk, "bram")
    pair(small_desk)
    # the form of a talk is made by the service: test_desk_clients_seen looks at it
    steps = [step for step in walked(small_desk) if not step.path.endswith("/formulier")]
    pages = {step.at(ids) for step in steps if step.method == "GET"}
    pages -= {"/desk/zinnen.yml"}  # a browser keeps that file, and shows nothing
    asked = ("inhoud?zoek=tijd", "inhoud/vragen?rol=leeradviseur", "cijfers?periode=7")
    return sorted({*pages, *(f"/desk/{path}" for path in asked)})


@pytest.mark.parametrize(("colours", "width"), [("light", 320), ("light", 1280), ("dark", 768)])
def test_axe_finds_nothing_and_nothing_falls_off(
    at_desk: Callable[[str], Page], address: str, addresses: list[str], colours: Any, width: int
) -> None:
    page = at_desk("manager")
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size({"width": width, "height": 800})
    wrong = {}
    for path in addresses:
        answer = page.goto(f"{address}{path}")
        if answer is None or "text/html" not in answer.headers["content-type"]:
            continue  # a file is no page
        found = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the screen")
        if len(answer.body()) > MOST_BYTES:
            found.append(f"{len(answer.body())} bytes")
        if found:
            wrong[path] = found
    assert wrong == {}


def test_the_keyboard_reaches_everything_in_order_and_it_is_seen(
    at_desk: Callable[[str], Page], address: str, addresses: list[str]
) -> None:
    page = at_desk("manager")
    for path in addresses:
        answer = page.goto(f"{address}{path}")
        if answer is None or "text/html" not in answer.headers["content-type"]:
            continue
        reached = []
        for _ in range(min(page.locator(STOPS).count(), 40)):
            page.keyboard.press("Tab")
            at = page.evaluate(REACHED)
            if at < 0:  # past the end: of radio buttons only the chosen one is a stop
                break
            if reached[-1:] != [at]:  # a date is walked part by part
                reached.append(at)
            assert page.evaluate(SEEN), (path, reached)
        assert reached == sorted(set(reached)) and reached[0] == 0, (path, reached)
