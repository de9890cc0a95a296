"""The known ways to work out what one person said, tried on the pages of the desk.

Each attack is held twice, in two worlds that differ in one person's answers alone. What the pages say is
the same, word for word: so nobody can tell the two worlds apart. See docs/decisions/0015.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from measured import Measured, interview, text_of

from coach.domain.answers import Role

MANAGER = Role.LEIDINGGEVENDE
LOW, HIGH = "1111", "3333"
Attack = Callable[[Measured, str], str]


def everything(small: Measured) -> str:
    """All that the pages of an organisation say of its closed rounds."""
    said = [text_of(small.home)]
    for round in small.rounds.of(small.organisation):
        said.append(text_of(small.page(f"/desk/rondes/{round.id}")))
        found = small.rounds.results([round.id])[round.id]
        said += [small.result(round.id, key) for key in found.tree.nodes]
    return "\n".join(said)


def measure(small: Measured, *teams: tuple[str, int, list[str]]) -> tuple[str, list[str]]:
    """A new organisation of teams (name, members, what each person said), measured once and closed."""
    small.organisation = small.organise("De Linde")
    groups = [small.team(name, members) for name, members, _ in teams]
    round = small.open(small.top)
    for group, (_, _, said) in zip(groups, teams, strict=True):
        small.answer(round, group, said)
    small.close(round)
    return round, groups


def whole_minus_team(small: Measured, target: str) -> str:
    """The whole, minus the one team that is shown, would leave the four of the other team."""
    measure(small, ("Noord", 6, [LOW] * 6), ("Zuid", 6, [LOW] * 3 + [target]))
    return everything(small)


def small_team_rolled_up(small: Measured, target: str) -> str:
    """Two teams of three go up together; the one team knows its own answers."""
    measure(small, ("Noord", 3, [LOW] * 3), ("Zuid", 3, [LOW] * 2 + [target]))
    return everything(small)


def complement_of_a_role(small: Measured, target: str) -> str:
    """Everybody, minus the staff, would leave the one manager."""
    small.organisation = small.organise("De Linde")
    team = small.team("Noord", 8)
    round = small.open(small.top)
    small.answer(round, team, [LOW] * 6)
    small.answer(round, team, [target], MANAGER)
    small.close(round)
    return everything(small)


def lonely_manager_beside_others(small: Measured, target: str) -> str:
    """Managers of other teams are shown apart; the whole, minus all that is shown apart, would leave this one."""
    small.organisation = small.organise("De Linde")
    teams = [small.team(name, 8) for name in ("Noord", "Zuid")]
    round = small.open(small.top)
    for team in teams:
        small.answer(round, team, [LOW] * 5)
    small.answer(round, teams[0], [LOW] * 5, MANAGER)
    small.answer(round, teams[1], [target], MANAGER)
    small.close(round)
    return everything(small)


def unanimous(small: Measured, target: str) -> str:
    """If a page said that all five agree, everybody's answer would be known."""
    measure(small, ("Noord", 5, [LOW] * 4 + [target]))
    return everything(small)


def insider(small: Measured, target: str) -> str:
    """One of the five takes the own answer off."""
    measure(small, ("Noord", 5, [HIGH] + [LOW] * 3 + [target]))
    return everything(small)


def declared_smaller(small: Measured, target: str) -> str:
    """A team is said to have four people, so that its five answers go up and come back as a difference."""
    measure(small, ("Noord", 6, [LOW] * 6), ("Zuid", 4, [LOW] * 4 + [target]))
    return everything(small)


def erased_afterwards(small: Measured, target: str) -> str:
    """Somebody has their data erased; before minus after would be what they said."""
    small.organisation = small.organise("De Linde")
    team = small.team("Noord", 7)
    round = small.open(small.top)
    small.answer(round, team, [LOW] * 6)
    (talk,) = small.answer(round, team, [target])
    small.close(round)
    before = everything(small)
    small.erase(talk)
    assert everything(small) == before
    return before


def erased_before_closing(small: Measured, target: str) -> str:
    """Who is gone before the end was never there."""
    small.organisation = small.organise("De Linde")
    team = small.team("Noord", 7)
    round = small.open(small.top)
    small.answer(round, team, [LOW] * 5)
    small.erase(small.answer(round, team, [target])[0])
    small.close(round)
    assert "5 van 7 mensen deden mee" in small.result(round, team)
    return everything(small)


def watched_while_open(small: Measured, target: str) -> str:
    """Whoever looks before and after each answer sees a number go up by one."""
    small.organisation = small.organise("De Linde")
    team = small.team("Noord", 7)
    round = small.open(small.top)
    seen = []
    for said in [LOW] * 5 + [target]:
        small.answer(round, team, [said])
        page = text_of(small.page(f"/desk/rondes/{round}"))
        seen.append(re.sub(r"\b[A-Z]{4}-[2-9]{4}\b", "code", page))
    assert "6 van 7 klaar" in seen[-1]
    return "\n".join(seen)


