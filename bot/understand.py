"""Understands texts outside a talk, for `padwijzer evaluate`: JSON lines with `text` in, what the pipeline says out.

python -m bot.understand < texts.jsonl
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from bot.engine import Engine
from coach.wiring import current_settings


async def main() -> None:
    engine = Engine.load(current_settings().models)
    await engine.warm_up()
    for text in (json.loads(line)["text"] for line in sys.stdin):
        begun = time.perf_counter()
        parsed = engine.understand(text)
        print(json.dumps({**_short(parsed), "ms": 1000 * (time.perf_counter() - begun)}))


def _short(parsed: dict[str, Any]) -> dict[str, Any]:
    intent = parsed["intent"]
    ranking = [guess["name"] for guess in parsed["intent_ranking"]]
    return {"intent": intent["name"], "certainty": intent["confidence"], "ranking": ranking}


if __name__ == "__main__":
    asyncio.run(main())
