"""One whole talk of a persona with a running bot, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from coach.cli.door import Door, DoorError, Reply, State
from coach.cli.persona import Persona
from coach.cli.voice import Said, Voice
from coach.domain.answers import Question
from coach.domain.interview import Phase

GREETING = "hallo"
MOST_TURNS = 60
ASKING = (Phase.QUESTION, Phase.PROBE, Phase.CHECK)
ENDS = (Phase.DONE, Phase.UNPLACED)


@dataclass
class Outcome:
    """What happened in a talk; grows while the talk is held."""

    persona: Persona
    position: str | None = None
    planned: bool = False
    strayed: bool = False
    """The processes of a ring were asked that is not the persona's own."""
    asked: list[Question] = field(default_factory=list)
    checks: int = 0
    turns: int = 0
    fallbacks: int = 0
    trouble: str = ""
    transcript: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        return self.position == self.persona.position.id and not self.strayed

    @property
    def fine(self) -> bool:
        return self.reached and self.planned

    def said(self, said: Said) -> None:
        self.turns += 1
        self.fallbacks += said.fell_back
        self.transcript.append({"user": said.text})

    def heard(self, reply: Reply, before: State | None) -> None:
        state = reply.state
        self.transcript.append(
            {
                "bot": list(reply.texts),
                "buttons": [button.title for button in reply.buttons],
                "state": reply.raw_state,
            }
        )
        self.checks += state.phase == Phase.CHECK and state != before
        self.position = self.position or (state.position if state.phase == Phase.REVIEW else None)
        if state.question and state.phase in ASKING:
            self._question(state.question)

    def _question(self, question: Question) -> None:
        self.strayed |= question.ring not in (None, self.persona.ring)
        if question not in self.asked:
            self.asked.append(question)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.persona.id,
            "role": self.persona.role.value,
            "expected": self.persona.position.id,
            "position": self.position,
            "reached": self.reached,
            "strayed": self.strayed,
            "plan": self.planned,
            "questions": len(self.asked),
            "checks": self.checks,
            "turns": self.turns,
            "fallbacks": self.fallbacks,
            "trouble": self.trouble,
            "transcript": self.transcript,
        }


def hold(persona: Persona, door: Door, sender: str, *, clicking: bool = False) -> Outcome:
    """Talk from 'hallo' to a plan; whatever goes wrong is noted as the talk's trouble."""
    outcome = Outcome(persona)
    try:
        _talk(outcome, Voice(persona, clicking=clicking), door, sender)
    except DoorError as error:
        outcome.trouble = str(error)
    return outcome


def _talk(outcome: Outcome, voice: Voice, door: Door, sender: str) -> None:
    said, state = Said(GREETING), None
    while outcome.turns < MOST_TURNS:
        outcome.said(said)
        reply = door.send(sender, said.text)
        outcome.heard(reply, state)
        state = reply.state
        if state.phase in ENDS:
            outcome.planned = state.plan
            outcome.trouble = "" if state.plan else f"ended at {state.phase} without a plan"
            return
        said = voice.answer(reply)
    outcome.trouble = f"no end after {MOST_TURNS} turns, at {state.phase if state else 'nothing'}"
