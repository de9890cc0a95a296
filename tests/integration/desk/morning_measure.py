"""The second half of the morning: teams are invited by code, and their report is read and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

from morning import CARE, Morning
from morning_people import InWidget, OverRest
from playwright.sync_api import Page, expect

DEPARTMENT = "Wijkzorg"
SEVEN = ("1221", "1112", "2211", "1121", "1211", "2111", "1122")
"""What the people of a team answer, each over and over; on the whole it is the first ring."""


class Measure:
    """Teams of a department, by name with what each of their people answers."""

    def __init__(self, morning: Morning, teams: Mapping[str, Sequence[str]]) -> None:
        self.morning, self.teams = morning, teams

    @property
    def page(self) -> Page:
        return self.morning.page

    def organise(self) -> None:
        self.morning.go("Begin")
        self.morning.follow(CARE)
        self.morning.look(self.page, "organisatie-nieuw")
        self._add(DEPARTMENT, 0, CARE)
        for team, people in self.teams.items():
            self._add(team, len(people), DEPARTMENT)
        self.morning.look(self.page, "organisatie")
        self.morning.follow(DEPARTMENT)
        self.morning.look(self.page, "groep")
        self.morning.press("Ronde openen")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"{DEPARTMENT}, ronde 1")
        self.round = self.page.url

    def _add(self, name: str, members: int, under: str) -> None:
        self.morning.fill(Naam=name, Aantal_mensen=str(members))
        options = self.page.get_by_label("Hoort bij").locator("option").all_inner_texts()
        wanted = next(label for label in options if label.endswith(under))
        self.page.get_by_label("Hoort bij").select_option(label=wanted)
        self.morning.press("Toevoegen")

    def invite(self) -> None:
        """One of each team comes by the link, in a browser; the others type the code."""
        for team, people in self.teams.items():
            self.page.goto(self.round)
            self.morning.follow(f"Uitnodiging voor {team}")
            self.morning.look(self.page, "uitnodiging")
            code = self.page.locator(".code").inner_text()
            link = self.page.locator(".invite a").first.get_attribute("href") or ""
            self._by_link(link, team)
            for n, levels in enumerate(people[1:]):
                role = "medewerker" if n else "leidinggevende"
                person = OverRest(self.morning.address, f"{team} {n}")
                person.join(code, role, cycle(levels))

    def _by_link(self, link: str, team: str) -> None:
        widget = InWidget(self.morning.window())
        widget.open(link)
        widget.reads(team)
        self.morning.look(widget.page, "meedoen")
        widget.join("Ik ben medewerker", cycle((0, 1)))

    def close(self) -> None:
        self.page.goto(self.round)
        together = sum(map(len, self.teams.values()))
        expect(self.page.locator(".lead")).to_contain_text(f"{together} van {together} mensen")
        self.morning.look(self.page, "ronde")
        self.page.get_by_label("Ja, sluit deze ronde").check()
        self.morning.press("Ronde sluiten")
        self.morning.look(self.page, "ronde-gesloten")

    def read(self) -> None:
        self.morning.follow("Bekijk de uitkomst")
        self.morning.look(self.page, "uitkomst-afdeling")
        self.page.goto(self.round)
        with self.page.expect_navigation():
            self.page.locator(".tree").get_by_role("link", name=next(iter(self.teams))).click()
        expect(self.page.get_by_text("Dit is een schatting")).to_be_visible()
        self.morning.look(self.page, "uitkomst-team")
        self.morning.follow("Verslag voor het overleg")
        self.morning.look(self.page, "verslag")

    def printed(self) -> bytes:
        """The page that is open as it comes out of a printer."""
        return self.page.pdf(prefer_css_page_size=True, print_background=True)
