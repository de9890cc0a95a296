"""A morning at the learning desk, from the first account to the printed report: all of it through the pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from morning_people import InWidget, OverRest
from playwright.sync_api import Browser, Locator, Page, expect

AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"
MANAGER, ADVISER = ("marit@leerloket.example", "Marit Smit"), ("sanne@leerloket.example", "Sanne")
FIRST, OWN = "een rustig begin van de dag", "drie kopjes thee op het bureau"
CARE, BUILDERS, LIBRARY = "Zorggroep De Linde", "Bouwbedrijf Het Anker", "Bibliotheek Lettervliet"
TOLD = "De directie kiest een training en plant die in."
LIKED = ("Ja, dat klopt", "Niets, het kan zo", "Ja, zo doe ik het", "Iemand van de organisatie",
         "Ikzelf", "Over een week", "8", "Een week erna")  # fmt: skip
Look = Callable[[Page, str], None]


def make_manager(**environ: str) -> None:
    """The first account, as whoever runs the service makes it; the password is typed twice."""
    padwijzer = Path(sys.executable).with_name("padwijzer")
    subprocess.run(
        [padwijzer, "desk", "add-adviser", *MANAGER, "--manager"],
        env={**os.environ, **environ}, input=f"{FIRST}\n{FIRST}\n", text=True,
        start_new_session=True, check=True, capture_output=True,
    )  # fmt: skip


class Morning:
    """`look` is called on every page that somebody meets for the first time, with a name for it."""

    def __init__(self, address: str, browser: Browser, look: Look) -> None:
        self.address, self.look, self._browser = address, look, browser
        self.page = self.window()

    def window(self) -> Page:
        """A browser of somebody's own."""
        context = self._browser.new_context(
            base_url=self.address, locale="nl-NL", user_agent=AGENT,
            viewport={"width": 1280, "height": 800},
        )  # fmt: skip
        return context.new_page()

    # --- small moves ---

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).first

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.button(name).click()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        for label, text in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).first.fill(text)

    def go(self, name: str) -> None:
        """To a page that the bar on top names."""
        with self.page.expect_navigation():
            self.page.get_by_role("navigation", name="Leerloket").get_by_role(
                "link", name=name
            ).click()

    # --- who works here ---

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto("/desk")
        self.page.get_by_label("E-mailadres").fill(email)
        self.page.get_by_label("Wachtwoord").fill(password)
        self.press("Inloggen")

    def begin(self) -> None:
        """A manager made an account for an adviser, who chooses a password of her own."""
        self.page.goto("/desk")
        self.look(self.page, "inloggen")
        self.sign_in(MANAGER[0], "dit is het niet")
        self.look(self.page, "inloggen-mis")
        self.sign_in(MANAGER[0], FIRST)
        self.go("Beheer")
        self.fill(Naam=ADVISER[1])
        self.page.get_by_label("E-mailadres").fill(ADVISER[0])
        self.look(self.page, "beheer")
        self.press("Toevoegen")
        start = self.page.locator("#startwachtwoord").inner_text()
        self.look(self.page, "startwachtwoord")
        self.follow("Ik heb het doorgegeven")
        self.look(self.page, "beheer-adviseur")
        self.manager, self.page = self.page, self.window()
        self.sign_in(ADVISER[0], start)
        self.fill(Startwachtwoord=start, Nieuw_wachtwoord=OWN, Nieuw_wachtwoord_nog_eens=OWN)
        self.look(self.page, "eigen-wachtwoord")
        self.press("Wachtwoord wijzigen")
        self.look(self.page, "mijn-account")
        self.go("Begin")
        for name in (CARE, BUILDERS, LIBRARY):
            self.fill(Naam_van_de_organisatie=name)
            self.press("Toevoegen")
            expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
            self.go("Begin")
        self.look(self.page, "begin")

    # --- talks with clients ---

    def begin_talk(self, organisation: str, title: str, note: str) -> str:
        """Gives its address."""
        self.go("Gesprekken")
        self.page.get_by_label("Organisatie van de klant").select_option(organisation)
        self.page.get_by_label("Naam van het gesprek").fill(title)
        self.page.get_by_label("Waarom voer je dit gesprek? (mag leeg)").fill(note)
        self.page.get_by_label("De klant weet dat we de antwoorden bewaren").check()
        self.press("Begin het gesprek")
        expect(self.page.get_by_text("Vraag 1, van hooguit tien.")).to_be_visible()
        return self.page.url.partition("/praten")[0]

    def answer(self, level: int) -> None:
        """Use the button that stands for a level."""
        with self.page.expect_navigation():
            self.page.locator(f"""button[name=knop][value*='"niveau_{level}"']""").click()

    def talk_on(self, level: int, until: str) -> None:
        """Answer in the chat, until the talk stands there."""
        for _ in range(30):
            if self.page.locator(".lead").inner_text().startswith(until):
                return
            titles = self.page.locator(".choices button").all_inner_texts()
            if self.page.locator("button[name=knop][value*='\"niveau_']").count():
                self.answer(level)
            elif titles:
                self.press(next((t for t in LIKED if t in titles), titles[0]))
            else:
                self.page.get_by_label("Typ jullie antwoord").fill(TOLD)
                self.press("Verstuur")
        raise AssertionError(f"the talk did not get to {until}: {self.page.url}")

    def fill_form(self, pick: int) -> None:
        """Answer everything on the form, until the place is right."""
        for _ in range(12):
            if self.page.locator("#resultaat").count():
                break
            for group in self.page.locator("fieldset").all():
                if group.locator("input:checked").count() == 0:
                    group.locator("input").nth(pick).check()
            self.press("Verstuur je antwoorden")
        self.look(self.page, "formulier-uitkomst")
        self.press("Ja, dat klopt. Praat verder over een stap")

    def three_talks(self) -> None:
        """One by chat, one halfway, and one wholly on the form, up to its card."""
        self.go("Gesprekken")
        self.look(self.page, "gesprekken-leeg")
        self.half = self.begin_talk(
            LIBRARY, "Eerste gesprek met het hoofd", "Er komt een nieuw systeem."
        )
        self.look(self.page, "gesprek")
        self.answer(3)
        self.answer(2)
        self.begin_talk(BUILDERS, "Gesprek met de directie", "Zij vroegen om raad.")
        self.talk_on(1, "Stap afgesproken")
        self.look(self.page, "gesprek-klaar")
        self.follow("Gesprekskaart")
        self.look(self.page, "gesprekskaart")
        self.page.goto("/desk")
        talk = self.begin_talk(CARE, "Gesprek met de teamleider", "Na een fusie.")
        self.follow("Formulier")
        self.look(self.page, "formulier")
        self.fill_form(1)
        self.page.goto(talk)
        self.look(self.page, "gesprek-overzicht")
        self.follow("Bekijk de gesprekskaart")
        self.look(self.page, "gesprekskaart-formulier")
        self.page.goto("/desk/gesprekken")
        self.look(self.page, "gesprekken")

    def take_up(self) -> None:
        """The talk that was stopped halfway."""
        self.go("Gesprekken")
        self.follow("Eerste gesprek met het hoofd")
        expect(self.page.get_by_text("Vraag 3, van hooguit")).to_be_visible()
        self.talk_on(2, "Plek bekend")
        expect(self.page.get_by_role("link", name="Gesprekskaart")).to_be_visible()

    # --- people who want a person ---

    def ask(self) -> tuple[InWidget, OverRest]:
        """Two people ask for a person, each in a place of their own."""
        widget = InWidget(self.window())
        widget.open(self.address)
        widget.press("Ik ben medewerker")
        widget.say("ik wil een mens spreken")
        widget.reads("Mijn rol: medewerker")
        self.look(widget.page, "mens-spreken")
        widget.press("Ja, stuur dit")
        rest = OverRest(self.address, "een-ander")
        rest.say("hallo")
        rest.press("leidinggevende")
        rest.say("kan ik iemand van het leerloket spreken?")
        rest.press("ja")
        return widget, rest

    def help(self, widget: InWidget, rest: OverRest) -> None:
        """Both are answered at the desk, and read that where they are."""
        self.go("Begin")
        self.look(self.page, "begin-wacht")
        self.follow("Bekijk de overdrachten")
        self.look(self.page, "overdrachten")
        self._take("Mijn rol: medewerker", "Dag! Ik ben Sanne. Waar loop je tegenaan?")
        widget.reads("Sanne van het leerloket: Dag!")
        widget.say("Ik wil een cursus, maar ik heb geen tijd.")
        expect(self.page.get_by_text("maar ik heb geen tijd")).to_be_visible(timeout=30_000)
        self._send("Samen met je leidinggevende een vast uur prikken helpt vaak.")
        self.look(self.page, "overdracht-bezig")
        widget.reads("een vast uur prikken")
        self.look(widget.page, "mens-antwoord")
        self._give_back()
        widget.reads("Padwijzer")
        self.go("Overdrachten")
        self._take("Mijn rol: leidinggevende", "Dag, ik denk graag mee. Bel mij gerust.")
        assert "ik denk graag mee" in rest.say("ik wacht nog")
        self._give_back()
        assert "Padwijzer" in rest.say("hallo")
        self.page.goto("/desk/overdrachten?staat=klaar")
        self.look(self.page, "overdrachten-klaar")

    def _take(self, asked: str, answer: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("listitem").filter(has_text=asked).get_by_role("link").click()
        expect(self.button("Ik neem dit gesprek")).to_be_visible()
        self.look(self.page, "overdracht-nieuw")
        self.press("Ik neem dit gesprek")
        self._send(answer)

    def _send(self, answer: str) -> None:
        self.page.get_by_label("Antwoord aan de gebruiker").fill(answer)
        self.press("Verstuur")
        expect(self.page.locator(".said.mine").filter(has_text=answer)).to_be_visible()

    def _give_back(self) -> None:
        self.press("Klaar: geef terug aan Padwijzer")
        expect(self.page.get_by_text("De gebruiker praat weer met Padwijzer.")).to_be_visible()
        self.look(self.page, "overdracht-klaar")
