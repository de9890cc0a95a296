"""Inputs made from the hostile corpus by changing it, the same for the same seed."""

from __future__ import annotations

import json
import random
from typing import Any

from hostile_corpus import CLASSES, read

ODD = (
    "\x00", "\ud800", "\u202e", "\u200b", "\ufeff", "\U0010ffff", "\x1b[31m", "\r\n", "'", '"', "\\", "{{", "}}", "%s",
    "%00", "../", "<script>", "<!channel>", "/restart", "${PATH}", "🧑🏽‍🏭", "e\u0301", "\u2028", "=1+1", "`", "\t", " ",
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, 0, -1, 1e308, [], {}, [[]], {"a": {"b": 1}}, "", " ", 2**63)
MOST = 6_000


class Maker:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._texts = {
            kind: [i.value for i in read(kind) if isinstance(i.value, str)] for kind in CLASSES
        }
        said = (
            "legit",
            "unicode",
            "controls",
            "markup",
            "template",
            "sql",
            "rude",
            "languages",
            "command",
            "names",
        )
        self._said = [text for kind in said for text in self._texts[kind] if len(text) < MOST]

    def text(self) -> str:
        """Something that somebody might type."""
        return self._changed(self.chance.choice(self._said))

    def of(self, *kinds: str) -> str:
        """One of these classes, changed."""
        return self._changed(self.chance.choice(self._texts[self.chance.choice(kinds)] or [""]))

    def payload(self) -> str | None:
        return self.of("payload") if self.chance.random() < 0.3 else None

    def raw(self, *kinds: str) -> bytes:
        """Bytes for a body or a whole request, some of them no text at all."""
        made = self.of(*kinds).encode(errors="surrogatepass")
        if self.chance.random() < 0.2:
            made += self.chance.randbytes(self.chance.randrange(64))
        return made

    def spoilt(self, said: dict[str, Any]) -> dict[str, Any]:
        """The same with now and then another type, a missing part, or one too many."""
        made = dict(said)
        if self.chance.random() < 0.25:
            name = self.chance.choice(list(made))
            change = self.chance.randrange(3)
            if change == 0:
                made[name] = self.chance.choice(VALUES)
            elif change == 1:
                del made[name]
            else:
                made[self.of("types", "ids")[:50]] = made[name]
        return made

    def body(self, said: dict[str, Any]) -> bytes:
        """As JSON, seldom broken."""
        made = json.dumps(said).encode()
        return made[: self.chance.randrange(len(made))] if self.chance.random() < 0.03 else made

    def _changed(self, text: str) -> str:
        for _ in range(self.chance.randrange(4)):
            at = self.chance.randrange(len(text) + 1)
            match self.chance.randrange(6):
                case 0:
                    text = text[:at] + self.chance.choice(ODD) + text[at:]
                case 1:
                    text = text[:at]
                case 2:
                    text = text[at:] + text[:at]
                case 3:
                    text = (text * 2)[:MOST]
                case 4:
                    text = text[:at] + self.chance.choice(self._said)[:200] + text[at:]
                case _:
                    text = text[:at] + chr(self.chance.randrange(1, 0x3000)) + text[at + 1 :]
        return text
