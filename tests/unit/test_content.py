"""A content file that is wrong is refused, with the file, the line and the key to look at."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from coach.content import load, stale_resources
from coach.domain.content import Content
from coach.domain.errors import BadContent, CoachError
from coach.domain.path import POSITIONS

CONTENT = Path(__file__).parents[2] / "content"
POSITION = "path/cultivatie-leren.yml"
STEPS = "steps/realisatie-padvinden.yml"

EVERY_FILE = sorted(str(path.relative_to(CONTENT)) for path in CONTENT.rglob("*.yml"))
Damage = Callable[[str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def damaged(folder: Path, name: str, damage: Damage) -> BadContent:
    """The refusal after a file was damaged."""
    path = folder / name
    before = path.read_text(encoding="utf-8")
    after = damage(before)
    assert after != before, "nothing was damaged"
    path.write_text(after, encoding="utf-8")
    with pytest.raises(BadContent) as refused:
        load(folder)
    assert refused.value.file == f"content/{name}"
    assert str(refused.value).startswith(f"content/{name}:{refused.value.line}: ")
    return refused.value


def line_of(folder: Path, name: str, text: str) -> int:
    """The line (from 1) on which a text first stands."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def without_line(text: str) -> Damage:
    """Take out the first line that contains a text."""

    def damage(source: str) -> str:
        lines = source.splitlines(keepends=True)
        index = next(i for i, line in enumerate(lines) if text in line)
        return "".join(lines[:index] + lines[index + 1 :])

    return damage


def instead(old: str, new: str) -> Damage:
    return lambda source: source.replace(old, new, 1)


def checked_on(value: str) -> Damage:
    """The first resource was checked then."""
    return lambda source: re.sub('checked_on: ".*"', f"checked_on: {value}", source, count=1)


def test_the_copy_that_is_damaged_here_is_good_content_itself(
    folder: Path, content: Content
) -> None:
    assert load(folder) == content
    assert set(content.places) == set(POSITIONS)


# --- a key that is missing, wrong or too much -----------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("questionnaire.yml", "version"),
        ("questionnaire.yml", "explanation"),
        ("questionnaire.yml", "probe"),
        (POSITION, "guiding_question"),
        (STEPS, "evidence"),
        ("obstacles.yml", "looks_back_to"),
        ("resources.yml", "checked_on"),
    ],
)
def test_a_missing_key_is_named(folder: Path, name: str, key: str) -> None:
    refused = damaged(folder, name, without_line(f"{key}:"))
    assert f"'{key}'" in refused.problem
    assert refused.line >= 1


def test_the_line_of_a_missing_key_is_that_of_the_part_it_is_missing_from(folder: Path) -> None:
    name = "obstacles.yml"
    refused = damaged(folder, name, without_line("looks_back_to:"))
    assert refused.key == "obstacles/0"
    assert refused.line == line_of(folder, name, "- id: geen_tijd")


@pytest.mark.parametrize(
    ("name", "damage", "key", "found_at"),
    [
        (POSITION, instead("code: CUL-LER", "code: 12"), "code", "code: 12"),
        (POSITION, instead("code: CUL-LER", "code: KUL-LER"), "code", "KUL-LER"),
        (POSITION, instead("process: leren", "process: lezen"), "process", "lezen"),
        (STEPS, instead("evidence: ", "evidence: heel "), "steps/0/evidence", "heel "),
        ("faq.yml", instead("  - id: ringen", "  - id: rondjes"), "topics/1/id", "rondjes"),
        ("words.yml", instead("klant: [klant,", "klant: [1,"), "subjects/klant/0", "klant: [1,"),
        (
            "resources.yml",
            checked_on("2026-01-31"),
            "resources/0/checked_on",
            "checked_on: 2026-01-31",
        ),
        ("model.yml", instead("plain: het begin", "plain: [het, begin]"), None, "plain: [het"),
    ],
    ids=["number", "pattern", "name", "choice", "id", "list item", "unquoted date", "list"],
)
def test_a_wrong_value_is_found_on_its_line(
    folder: Path, name: str, damage: Damage, key: str | None, found_at: str
) -> None:
    refused = damaged(folder, name, damage)
    assert refused.key == (key or "rings/activatie/plain")
    assert refused.line == line_of(folder, name, found_at)


def test_a_key_that_does_not_exist_is_refused(folder: Path) -> None:
    refused = damaged(folder, POSITION, instead("code: CUL-LER", "code: CUL-LER\nkode: CUL-LER"))
    assert "'kode'" in refused.problem


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_file_is_checked_against_its_schema(folder: Path, name: str) -> None:
    refused = damaged(folder, name, lambda source: source + "\nverzonnen: waarde\n")
    assert "'verzonnen'" in refused.problem


