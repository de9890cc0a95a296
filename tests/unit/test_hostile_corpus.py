"""The hostile corpus says what it has to: enough inputs, enough classes, each with a reason and an outcome."""

from __future__ import annotations

import pytest
import yaml
from hostile_corpus import AT, CLASSES, EXPECT, FILES, read, sample
from hostile_forging import FORGERIES
from test_slack_hostile import FORGED as AT_SLACK
from test_teams_tokens import CASES, MORE_CASES


def test_there_are_enough_of_them() -> None:
    every = [one for kind in CLASSES for one in read(kind)]
    assert len(CLASSES) >= 20
    assert len({(one.at, repr(one.value)) for one in every}) >= 500


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_tells_why_and_what_must_come_of_it(kind: str) -> None:
    [file] = (file for file in FILES if file.stem == kind)
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert raw["class"] == kind and len(raw["why"]) > 40
    for one in read(kind):
        assert one.at in AT and one.expect in EXPECT
    assert len({repr(one.value) for one in read(kind)}) == len(read(kind))


def test_every_forgery_is_tried() -> None:
    named = {one.value["forge"] for one in read("sessions") if isinstance(one.value, dict)}
    assert named == set(FORGERIES)


def test_there_are_enough_forgeries_at_the_doors_of_slack_and_teams() -> None:
    """Each of them is refused by name there, and nobody is answered."""
    at_teams = {**CASES, **MORE_CASES}
    assert len(AT_SLACK) >= 25 and len(AT_SLACK) + len(at_teams) >= 60


def test_the_short_form_has_some_of_every_class() -> None:
    drawn = sample(60, seed=1)
    assert {one.kind for one in drawn} == set(CLASSES) - {"flood"} and len(drawn) >= 60
    assert drawn == sample(60, seed=1) != sample(60, seed=2)
