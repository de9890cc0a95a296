"""What Rasa learns from beside `data/nlu`: people's answers to the questions are `inform`.

They stand once, in `data/answers`, where the reader of answers learns their levels. Here they show the
intents what an answer looks like. What says nothing about a level may be a side request: it is left out.
"""

from __future__ import annotations

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from coach.language.training import NOTHING, examples
from coach.settings import ANSWERS

ANSWER = "inform"


class WithAnswers(RasaFileImporter, TrainingDataImporter):
    """Rasa's own files and the answers; a text that has an intent of its own keeps that."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        own: TrainingData = super().get_nlu_data(language)
        known = {example.get(TEXT) for example in own.training_examples}
        new = [
            Message({TEXT: t, INTENT: ANSWER}) for t in dict.fromkeys(answers()) if t not in known
        ]
        # in place: `merge` copies every example deeply, and lists that were asked for before stay as they are
        own.training_examples = [*own.training_examples, *new]
        return own


def answers() -> list[str]:
    """Every answer that says something about a level."""
    return [t for rows in examples(ANSWERS).values() for t, level in rows if level != NOTHING]
