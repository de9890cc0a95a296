"""Proposals for new examples, as the training data that a developer reviews."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

HEAD = (
    '# Proposals of the learning desk: to be reviewed before they are trained on.\nversion: "3.1"\n'
)
_NAME = re.compile(r"[a-z_]+")
_OTHER = re.compile(r"(?:[^\w .,!?;:'’…-]|[\d_])+")
_EDGE = " .,;:'’-"


def plain(text: str) -> str:
    """A sentence with nothing but words in it: no mark of an entity, of YAML or of a command, and on one line."""
    said = _OTHER.sub(" ", unicodedata.normalize("NFC", text))
    return " ".join(said.split()).strip(_EDGE)


def rasa_nlu(proposals: Iterable[tuple[str, str]]) -> str:
    """Rasa's own YAML for these intents with their examples; each example stands once under its intent."""
    found: dict[str, dict[str, None]] = {}
    for intent, text in proposals:
        said = plain(text)
        if _NAME.fullmatch(intent) and any(map(str.isalpha, said)):
            found.setdefault(intent, {})[said] = None
    if not found:
        return f"{HEAD}nlu: []\n"
    parts = [f"{HEAD}nlu:"]
    for intent in sorted(found):
        parts.append(f"- intent: {intent}\n  examples: |")
        parts += [f"    - {said}" for said in sorted(found[intent])]
    return "\n".join(parts) + "\n"
