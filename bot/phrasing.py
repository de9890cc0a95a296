"""How the bot phrases: it goes round the wordings of a response, so that none comes back within a talk too soon.

A button's payload in data/responses is short: `ja` is the choice `ja`, `/plan` an intent, `/more kosten` an
intent with a value. Here it becomes Rasa's own form.
"""

from __future__ import annotations

import copy
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.payloads import payload

_phrased: ContextVar[Counter[str] | None] = ContextVar("phrased", default=None)


@contextmanager
def remembering(counts: Mapping[str, int]) -> Iterator[Counter[str]]:
    """Phrase with the counts of this talk; they are kept with the talk, not with the process."""
    counter = Counter(counts)
    token = _phrased.set(counter)
    try:
        yield counter
    finally:
        _phrased.reset(token)


class Phrasing(TemplatedNaturalLanguageGenerator):
    """Rasa's templated generator with turns instead of dice."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        super().__init__(domain.responses)

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        wordings = self.responses.get(utter_action)
        if not wordings:
            return None
        wording = copy.deepcopy(wordings[self._turn(utter_action, tracker) % len(wordings)])
        filled = self._fill_response(wording, kwargs, _=" ")
        offered = [*kwargs.get("choices", ()), *filled.get("buttons", ())]
        if offered:
            filled["buttons"] = [{**b, "payload": payload(b["payload"])} for b in offered]
        return filled

    @staticmethod
    def _turn(utter_action: str, tracker: DialogueStateTracker) -> int:
        """Starts at another wording for every talk, then takes them in order."""
        counter = _phrased.get()
        if counter is None:
            return len(tracker.events)
        said = counter[utter_action]
        counter[utter_action] += 1
        return zlib.crc32(f"{tracker.sender_id}{utter_action}".encode()) + said
