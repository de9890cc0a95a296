"""What a simulated user says: its own words where it has them, otherwise those of `simulate.yml`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coach.cli.door import Button, Reply, State
from coach.cli.persona import Persona
from coach.domain.interview import Phase

PATIENCE = 3
"""The same question for the third time is answered with a button."""
ANSWERED = (Phase.QUESTION, Phase.PROBE)
ANY = "*"
OWN = "eigen"
LABEL = "{label}"


@dataclass(frozen=True)
class Said:
    """A message, and whether it was a click because words had not helped."""

    text: str
    fell_back: bool = False


@cache
def words() -> Mapping[str, Any]:
    """The sentences and clicks of `simulate.yml`."""
    text = (Path(__file__).parent / "simulate.yml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


class Voice:
    """Answers for one persona in one talk; the same persona always says the same."""

    def __init__(self, persona: Persona, *, clicking: bool = False) -> None:
        self.persona = persona
        self.clicking = clicking
        self._asked: Counter[object] = Counter()
        self._chance = random.Random(persona.id)
        self._start = self._chance.randrange(1000)

    def answer(self, reply: Reply) -> Said:
        """What to say to a reply: a text, or a click when clicking or when texts did not help."""
        key = reply.state.question if reply.state.phase in ANSWERED else reply.state.phase
        self._asked[key] += 1
        times = self._asked[key]
        button = self._click(reply) if self.clicking or times >= PATIENCE else None
        if button:
            return Said(button.payload, fell_back=not self.clicking)
        return Said(self._text(reply, times))

    # --- clicking --------------------------------------------------------------------

    def _click(self, reply: Reply) -> Button | None:
        for wanted in self._wanted(reply.state):
            fitting = [b for b in reply.buttons if wanted in (b.value, b.intent)]
            if wanted == ANY:
                fitting = [b for b in reply.buttons if b.intent == "choose" and b.value != OWN]
            if fitting:
                return self._chance.choice(fitting)
        return None

    def _wanted(self, state: State) -> Sequence[str]:
        """Values or intents of the buttons that would be right, the best first."""
        clicks: Mapping[str, Sequence[str]] = words()["clicks"]
        match state.phase:
            case Phase.ROLE:
                return (self.persona.role.value,)
            case Phase.SUBJECT:
                return (self.persona.subject.value, ANY)
            case Phase.QUESTION | Phase.PROBE:
                level = self._level(state)
                return (f"niveau_{level}",) if level else clicks["unknown"]
            case Phase.CHECK:
                return clicks["ja" if self._is_so(state) else "nee"]
            case phase:
                return clicks.get(phase, ())

    # --- typing ----------------------------------------------------------------------

    def _text(self, reply: Reply, times: int) -> str:
        own = self._own_texts(reply.state)
        if own:
            return own[(times - 1) % len(own)]
        label = self._label(reply)
        fitting = [t for t in self._usual_texts(reply.state) if label or LABEL not in t]
        if not fitting:
            return words()["texts"]["otherwise"][0]  # type: ignore[no-any-return]
        return fitting[(self._start + times - 1) % len(fitting)].replace(LABEL, label)

    def _own_texts(self, state: State) -> tuple[str, ...]:
        if state.phase in ANSWERED and state.question:
            return self.persona.knows(state.question).texts
        return self.persona.coaching.get(state.phase, ())

    def _usual_texts(self, state: State) -> Sequence[str]:
        texts: Mapping[str, Any] = words()["texts"]
        found: Sequence[str]
        match state.phase:
            case Phase.ROLE:
                found = texts["role"][self.persona.role]
            case Phase.SUBJECT:
                found = texts["subject"][self.persona.subject]
            case Phase.QUESTION | Phase.PROBE:
                found = texts["unknown"]
            case Phase.CHECK:
                found = texts["check"]["ja" if self._is_so(state) else "nee"]
            case phase:
                found = texts.get(phase, ())
        return found

    def _label(self, reply: Reply) -> str:
        labels = [b.title for b in reply.buttons if b.intent == "choose" and b.value != OWN]
        return self._chance.choice(labels) if labels else ""

    # --- knowing ---------------------------------------------------------------------

    def _level(self, state: State) -> int | None:
        return self.persona.knows(state.question).level if state.question else None

    def _is_so(self, state: State) -> bool:
        return state.proposed is not None and state.proposed == self._level(state)