# --- files that are missing or cannot be read -----------------------------------------


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadContent) as refused:
        load(folder)
    assert refused.value.file == f"content/{name}"
    assert "missing" in refused.value.problem


def test_broken_yaml_is_found_on_its_line(folder: Path) -> None:
    refused = damaged(folder, POSITION, instead("code: CUL-LER", "code: [CUL-LER"))
    broken = line_of(folder, POSITION, "code: [CUL-LER")
    assert "YAML" in refused.problem
    assert broken <= refused.line <= broken + 1


def test_a_tab_instead_of_spaces_is_found_on_its_line(folder: Path) -> None:
    name = "model.yml"
    refused = damaged(folder, name, instead("    plain: het begin", "\tplain: het begin"))
    assert refused.line == line_of(folder, name, "\tplain: het begin")


def test_an_empty_file_is_refused(folder: Path) -> None:
    damaged(folder, "faq.yml", lambda _: "")


def test_a_file_with_only_a_remark_is_refused(folder: Path) -> None:
    damaged(folder, POSITION, lambda _: "# nog te schrijven\n")


def test_a_file_that_is_a_list_is_refused(folder: Path) -> None:
    assert damaged(folder, POSITION, lambda _: "- een\n- twee\n").line == 1


def test_a_file_with_a_character_that_yaml_forbids_is_refused(folder: Path) -> None:
    damaged(folder, POSITION, instead("code: CUL-LER", "code: CUL\x00LER"))


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / POSITION).write_bytes("name: één coördinatie".encode("latin-1"))
    with pytest.raises(BadContent) as refused:
        load(folder)
    assert refused.value.file == f"content/{POSITION}"


# --- files that are well written and still wrong --------------------------------------


def test_the_same_question_twice_is_refused_where_it_stands_again(folder: Path) -> None:
    name = "questionnaire.yml"
    refused = damaged(folder, name, instead("- construct: weten", "- construct: sturing"))
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    again = [i for i, line in enumerate(lines, 1) if "construct: sturing" in line][1]
    assert (refused.line, refused.key) == (again, "items/1/construct")


def test_a_question_about_something_unknown_is_refused(folder: Path) -> None:
    name = "questionnaire.yml"
    refused = damaged(folder, name, instead("construct: durven", "construct: geloven"))
    assert refused.line == line_of(folder, name, "construct: geloven")
    assert refused.key == "items/4/construct"


def test_a_question_that_is_left_out_is_named(folder: Path) -> None:
    name = "questionnaire.yml"
    refused = damaged(
        folder,
        name,
        instead("construct: mogen\n    ring: null", "construct: mogen\n    ring: activatie"),
    )
    assert "mogen" in refused.problem


@pytest.mark.parametrize("name", [POSITION, "steps/cultivatie-leren.yml"])
@pytest.mark.parametrize(
    ("old", "new"),
    [("ring: cultivatie", "ring: activatie"), ("process: leren", "process: padvinden")],
)
def test_a_file_about_another_place_than_its_name_says_is_refused(
    folder: Path, name: str, old: str, new: str
) -> None:
    refused = damaged(folder, name, instead(old, new))
    assert "cultivatie-leren" in refused.problem
    assert abs(refused.line - line_of(folder, name, new)) <= 1


def test_a_role_without_enough_steps_is_named(folder: Path) -> None:
    def keep_two_for_employees(source: str) -> str:
        data = yaml.safe_load(source)
        for step in data["steps"][2:]:
            step["roles"].pop("medewerker", None)
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)

    refused = damaged(folder, STEPS, keep_two_for_employees)
    assert "medewerker" in refused.problem
    assert refused.key == "steps"


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    damaged(folder, POSITION, instead("code: CUL-LER", "code: CUL-LER\nname: Een andere naam"))


def test_a_refusal_is_one_of_the_refusals_of_the_product() -> None:
    assert issubclass(BadContent, CoachError)


# --- resources that were not looked at for too long -----------------------------------


def test_a_resource_goes_stale_a_year_after_it_was_checked(folder: Path) -> None:
    path = folder / "resources.yml"
    source = checked_on('"2020-01-01"')(path.read_text(encoding="utf-8"))
    path.write_text(source, encoding="utf-8")
    first = yaml.safe_load(source)["resources"][0]["id"]
    assert stale_resources(folder, date(2020, 12, 31)) == []
    assert stale_resources(folder, date(2021, 1, 10)) == [first]
