"""Takes the pictures of the manual of the learning desk on a morning with invented names: `make manual`."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import chromium
from morning import Morning, make_manager
from morning_measure import SEVEN, Measure
from PIL import Image
from playwright.sync_api import Page
from service import ROOT, Service

WANTED = {
    "inloggen": 620, "eigen-wachtwoord": 760, "begin-wacht": 620, "overdrachten": 620,
    "overdracht-bezig": 1200, "gesprekken": 1050, "gesprek": 900, "formulier": 900,
    "gesprek-overzicht": 1300, "gesprekskaart": 1400, "organisatie": 1000, "groep": 900,
    "uitnodiging": 1200, "ronde": 900, "ronde-gesloten": 650, "uitkomst-afdeling": 1250,
    "uitkomst-team": 1250, "verslag": 1400, "beheer": 900, "inhoud": 900,
}  # fmt: skip
"""How much of each page is shown, from the top, in pixels."""
WIDTH = 1000
COLOURS = 64
MOST_BYTES = 120_000
WIDTHS = (360, 768, 1280)
OTHERS = ("1222", "2221", "2122", "2212", "1222", "2222")

AS_HERE = """() => {
  for (const day of document.querySelectorAll("input[type=date]")) {
    const value = day.value;
    day.dataset.was = value;
    day.type = "text";
    day.value = value.split("-").reverse().join("-");
  }
  const said = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (said.nextNode()) said.currentNode.data = said.currentNode.data.replaceAll(/http:[/][/][a-z0-9.]+:[0-9]+/g, "https://pad.example.nl");
}"""
"""A day as a Dutch browser shows it, which this one may not be, and an address as an organisation has one."""

AS_IT_WAS = """() => {
  for (const day of document.querySelectorAll("input[data-was]")) {
    day.type = "date";
    day.value = day.dataset.was;
  }
}"""


class Camera:
    """Keeps a picture of every page that the manual shows; in `all_in`, when given, every page at three widths."""

    def __init__(self, folder: Path, all_in: Path | None) -> None:
        self.folder, self.all_in = folder, all_in
        self.taken: set[str] = set()

    def __call__(self, page: Page, name: str) -> None:
        if name in self.taken:
            return
        self.taken.add(name)
        if name in WANTED:
            page.set_viewport_size({"width": WIDTH, "height": 800})
            page.evaluate(AS_HERE)
            self._keep(page.screenshot(full_page=True), name)
            page.evaluate(AS_IT_WAS)
        for width in WIDTHS if self.all_in else ():
            page.set_viewport_size({"width": width, "height": 800})
            file = self.all_in / f"{len(self.taken):02d}-{name}-{width}.png"
            page.screenshot(path=file, full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})

    def _keep(self, shot: bytes, name: str) -> None:
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        shown = picture.crop((0, 0, WIDTH, min(picture.height, WANTED[name])))
        file = self.folder / f"{name}.png"
        shown.quantize(COLOURS).save(file, optimize=True)
        assert file.stat().st_size < MOST_BYTES, (name, file.stat().st_size)


def walk(morning: Morning, look: Camera) -> None:
    morning.begin()
    morning.three_talks()
    morning.help(*morning.ask())
    morning.take_up()
    measure = Measure(morning, {"Team Noord": SEVEN, "Team Oost": OTHERS})
    measure.organise()
    measure.invite()
    measure.close()
    measure.read()
    for name, path in {
        "inhoud": "/desk/inhoud",
        "inhoud-plek": "/desk/inhoud/plekken/activatie-doelen_stellen",
        "inhoud-vragen": "/desk/inhoud/vragen",
        "inhoud-hulp": "/desk/inhoud/hulp",
        "niet-gevonden": "/desk/organisaties/nergens",
        "niet-voor-jou": "/desk/beheer",
    }.items():
        morning.page.goto(path)
        look(morning.page, name)
    morning.manager.goto("/desk/beheer")
    look(morning.manager, "beheer-lijst")
    morning.manager.goto("/desk/logboek")
    look(morning.manager, "logboek")


def main(all_in: Path | None) -> None:
    folder = ROOT / "docs" / "leerloket"
    folder.mkdir(exist_ok=True)
    look = Camera(folder, all_in)
    with tempfile.TemporaryDirectory() as data:
        make_manager(PADWIJZER_DATA=data)
        service = Service(Path(data))
        service.start()
        try:
            with chromium.started() as browser:
                walk(Morning(service.address, browser, look), look)
        finally:
            service.stop()
    missing = set(WANTED) - look.taken
    assert not missing, missing


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
