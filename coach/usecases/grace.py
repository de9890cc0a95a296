"""What is said when a message was not understood: never the same twice, and each time with a way out.

First a guess, with the likeliest meanings as buttons; then what can be done here; then a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach.domain.content import Content
from coach.usecases.reply import Button, Say

UNCLEAR = ("utter_not_read", "utter_yes_or_no", "utter_unplaced_waiting", "utter_who_else")
GUESSES = 2
PLAUSIBLE = 0.12
"""The share from which a meaning is worth a button."""


@dataclass(frozen=True)
class Graced:
    """What is said, and how many messages in a row were not understood."""

    says: tuple[Say, ...]
    missed: int


@dataclass(frozen=True)
class Grace:
    content: Content

    def soften(self, says: Sequence[Say], missed: int, meanings: Mapping[str, float]) -> Graced:
        """The same says when the message was understood; else with the next way out.

        `missed` counts the messages before this one; `meanings` are intents with their share (0-1).
        """
        if not any(is_unclear(line) for line in says):
            return Graced(tuple(says), 0)
        first = next(n for n, line in enumerate(says) if is_unclear(line))
        said = (*says[:first], *self.way_out(says[first], missed, meanings), *says[first + 1 :])
        return Graced(said, missed + 1)

    def way_out(self, unclear: Say, missed: int, meanings: Mapping[str, float]) -> tuple[Say, ...]:
        """`unclear` with a guess at first; from the second time on help and a person by turns."""
        if missed == 0:
            guess = self._guess(meanings)
            return (guess,) if guess else (unclear,)
        return (Say("utter_grace_can" if missed % 2 else "utter_grace_person"),)

    def _guess(self, meanings: Mapping[str, float]) -> Say | None:
        labels = self.content.words["guesses"]
        likely = [name for name, share in meanings.items() if share >= PLAUSIBLE and name in labels]
        buttons = tuple(
            Button(labels[name][0].capitalize(), f"/{name}") for name in likely[:GUESSES]
        )
        return Say("utter_grace_guess", {}, buttons) if buttons else None


def is_unclear(line: Say) -> bool:
    """Whether a sentence says that a message was not understood."""
    return line.response in UNCLEAR or line.response.endswith("_unclear")
