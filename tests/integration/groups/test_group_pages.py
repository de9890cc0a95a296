"""From a new organisation to the result of its round, page by page."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from measured import Measured, interview, text_of
from talking import Store

from bot.turns.housekeeping import Housekeeping
from coach.domain.answers import Role
from coach.store.desk_tables import blocks, memberships, round_groups
from coach.usecases.privacy import Terms

MANAGER = Role.LEIDINGGEVENDE


def test_a_team_of_seven_is_measured(measured: Measured, stores: Store) -> None:
    team = measured.team("Team Noord", 7)
    round = measured.open(measured.top)
    measured.answer(round, team, ["2222"] * 7, processes="31")
    progress = text_of(measured.page(f"/desk/rondes/{round}"))
    assert "7 van 7 mensen zijn klaar" in progress and "cultivatie" not in progress
    measured.close(round)
    said = measured.result(round, team)
    assert "7 van 7 mensen deden mee" in said
    assert "Het midden zegt dat mensen samen met de leiding kiezen wat ze leren" in said
    assert "dicht bij elkaar" in said
    page = measured.page(f"/desk/rondes/{round}/groepen/{measured.top}")
    assert 'data-dot="1"' in page and "Op cultivatie: programmeren staat Team Noord." in page
    assert "cultivatie: programmeren" in text_of(measured.home)
    assert stores.count(memberships) == 0


def test_numbers_alone_are_shown_while_a_round_is_open(small: Measured) -> None:
    team = small.team("Team Noord", 9)
    round = small.open(team)
    small.answer(round, team, ["111"] * 5)
    small.joined(round, team)
    said = text_of(small.page(f"/desk/rondes/{round}"))
    assert "5 van 9 klaar, 1 bezig" in said
    response = small.client.get(f"/desk/rondes/{round}/groepen/{team}")
    assert response.status_code == 404


def test_three_or_four_get_a_hint_and_fewer_nothing(small: Measured) -> None:
    four, two = small.team("Vier", 9), small.team("Twee", 9)
    round = small.open(small.top)
    small.answer(round, four, ["111"] * 4)
    small.answer(round, two, ["333"] * 2)
    small.close(round)
    hint, nothing, whole = (small.result(round, g) for g in (four, two, small.top))
    assert "Bijna genoeg" in hint and "4 antwoorden hier te weinig" in hint
    assert "Te weinig om te tonen" in nothing and "Het midden" not in nothing
    assert "6 van 18 mensen deden mee" in whole and "Het midden zegt dat" in whole


def test_what_is_too_little_at_the_top_is_said(small: Measured) -> None:
    team = small.team("Team Noord", 9)
    round = small.open(small.top)
    small.answer(round, team, ["111"] * 3)
    small.close(round)
    said = text_of(small.page(f"/desk/rondes/{round}"))
    assert "Er tellen 3 antwoorden in deze ronde niet mee" in said


def test_the_two_roles_are_a_subject_for_talk(small: Measured) -> None:
    team = small.team("Team Noord", 12)
    round = small.open(team)
    small.answer(round, team, ["1111"] * 5)
    small.answer(round, team, ["3333"] * 5, MANAGER)
    small.close(round)
    said = small.result(round, team)
    assert "Medewerkers zeggen dat de leiding meestal kiest" in said
    assert "Leidinggevenden zeggen dat mensen meestal zelf kiezen" in said


def test_rounds_are_seen_over_time_and_beside_the_whole(small: Measured) -> None:
    team, other = small.team("Team Noord", 6), small.team("Team Zuid", 6)
    for levels in ("1111", "2222"):
        round = small.open(small.top)
        small.answer(round, team, [levels] * 6)
        small.answer(round, other, ["1111"] * 6)
        small.close(round)
        small.later(40)
    said = small.result(round, team)
    assert "Rondes door de tijd" in said
    assert re.search(r"\(deze\) cultivatie.*activatie", said)
    assert "Het geheel zegt dat de leiding meestal kiest" in said


def test_an_interview_that_is_not_complete_or_not_kept_does_not_count(small: Measured) -> None:
    team = small.team("Team Noord", 9)
    round = small.open(team)
    small.answer(round, team, ["111"] * 5)
    small.says(small.joined(round, team), interview("111").back())
    small.joined(round, team)
    erased = small.answer(round, team, ["333"])[0]
    small.erase(erased)
    small.close(round)
    assert "5 van 9 mensen deden mee" in small.result(round, team)


def test_the_last_correction_counts(small: Measured) -> None:
    team = small.team("Team Noord", 5)
    round = small.open(team)
    for talk in small.answer(round, team, ["222"] * 5):
        small.says(talk, interview("333"))
    small.close(round)
    assert "mensen meestal zelf kiezen wat ze leren" in small.result(round, team)


def test_a_round_closes_by_itself_after_its_last_day(measured: Measured, stores: Store) -> None:
    team = measured.team("Team Noord", 5)
    round = measured.open(team, days=3)
    measured.answer(round, team, ["222"] * 5)
    keeper = Housekeeping(stores.database, Terms(), now=lambda: measured.at)
    measured.later(3)
    keeper.clear()
    assert measured.rounds.get(round).is_open
    measured.later(1)
    keeper.clear()
    keeper.clear()
    assert not measured.rounds.get(round).is_open
    assert len(stores.rows(blocks)) == 1


def test_two_copies_that_close_at_once_make_one_result(measured: Measured, stores: Store) -> None:
    team = measured.team("Team Noord", 6)
    round = measured.open(team)
    measured.answer(round, team, ["222"] * 6)
    with ThreadPoolExecutor(4) as pool:
        closed = list(pool.map(lambda _: measured.rounds.close(round, measured.at), range(4)))
    assert sorted(closed) == [False, False, False, True]
    assert len(stores.rows(blocks)) == 1 and len(stores.rows(round_groups)) == 1


def test_nobody_joins_a_round_that_is_closed(small: Measured, sqlite: Store) -> None:
    team = small.team("Team Noord", 6)
    round = small.open(team)
    small.close(round)
    small.joined(round, team)
    assert sqlite.count(memberships) == 0


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"naam": "", "leden": "5"}, "Vul een naam in"),
        ({"naam": "Noord", "leden": "veel"}, "Vul een heel aantal in"),
        ({"naam": "Noord", "leden": "²"}, "Vul een heel aantal in"),
        ({"naam": "Noord", "leden": "5", "onder": "elders"}, "Kies een groep"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    small: Measured, fields: dict[str, str], says: str
) -> None:
    path = f"/desk/organisaties/{small.organisation}/groepen"
    assert says in small.refused(path, **{"onder": small.top, **fields})


def test_a_tree_is_built_renamed_moved_and_cleared(small: Measured) -> None:
    zorg, team = small.team("Zorg", 0), small.team("Team Noord", 6)
    small.done(f"/desk/groepen/{team}/verplaatsen", onder=zorg)
    assert "Dit kan alleen als er geen groepen" in small.refused(f"/desk/groepen/{zorg}/weghalen")
    assert "niet onder zichzelf" in small.refused(f"/desk/groepen/{zorg}/verplaatsen", onder=team)
    small.done(f"/desk/groepen/{team}", naam="Team <Noord>", leden="8")
    assert "Team &lt;Noord&gt;" in small.home
    assert small.done(f"/desk/groepen/{team}/weghalen") == f"/desk/groepen/{zorg}"
    assert small.done(f"/desk/groepen/{zorg}/weghalen") == f"/desk/groepen/{small.top}"
    assert "Zorg</a>" not in small.home


def test_another_organisation_cannot_be_reached_through_a_form(small: Measured) -> None:
    other = small.organise("Het Anker")
    mine, theirs = small.organisation, other
    small.organisation = theirs
    foreign = small.team("Vreemd", 9)
    small.organisation = mine
    team = small.team("Team Noord", 6)
    assert "Kies een groep" in small.refused(f"/desk/groepen/{team}/verplaatsen", onder=foreign)
    round = small.open(team)
    response = small.client.get(f"/desk/rondes/{round}/uitnodiging/{foreign}")
    assert response.status_code == 404
    assert "hoort niet bij de ronde" in small.refused(f"/desk/rondes/{round}/uitnodiging/{foreign}")


def test_an_invitation_has_link_code_qr_and_text_and_can_be_replaced(small: Measured) -> None:
    team = small.team("Team Noord", 6)
    round = small.open(team)
    path = f"/desk/rondes/{round}/uitnodiging/{team}"
    page = small.page(path)
    code = re.findall(r"uitnodiging=([A-Z]{4}-[2-9]{4})", page)[0]
    assert page.count(code) >= 5 and "<svg" in page and "ik heb een code" in page
    small.done(path)
    assert code not in small.page(path)
    small.done(f"{path}/intrekken")
    assert "geen code die werkt" in small.page(path)


class TestLearningTogether:
    def test_names_are_shown_when_both_said_yes(self, small: Measured) -> None:
        first, second = (self.ready(small, name) for name in ("De Linde", "Het Anker"))
        small.organisation = first
        assert "Eén andere organisatie staat op dezelfde plek" in text_of(small.home)
        assert "Het Anker" not in small.home
        small.done(f"/desk/organisaties/{first}/samen/vraag")
        assert "Eén vraag wacht" in text_of(small.home)
        small.organisation = second
        assert "wil met jullie leren" in text_of(small.home) and "De Linde" not in small.home
        small.done(f"/desk/organisaties/{second}/samen/antwoord", vrager=first, antwoord="ja")
        assert "De Linde" in small.home and "De Linde@voorbeeld.nl" in small.home
        small.organisation = first
        assert "Het Anker@voorbeeld.nl" in small.home
        small.done(f"/desk/organisaties/{second}/samen/stop")
        assert "Het Anker" not in small.home

    def test_who_says_no_stays_unknown_and_is_not_asked_again(self, small: Measured) -> None:
        first, second = (self.ready(small, name) for name in ("De Linde", "Het Anker"))
        small.done(f"/desk/organisaties/{first}/samen/vraag")
        small.done(f"/desk/organisaties/{second}/samen/antwoord", vrager=first, antwoord="nee")
        small.organisation = first
        assert "Het Anker" not in small.home and "Eén vraag wacht" in text_of(small.home)
        assert small.done(f"/desk/organisaties/{first}/samen/vraag").startswith(
            f"/desk/organisaties/{first}?fout=niemand"
        )

    def ready(self, small: Measured, name: str) -> str:
        """An organisation that has a place and wants to learn together."""
        small.organisation = small.organise(name)
        small.done(f"/desk/groepen/{small.top}", naam=name, leden="6")
        round = small.open(small.top)
        small.answer(round, small.top, ["2222"] * 5)
        small.close(round)
        small.done(f"/desk/organisaties/{small.organisation}/samen", contact=f"{name}@voorbeeld.nl")
        return small.organisation


def test_the_next_group_is_added_under_the_same_and_what_was_typed_stays(small: Measured) -> None:
    department = small.team("Wijkzorg", 0)
    path = f"/desk/organisaties/{small.organisation}/groepen"
    where = small.done(path, naam="Team Noord", leden="7", onder=department)
    assert f'<option value="{department}" selected>' in small.page(where.partition("#")[0])
    wrong = small.submit(path, naam="Team Oost", leden="veel", onder=department)
    assert wrong.status_code == 422 and 'value="Team Oost"' in wrong.text
    assert f'<option value="{department}" selected>' in wrong.text
