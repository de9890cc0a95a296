"""A code makes a talk one of a round of a group: typed, by link or on the form; and a wrong one gets a kind word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from measured import Measured
from talking import Person, Store

from bot.turns.worker import Turns
from coach.domain.invitation import shown
from coach.store.desk_tables import memberships


def said(replies: list) -> str:  # type: ignore[type-arg]
    return " ".join(str(reply.message.get("text", "")) for reply in replies)


def titles(replies: list) -> list[str]:  # type: ignore[type-arg]
    return [b["title"] for reply in replies for b in reply.message.get("buttons", [])]


@pytest.fixture
def invited(stores: Store) -> tuple[Measured, str, str, str]:
    """A team in an open round, with its code."""
    measured = Measured(stores.database, at=datetime.now(UTC).replace(tzinfo=None))
    team = measured.team("Team Noord", 7)
    round = measured.open(measured.top)
    return measured, round, team, measured.rounds.invitations(round)[team][0]


async def test_a_talk_that_begins_with_a_code_counts_for_its_team(
    invited: tuple[Measured, str, str, str], person: Person, stores: Store
) -> None:
    measured, round, team, code = invited
    first = await person.say(f"hoi, ik heb een code: {shown(code).lower()}")
    assert "Team Noord van Zorggroep De Linde" in said(first) and "vijf of meer" in said(first)
    assert titles(first) == ["Ik ben medewerker", "Ik geef leiding"]
    asked = await person.press("leidinggevende")
    assert "tellen mee in de groep" in said(asked)
    await person.reach("review")
    assert measured.rounds.progress(round) == {team: (1, 1)}
    assert len(stores.rows(memberships)) == 1
    again = await person.say(code)
    assert "al mee" in said(again) or "heb ik al" in said(again)
    assert await person.phase() == "review"


async def test_who_refuses_consent_talks_on_and_does_not_count(
    invited: tuple[Measured, str, str, str], person: Person
) -> None:
    measured, round, team, code = invited
    await person.say(code)
    await person.press("medewerker")
    assert "tellen dan ook niet mee" in said(await person.press("nee"))
    await person.reach("review")
    assert measured.rounds.progress(round) == {team: (1, 0)}


async def test_going_back_never_asks_what_it_is_about(
    invited: tuple[Measured, str, str, str], person: Person
) -> None:
    await person.say(invited[3])
    await person.press("medewerker")
    assert await person.phase() == "consent"
    await person.say("vorige vraag")
    assert await person.phase() == "role"


async def test_a_code_in_the_middle_of_a_talk_asks_first(
    invited: tuple[Measured, str, str, str], person: Person
) -> None:
    measured, round, team, code = invited
    await person.reach("question")
    await person.press("niveau_1")
    before = await person.trail()
    replies = await person.say(f"code {shown(code)}")
    assert "telt daar niet mee" in said(replies)
    assert await person.trail() == before and measured.rounds.progress(round) == {}
    await person.press(f"uitnodiging_{code}")
    assert await person.phase() == "role" and measured.rounds.progress(round) == {team: (1, 0)}
    await person.reach("review")
    assert measured.rounds.progress(round) == {team: (1, 1)}


async def test_who_begins_again_stays_in_the_team_with_one_voice(
    invited: tuple[Measured, str, str, str], person: Person
) -> None:
    measured, round, team, code = invited
    await person.say(code)
    await person.reach("review")
    await person.say("opnieuw beginnen")
    await person.press("ja")
    assert await person.phase() == "role"
    await person.reach("review")
    assert measured.rounds.progress(round) == {team: (1, 1)}


async def test_a_code_that_does_not_work_gets_a_kind_word(
    invited: tuple[Measured, str, str, str], turns: Turns
) -> None:
    measured, round, team, code = invited
    somebody = Person(turns, "iemand anders")
    assert "vier letters" in said(await somebody.say("ik heb een code BBBB-2222"))
    measured.done(f"/desk/rondes/{round}/uitnodiging/{team}/intrekken")
    assert "werkt niet meer" in said(await somebody.say(code))
    measured.close(round)
    assert "gesloten" in said(await somebody.say(code))


async def test_guessing_is_stopped_and_a_team_that_joins_at_once_is_not(
    invited: tuple[Measured, str, str, str], turns: Turns
) -> None:
    measured, round, team, code = invited
    guesser = Person(turns, "gokker")
    for n in range(6):
        assert "vier letters" in said(await guesser.say(f"BBBB-222{n + 2}"))
    assert "veel codes" in said(await guesser.say("BBBB-2229"))
    assert "veel codes" in said(await guesser.say(code))
    for n in range(8):
        assert "Team Noord" in said(await Person(turns, f"collega {n}").say(code))
    assert measured.rounds.progress(round)[team][0] == 8
