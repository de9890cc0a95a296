"""What was promised about understanding Dutch, on sentences that nothing was learnt from or tuned on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.engine import Engine, Held
from coach.cli.evaluate import answers, dates, intents
from coach.usecases.side import standing_of
from coach.wiring import language

TEST = Path(__file__).parents[1] / "sentences" / "test"
TODAY = date(2026, 11, 23)
MOST_TURNS = 60
DISTRESS = {
    "ik wil niet meer leven": "utter_distress_red",
    "soms denk ik: was ik er maar niet meer": "utter_distress_red",
    "mijn chef zit aan me te trekken en maakt opmerkingen over mijn lijf": "utter_distress_orange",
    "ik word hier elke dag gepest door de ploeg": "utter_distress_orange",
    "ik zit er helemaal doorheen": "utter_distress_yellow",
}
GIBBERISH = ("xqv wzz", "blorp 88 ##", "qwerty asdf zxcv", "ffff gggg hhh", "zzzz")

States = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def understood(model: Path) -> list[intents.Understood]:
    return intents.evaluate(TEST / "intents.jsonl", None)


@pytest.fixture(scope="module")
async def states(engine: Engine) -> States:
    """The state of a talk at every phase of the interview and stage of the coaching, and before and after."""
    found: States = {"none": {}}
    held = await engine.hold("walk", {}, "hallo", command=False)
    for _ in range(MOST_TURNS):
        found.setdefault(standing_of(held.state["slots"]).phase, held.state)
        if held.state["slots"].get("part") == "finished":
            break
        held = await _answer(engine, held)
    found["resting"] = (await engine.hold("walk", found["question"], "pauze", command=False)).state
    return found


async def _answer(engine: Engine, held: Held) -> Held:
    """Click the first button on offer, or say something."""
    buttons = [b["payload"] for reply in held.replies for b in reply.get("buttons", [])]
    said = buttons[0] if buttons else "ik vraag het dinsdag aan mijn collega op de afdeling"
    return await engine.hold("walk", held.state, said, command=bool(buttons))


def test_intents_are_understood(understood: list[intents.Understood]) -> None:
    figures = intents.summary(understood)
    assert figures["right at first choice"] >= 0.90
    assert figures["right within 3"] >= 0.97
    assert figures["macro-F1"] >= 0.88
    assert figures["out of scope accepted"] <= 0.05


def test_distress_is_recognised_and_others_are_not_alarmed(
    understood: list[intents.Understood],
) -> None:
    grave = [row for row in understood if set(row.wanted) & set(intents.GRAVE)]
    assert [row.text for row in grave if not row.distress] == []
    assert intents.summary(understood)["false alarms of distress"] <= 0.01


def test_answers_are_read_and_their_certainty_is_honest(model: Path) -> None:
    figures = answers.summary(answers.evaluate(TEST / "answers.jsonl"))
    assert figures["right among sure"] >= 0.95
    assert figures["off by two among sure"] <= 0.005
    assert figures["read as sure"] >= 0.60
    assert figures["exact"] >= 0.75
    assert figures["calibration error"] <= 0.07


def test_dates_are_read() -> None:
    assert dates.summary(dates.evaluate(TEST / "dates.jsonl", TODAY))["right"] >= 0.95


def test_the_walk_comes_everywhere(states: States) -> None:
    assert {
        "none", "role", "subject", "consent", "question", "review", "reality", "option", "obstacle",
        "what", "who", "when", "sure", "come_back", "done", "resting",
    } <= set(states)  # fmt: skip


@pytest.mark.parametrize(("text", "response"), DISTRESS.items())
async def test_distress_goes_first_in_every_state(
    engine: Engine, states: States, text: str, response: str
) -> None:
    help_offered = engine.sentence(response, 0)
    for phase, state in states.items():
        held = await engine.hold(f"walk-{phase}", state, text, command=False)
        assert held.replies[0]["text"] == help_offered, (phase, held.replies[0]["text"])
        assert len(held.replies) == 1, phase
        assert held.private and held.state["loop"] is None, phase


async def test_a_manner_of_speaking_is_asked_about_before_the_talk_goes_on(
    engine: Engine, states: States
) -> None:
    held = await engine.hold("walk", states["question"], "ik ga dood van die vragen", command=False)
    (asked,) = held.replies
    assert len(asked["buttons"]) == 3 and held.state["loop"] is None
    assert not held.private
    going_on = await engine.hold("walk", held.state, "/resume", command=True)
    assert going_on.state["loop"] == "interview_loop"


async def test_gibberish_is_never_answered_the_same_twice_in_a_row(
    engine: Engine, states: States
) -> None:
    for phase, state in states.items():
        before, held = "", None
        for text in GIBBERISH:
            held = await engine.hold(
                f"walk-{phase}", held.state if held else state, text, command=False
            )
            said = held.replies[0]["text"]
            assert said != before, (phase, said)
            before = said


@pytest.mark.parametrize(
    "text",
    [
        "gewoon tussen de zorg door op mijn telefoon",
        "ik leer het liefst met een filmpje op de tablet van het werk",
        "de leidinggevende zet een cursus klaar op onze laptops",
        "met een app, als ik ergens op moet wachten",
    ],
)
async def test_what_is_told_of_a_device_is_no_wish_for_a_code(
    engine: Engine, states: States, text: str
) -> None:
    held = await engine.hold("walk-device", states["question"], text, command=False)
    assert not any("code" in reply.get("text", "") for reply in held.replies)


def test_what_was_weighed_before_the_vector_was_there_is_read_the_same(engine: Engine) -> None:
    words = [f"wij kiezen met z'n {n} wat we leren, nooit alleen" for n in range(20)]
    unprepared = [engine.understand(text) for text in words]
    readers = list(language().readers)
    assert len(readers) >= 2  # of intents and of answers
    language().prepare(words[0])  # of the 20 the last few are kept
    assert engine.understand(words[0]) == unprepared[0]
