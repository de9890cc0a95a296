"""What comes in from a turn and what goes out of it, in the words of neither Rasa nor a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SHORT = 3
SHORT_CERTAINTY = 0.3
LONG_CERTAINTY = 0.5


@dataclass(frozen=True)
class Heard:
    """One user message: the intent as understood, the text as typed, and the value of a button if one was used."""

    text: str = ""
    intent: str = ""
    choice: str | None = None
    certainty: float = 1.0

    def means(self, *intents: str) -> bool:
        """Whether it is one of these, and sure enough of it: a long text must be clearer than a short one."""
        enough = SHORT_CERTAINTY if len(self.text.split()) <= SHORT else LONG_CERTAINTY
        return self.intent in intents and self.certainty >= enough


@dataclass(frozen=True)
class Button:
    """A label and the value of the choice it stands for."""

    title: str
    value: str


@dataclass(frozen=True)
class Say:
    """A response by name, with what fills it in, and buttons and a picture to go with it."""

    response: str
    slots: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    image: str | None = None
