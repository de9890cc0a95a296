"""Proposals of the desk are training data that Rasa itself reads, whatever stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from coach import content
from coach.settings import ROOT
from coach.usecases.proposals import plain, rasa_nlu

HOSTILE = (
    "wat is [dit](entiteit) nou", "en [dit]{\"entity\": \"naam\", \"value\": \"x\"} dan", "/restart{\"a\": 1}",
    "zin\n- intent: distress_red\n  examples: |\n    - x", "- nog een streepje", "# geen uitleg", "'los' \"dicht\" `tik`",
    "regel\u2028twee\x85drie\x00", "{{ sjabloon }} en {veld} en %n", "a: b | c > d & e * f ! g", "!!python/object:os.system x",
)  # fmt: skip


def read(text: str) -> list[tuple[str | None, str | None, object]]:
    data = RasaYAMLReader().reads(text)
    return [(m.get("intent"), m.get("text"), m.get("entities")) for m in data.training_examples]


def test_rasa_reads_what_was_proposed(tmp_path: Path) -> None:
    text = rasa_nlu(
        [("why", "waar is dat voor nodig?"), ("explain", "hoe zo …"), ("why", "zo'n vraag")]
    )
    file = tmp_path / "zinnen.yml"
    file.write_text(text, encoding="utf-8")
    data = RasaFileImporter(training_data_paths=[str(file)]).get_nlu_data("nl")
    assert [(m.get("intent"), m.get("text")) for m in data.training_examples] == [
        ("explain", "hoe zo …"),
        ("why", "waar is dat voor nodig?"),
        ("why", "zo'n vraag"),
    ]
    assert yaml.safe_load(text)["version"] == "3.1"


def test_nothing_proposed_is_a_file_too() -> None:
    assert read(rasa_nlu([])) == [] and read(rasa_nlu([("why", "[]")])) == []


@pytest.mark.parametrize("said", HOSTILE)
def test_no_sentence_is_more_than_words(said: str) -> None:
    assert read(rasa_nlu([("why", said)])) == [("why", plain(said), None)]
    assert not set(plain(said)) & set('[](){}|#/\\<>&*`"\n\0')


@given(
    st.lists(st.tuples(st.sampled_from(["why", "explain", "a\nb", "x: y"]), st.text(max_size=80)))
)
def test_whatever_is_typed_gives_one_example_each(proposals: list[tuple[str, str]]) -> None:
    known = {(i, plain(t)) for i, t in proposals if i in ("why", "explain")}
    wanted = sorted((i, t, None) for i, t in known if any(c.isalpha() for c in t))
    assert sorted(read(rasa_nlu(proposals)), key=str) == sorted(wanted, key=str)


def test_every_intent_has_a_name_for_advisers() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    named = [
        intent for group in content.load(ROOT / "content").meanings.values() for intent in group
    ]
    assert sorted(named) == sorted(domain["intents"])
