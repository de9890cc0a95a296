"""The report for a team meeting, and a round's results as files that no spreadsheet carries out."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from measured import Measured, text_of
from talking import Store

from coach.domain.answers import Role
from coach.store.advisers import DeskRole

MANAGER = Role.LEIDINGGEVENDE
EVIL = '=HYPERLINK("http://boos.test";"klik")'


def closed(
    here: Measured, name: str = "Team Noord", levels: str = "2232", number: int = 7
) -> tuple[str, str]:
    team = here.team(name, 12)
    round = here.open(here.top)
    here.answer(round, team, [levels] * number, processes="31")
    here.close(round)
    return round, team


def test_a_team_takes_a_report_into_its_meeting(measured: Measured) -> None:
    round, team = closed(measured)
    base = f"/desk/rondes/{round}/groepen/{team}"
    assert f'href="{base}/verslag"' in measured.page(base)
    page = measured.page(f"{base}/verslag")
    said = text_of(page)
    assert "Team Noord op het pad" in said and "Dit komt uit het midden van 7 mensen" in said
    assert "De plek: cultivatie: programmeren" in said
    assert (
        said.count("minuten") == 6 and "Overleg van 45 minuten: samen tijd en hulp regelen" in said
    )
    assert "Monitor Leercultuur" in said and "2023" in said and "alleen achtergrond" in said
    [points] = re.findall(r"<h2>Drie dingen.*?<ol>(.*?)</ol>", page, re.DOTALL)
    assert points.count("<li>") == 3
    pdf = measured.client.get(f"{base}/verslag.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == 'attachment; filename="verslag-team-noord.pdf"'


def test_where_roles_differ_is_told_as_the_third_point(small: Measured) -> None:
    team = small.team("Team Noord", 12)
    round = small.open(team)
    small.answer(round, team, ["1111"] * 5)
    small.answer(round, team, ["2222"] * 5, MANAGER)
    small.close(round)
    said = text_of(small.page(f"/desk/rondes/{round}/groepen/{team}/verslag"))
    assert "Medewerkers zeggen dat de leiding meestal kiest wat mensen leren." in said
    assert "Leidinggevenden zeggen dat mensen samen met de leiding kiezen" in said


def test_a_group_without_a_place_has_no_report(small: Measured) -> None:
    few = small.team("Klein", 9)
    round = small.open(small.top)
    small.answer(round, few, ["222"] * 3)
    small.close(round)
    base = f"/desk/rondes/{round}/groepen/{few}"
    assert "verslag" not in small.page(base)
    answer = small.client.get(f"{base}/verslag")
    assert (answer.status_code, answer.headers["location"]) == (303, base)


def test_the_three_files_say_the_same_and_hold_no_counts(measured: Measured, stores: Store) -> None:
    few = measured.team("Klein", 9)
    team = measured.team("Team Noord", 12)
    round = measured.open(measured.top)
    measured.answer(round, few, ["111"] * 4)
    measured.answer(round, team, ["1122", "1122", "2222", "2222", "3333", "3333"])
    measured.close(round)
    files = {
        kind: measured.client.get(f"/desk/rondes/{round}/uitkomst.{kind}")
        for kind in ("csv", "json", "xlsx")
    }
    lines = list(csv.reader(io.StringIO(files["csv"].content.decode("utf-8-sig")), delimiter=";"))
    assert files["csv"].content.startswith(b"\xef\xbb\xbf")
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content)).active
    cells = [
        ["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True)
    ]
    assert cells == lines
    found = json.loads(files["json"].content)["results"]
    assert len(found) == len(lines) - 1
    [hidden] = [row for row in found if row["group"] == "Klein"]
    assert hidden["size"] is None and hidden["level"] is None
    assert {row["size"] for row in found if row["group"] == "Team Noord"} == {6}
    assert {type(row["close"]) for row in found if row["size"]} == {bool}
    assert set(found[0]) == {
        "group",
        "above",
        "side",
        "size",
        "ring",
        "process",
        "question",
        "level",
        "says",
        "close",
    }
    names = [files[kind].headers["content-disposition"] for kind in files]
    assert names[0] == 'attachment; filename="uitkomst-zorggroep-de-linde-ronde-1.csv"'


@pytest.mark.parametrize("name", [EVIL, "+31612345678", "-2+3", "@SUM(1)", "  =1+1"])
def test_a_name_that_is_a_formula_is_shown_and_not_carried_out(small: Measured, name: str) -> None:
    round, _ = closed(small, name)
    name = " ".join(name.split())
    body = small.client.get(f"/desk/rondes/{round}/uitkomst.csv").content.decode("utf-8-sig")
    groups = {line[0] for line in csv.reader(io.StringIO(body), delimiter=";")}
    assert f"'{name}" in groups and name not in groups
    body_ = small.client.get(f"/desk/rondes/{round}/uitkomst.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(body_)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert f"'{name}" in {cell.value for cell in cells}
    assert "f" not in {cell.data_type for cell in cells}, "f is a formula"


def test_a_name_cannot_leave_the_header_of_its_file(small: Measured) -> None:
    round, team = closed(small, '../"é;\\ x.exe')
    answer = small.client.get(f"/desk/rondes/{round}/groepen/{team}/verslag.pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="verslag-e-x-exe.pdf"'


def test_nothing_of_it_is_for_an_adviser_of_another_organisation(small: Measured) -> None:
    round, team = closed(small)
    paths = [
        f"/desk/rondes/{round}/groepen/{team}/verslag",
        f"/desk/rondes/{round}/groepen/{team}/verslag.pdf",
    ]
    paths += [f"/desk/rondes/{round}/uitkomst.{kind}" for kind in ("csv", "json", "xlsx")]
    small.adviser = small.advisers.add("bram@desk.test", "Bram", DeskRole.ADVISER, None, small.at)
    small.sign_in()
    for path in paths:
        assert small.client.get(path).status_code == 404, path


def test_an_open_round_and_an_unknown_kind_give_no_file(small: Measured) -> None:
    team = small.team("Team Noord", 9)
    round = small.open(team)
    small.answer(round, team, ["222"] * 6)
    assert small.client.get(f"/desk/rondes/{round}/uitkomst.csv").status_code == 404
    small.close(round)
    assert small.client.get(f"/desk/rondes/{round}/uitkomst.exe").status_code == 404
