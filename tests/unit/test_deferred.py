"""Modules that are loaded when they are first used; the packages are made here."""

from __future__ import annotations

import importlib.machinery
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.deferred import Deferred, DeferredLoader, load, parent_of

FILES = {
    "slowly/__init__.py": """
        from slowly.base import Base
        from slowly import late
        loads = [*globals().get("loads", ()), "slowly"]
        """,
    "slowly/base.py": "from slowly import late\nclass Base: pass\n",
    "slowly/late.py": """
        import time
        from slowly.base import Base
        time.sleep(0.05)
        class Thing(Base):
            kind = "thing"
        def twice(x): return 2 * x
        """,
    "slowly/plain.py": "from slowly import Base\n",
    "broken.py": "raise ValueError('no')\n",
}
NAMES: dict[str, dict[str, dict[str, Any]]] = {
    "slowly": {},
    "slowly.late": {"Thing": {"label": lambda: "known"}, "twice": {}},
    "broken": {"Gone": {}},
}


class Finder:
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in NAMES:
            load(parent_of(fullname))
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec and spec.loader
        spec.loader = DeferredLoader(spec.loader, NAMES[fullname])
        return spec


@pytest.fixture(autouse=True)
def _packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, code in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(code))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    yield
    for name in [m for m in sys.modules if m.partition(".")[0] in ("slowly", "broken")]:
        del sys.modules[name]


def _is_loaded(name: str) -> bool:
    return not isinstance(sys.modules[name], Deferred)


def test_nothing_is_loaded_by_an_import() -> None:
    import slowly  # type: ignore[import-not-found]
    from slowly.late import Thing  # type: ignore[import-not-found]

    assert Thing.label() == "known" and not hasattr(slowly, "__path_of_nothing__")
    assert not _is_loaded("slowly") and not _is_loaded("slowly.late")


def test_the_first_use_loads_the_module_and_its_package() -> None:
    from slowly.late import Thing, twice

    assert twice(4) == 8 and Thing.kind == "thing" and isinstance(Thing(), Thing)
    assert _is_loaded("slowly") and _is_loaded("slowly.late")
    assert sys.modules["slowly"].loads == ["slowly"]


def test_a_stand_in_can_be_built_on() -> None:
    from slowly.late import Thing

    class More(Thing):  # type: ignore[misc]
        pass

    assert More.kind == "thing" and isinstance(More(), Thing)


def test_a_module_beside_it_finds_its_package_whole() -> None:
    import slowly
    import slowly.plain  # type: ignore[import-not-found]

    assert slowly.plain.Base is sys.modules["slowly.base"].Base


def test_another_thread_waits_until_it_is_whole() -> None:
    from slowly.late import Thing

    seen: list[Any] = []
    threads = [threading.Thread(target=lambda: seen.append(Thing.kind)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["thing"] * 4


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import slowly

    with pytest.raises(AttributeError, match="nothing"):
        _ = slowly.nothing


def test_what_cannot_be_loaded_says_so_at_every_use() -> None:
    from broken import Gone  # type: ignore[import-not-found]

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            Gone()
