"""Before anything goes to the desk the user sees it, and says yes in so many words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from coach.domain.answers import Role
from coach.domain.checkin import Hours
from coach.domain.coaching import Coaching, Move, Stage
from coach.domain.content import Content
from coach.domain.handover import Asking, Reason
from coach.domain.handover import Stage as AskingStage
from coach.domain.interview import Interview
from coach.domain.path import Position, Process, Ring
from coach.usecases.handover import Effect, HandoverTalk, reason_of
from coach.usecases.side import Standing

HERE = Position(Ring.CULTIVATIE, Process.PADVINDEN)
FRIDAY = datetime(2026, 11, 27, 15, 10)
"""Ten past four in the Netherlands."""
SHOWN = Asking(AskingStage.SHOWN, Reason.ASKED, "dit")
EDITING = SHOWN.edit()
InterviewAt = Callable[[Role, Position], Interview]


@pytest.fixture
def talk(content: Content) -> HandoverTalk:
    return HandoverTalk(content, Hours(), lambda: FRIDAY)


def test_the_summary_says_what_the_user_said_and_saw(
    talk: HandoverTalk, content: Content, interview_at: InterviewAt
) -> None:
    told = Move(Stage.REALITY, "", "wij leren alleen\nals het misgaat")
    coaching = Coaching(Role.LEIDINGGEVENDE, HERE, (told,))
    standing = Standing(interview_at(Role.LEIDINGGEVENDE, HERE), coaching)
    asking, shown = talk.offer(standing, Reason.UNCLEAR)
    lines = asking.summary.splitlines()
    assert lines[0] == "Padwijzer begreep mij niet goed. Ik wil graag met iemand praten."
    assert lines[1:3] == ["Mijn rol: leidinggevende", "Het gaat over: team"]
    assert lines[3] == f"Waar we staan: {content.places[HERE].name}"
    assert lines[-1] == "Wat ik het laatst vertelde: wij leren alleen als het misgaat"
    assert shown.slots["summary"] == asking.summary
    assert (shown.slots["day"], shown.slots["time"]) == ("maandag 30 november", "13.00")


def test_without_a_talk_only_the_wish_is_sent(talk: HandoverTalk) -> None:
    asking, _ = talk.offer(Standing(), Reason.ASKED)
    assert asking.summary == "Ik wil graag met iemand van het leerloket praten."


@pytest.mark.parametrize("text", ["ja", "Ja, stuur dit!", "prima", "Oké.", "doe maar"])
def test_a_plain_yes_sends(talk: HandoverTalk, text: str) -> None:
    heeded = talk.hear(SHOWN, text, None, "7")
    assert (heeded.effect, heeded.asking.id) == (Effect.SENT, "7")


@pytest.mark.parametrize(
    "text",
    [
        "ja maar laat mijn rol weg",
        "ja als niemand het leest",
        "misschien",
        "hoe lang duurt dat?",
        "",
    ],
)
def test_anything_vaguer_sends_nothing(talk: HandoverTalk, text: str) -> None:
    heeded = talk.hear(SHOWN, text, None, "7")
    assert heeded.effect is Effect.ELSE and not heeded.asking.is_sent


def test_own_words_are_shown_again_before_they_go(talk: HandoverTalk) -> None:
    editing = talk.hear(SHOWN, "", "wijzigen", "7").asking
    written = talk.hear(editing, "Mijn chef luistert niet", None, "7")
    assert written.effect is Effect.STAYS
    assert written.says[0].slots["summary"] == "Mijn chef luistert niet"
    assert talk.hear(written.asking, "", "ja", "7").asking.summary == "Mijn chef luistert niet"


def test_yes_while_writing_is_what_is_written(talk: HandoverTalk) -> None:
    assert talk.hear(EDITING, "ja", None, "7").asking.summary == "ja"


@pytest.mark.parametrize("asking", [SHOWN, EDITING])
def test_no_sends_nothing(talk: HandoverTalk, asking: Asking) -> None:
    assert talk.hear(asking, "nee", None, "7").effect is Effect.LEFT
    assert talk.hear(asking, "", "nee", "7").effect is Effect.LEFT


def test_why_somebody_asks() -> None:
    assert reason_of("nood", 0) is Reason.DISTRESS
    assert reason_of(None, 2) is Reason.UNCLEAR
    assert reason_of(None, 1) is Reason.ASKED