def newcomer(small: Measured, target: str) -> str:
    """A second round the next day, with one person more; also of a group above, or of the same team elsewhere."""
    round, (team,) = measure(small, ("Noord", 9, [LOW] * 5))
    small.later(1)
    until = small.at.date().replace(day=28).isoformat()
    for group in (small.top, team):
        said = small.refused(f"/desk/groepen/{group}/ronde", tot=until)
        assert "korter dan vier weken geleden" in said
    elsewhere = small.team("Afdeling", 0)
    small.done(f"/desk/groepen/{team}/verplaatsen", onder=elsewhere)
    small.done(f"/desk/groepen/{team}", naam="Heel ander team", leden="9")
    for group in (elsewhere, team):
        assert "korter dan" in small.refused(f"/desk/groepen/{group}/ronde", tot=until)
    # under a new name the same people could be measured again: so it cannot be cleared away
    assert "korter dan" in small.refused(f"/desk/groepen/{team}/weghalen")
    small.answer(round, team, [target])
    return everything(small)


def reopened(small: Measured, target: str) -> str:
    """A closed round takes nobody in, gets no later end, and no new code."""
    round, (team,) = measure(small, ("Noord", 9, [LOW] * 5))
    for path in ("einddatum", f"uitnodiging/{team}", f"uitnodiging/{team}/intrekken"):
        response = small.submit(f"/desk/rondes/{round}/{path}", tot="2026-11-30")
        assert response.status_code == 422
    small.answer(round, team, [target])
    small.close(round)
    return everything(small)


def moved_between_rounds(small: Measured, target: str) -> str:
    """The tree changes after a round; what it showed stays as it was."""
    small.organisation = small.organise("De Linde")
    teams = [small.team(name, 6) for name in ("Noord", "Zuid")]
    round = small.open(small.top)
    small.answer(round, teams[0], [LOW] * 6)
    small.answer(round, teams[1], [LOW] * 3 + [target])
    small.close(round)
    before = small.result(round, small.top)
    small.done(f"/desk/groepen/{teams[1]}/verplaatsen", onder=teams[0])
    small.done(f"/desk/groepen/{teams[0]}", naam="Oost", leden="60")
    assert small.result(round, small.top) == before
    return everything(small)


def carried_over(small: Measured, target: str) -> str:
    """What somebody said outside the round, before or after it, does not count in it."""
    small.organisation = small.organise("De Linde")
    team = small.team("Noord", 9)
    round = small.open(small.top)
    small.answer(round, team, [LOW] * 5)
    earlier = small.says(small.talk(), interview(target))
    small.joined(round, team, earlier, number=2)
    later = small.answer(round, team, [LOW])[0]
    small.says(later, interview(target), number=2)
    small.close(round)
    assert "6 van 9 mensen deden mee" in small.result(round, team)
    return everything(small)


ATTACKS: list[Attack] = [
    whole_minus_team,
    small_team_rolled_up,
    complement_of_a_role,
    lonely_manager_beside_others,
    unanimous,
    insider,
    declared_smaller,
    erased_afterwards,
    erased_before_closing,
    watched_while_open,
    newcomer,
    reopened,
    moved_between_rounds,
    carried_over,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_two_worlds_look_the_same(small: Measured, attack: Attack) -> None:
    first = attack(small, LOW)
    small.at = small.at.replace(day=2)
    small.sign_in()
    assert attack(small, HIGH) == first


def test_a_page_does_tell_worlds_apart_that_may_be_told_apart(small: Measured) -> None:
    """So that the comparison above is worth something: five others who answer otherwise are seen."""
    measure(small, ("Noord", 6, [LOW] * 6))
    first = everything(small)
    measure(small, ("Noord", 6, [HIGH] * 6))
    assert everything(small) != first


def test_while_a_round_is_open_its_groups_stay_as_they_are(small: Measured) -> None:
    """Who watches the numbers cannot make the groups fit the answers: not by members, place or clearing away."""
    team, other = small.team("Noord", 6), small.team("Zuid", 6)
    small.open(small.top)
    for path, fields in (
        ("", {"naam": "Noord", "leden": "4"}),
        ("/verplaatsen", {"onder": other}),
        ("/weghalen", {}),
        ("/ronde", {"tot": "2026-11-20"}),
    ):
        assert "Er loopt een ronde" in small.refused(f"/desk/groepen/{team}{path}", **fields)


def test_after_four_weeks_a_group_may_be_measured_again(small: Measured) -> None:
    _, (team,) = measure(small, ("Noord", 6, [LOW] * 5))
    small.later(28)
    assert small.open(team)


def test_a_round_that_showed_nothing_may_be_followed_at_once(small: Measured) -> None:
    _, (team,) = measure(small, ("Noord", 6, [LOW] * 4))
    assert small.open(team)
