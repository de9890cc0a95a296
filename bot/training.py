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
EVERY = 1
"""One in so many answers: more teach the intents nothing, and cost time."""


class WithAnswers(RasaFileImporter, TrainingDataImporter):
    """Rasa's own files, and one in three answers."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        own: TrainingData = super().get_nlu_data(language)
        return own.merge(TrainingData([Message({TEXT: t, INTENT: ANSWER}) for t in answers()]))


def answers() -> list[str]:
    """Answers that say something about a level, an even selection."""
    return [
        text
        for rows in examples(ANSWERS).values()
        for text in [text for text, level in rows if level != NOTHING][::EVERY]
    ]
