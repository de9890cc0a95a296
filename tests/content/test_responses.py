"""Every sentence the bot says has a name that is used, and every name that is used has a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from coach.domain.coaching import Stage
from coach.domain.followup import Stage as Follow
from coach.domain.interview import Phase, Scope
from coach.domain.placement import Certainty
from coach.domain.promise import Outcome
from coach.domain.rounds import Movement

ROOT = Path(__file__).parents[2]
CODE = [*ROOT.glob("actions/*.py"), *ROOT.glob("coach/usecases/*.py"), *ROOT.glob("bot/**/*.py")]
RULES = list(ROOT.glob("data/rules/*.yml"))
STAGES_WITH_OWN_QUESTION = set(Stage) - {
    Stage.REALITY, Stage.OPTION, Stage.OBSTACLE, Stage.LOOK_BACK, Stage.WHAT, Stage.DONE,
}  # fmt: skip
FOLLOWING = set(Follow) - {Follow.DONE}
EXPLAINED_BY_CONTENT = {Stage.REALITY, Stage.OBSTACLE}
FILLED_IN = {
    "utter_ask_": {str(s) for s in (*STAGES_WITH_OWN_QUESTION, *FOLLOWING)},
    "utter_plan_was_": {str(o) for o in set(Outcome) - {Outcome.OPEN}},
    "utter_ask_subject_": {"adviser", "own"},
    "utter_invite_": {"revoked", "closed"},
    "utter_explain_": {str(s) for s in set(Stage) - EXPLAINED_BY_CONTENT}
    | {
        str(p)
        for p in (
            Phase.ROLE,
            Phase.SUBJECT,
            Phase.CONSENT,
            Phase.SCOPE,
            Phase.CHOOSE,
            Phase.UNPLACED,
        )
    }
    | {"none"},
    "utter_rate_": {"up", "same", "down"},
    "utter_ask_scope_": {"some", "all"},
    "utter_scope_": {str(s) for s in (Scope.ALL, Scope.CHANGED, Scope.NOT)},
    "utter_moved_": {str(m) for m in set(Movement) - {Movement.UNKNOWN, Movement.OTHER_PEOPLE}},
    "utter_evidence_": {"sterk", "redelijk", "praktijk"},
    "utter_rest_": {"pause", "later", "stop", "goodbye"},
    "utter_": {f"certainty_{c}{because}" for c in Certainty for because in ("", "_because")}
    | {f"distress_{degree}" for degree in ("red", "orange", "yellow")},
}
FREQUENT = (
    "utter_heard_button", "utter_heard_text", "utter_check", "utter_not_read", "utter_ask_anchor",
    "utter_welcome", "utter_result", "utter_ask_agree", "utter_back_to_question", "utter_ask_option",
    "utter_ask_differently", "utter_go_on", "utter_error", "utter_not_understood",
)  # fmt: skip


def said() -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for file in sorted(ROOT.glob("data/responses/*.yml")):
        for name, wordings in yaml.safe_load(file.read_text(encoding="utf-8"))["responses"].items():
            assert name not in found, f"{name} stands twice, the second time in {file.name}"
            found[name] = wordings
    return found


def used() -> set[str]:
    text = "\n".join(f.read_text(encoding="utf-8") for f in (*CODE, *RULES))
    names = set(re.findall(r"\butter_[a-z_]+[a-z](?![a-z_{])", text))
    names -= {"utter_message", "utter_action"}  # words of Rasa itself
    return names | {stem + end for stem, ends in FILLED_IN.items() for end in ends}


def test_every_response_is_used_and_every_name_has_a_response() -> None:
    assert set(said()) == used()


@pytest.mark.parametrize("name", FREQUENT)
def test_a_frequent_reply_has_at_least_three_wordings(name: str) -> None:
    assert len(said()[name]) >= 3


def test_no_wording_stands_twice() -> None:
    texts = [str(w["text"]) for wordings in said().values() for w in wordings]
    plain = [text for text in texts if not re.fullmatch(r"\{\w+\}", text)]
    assert len(plain) == len(set(plain)), sorted(t for t in plain if plain.count(t) > 1)


def test_buttons_are_short_enough_to_read_at_a_glance() -> None:
    for name, wordings in said().items():
        for wording in wordings:
            for button in wording.get("buttons", []):  # type: ignore[attr-defined]
                assert len(button["title"].split()) <= 12, name


def test_every_button_of_a_response_names_an_intent_or_a_plain_choice() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, wordings in said().items():
        for wording in wordings:
            for button in wording.get("buttons", []):  # type: ignore[attr-defined]
                payload = button["payload"]
                if payload.startswith("/"):
                    assert payload[1:].partition(" ")[0] in domain["intents"], name
                else:
                    assert re.fullmatch(r"\w+(\{code\})?", payload), name
