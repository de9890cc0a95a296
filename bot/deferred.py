"""Modules that are loaded when something of them is first used.

Rasa imports its chat channels, cloud stores, trainers and plots wherever it starts, and a service uses none of
them. `import x` gives such a module empty; `from x import Y` gives a stand-in for Y when Y is named here. The
first use of either loads the module in its place, so nothing is ever missing: it only comes later.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Mapping
from types import ModuleType
from typing import Any

ASKED_FOR = ("__version__", "__all__")
"""Of what stands between double underscores these are made by the module's own code."""
_loading = threading.RLock()


class Deferred(ModuleType):
    """A module that was not loaded yet."""

    _loader: importlib.abc.Loader
    _names: tuple[str, ...]
    _is_loading = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in ASKED_FOR:
            raise AttributeError(name)
        load(self)
        if not self._is_loading:
            return getattr(self, name)
        try:  # its own code is running, and asks for what it made already
            return vars(self)[name]
        except KeyError:
            raise AttributeError(f"{self.__name__} has no {name} yet") from None


class StandIn:
    """Stands for a class or function of a deferred module; `known` can be asked without loading it."""

    def __init__(self, module: Deferred, name: str, known: Mapping[str, Any]) -> None:
        self._module, self._name = module, name
        self.__dict__.update(known)

    def _real(self) -> Any:
        load(self._module)
        return getattr(self._module, self._name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._real(), name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._real()(*given, **named)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._real())

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._real(),)


class DeferredLoader(importlib.abc.Loader):
    """Gives a module without running it; `names` are those that others import from it by name."""

    def __init__(
        self, loader: importlib.abc.Loader, names: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._loader, self._names = loader, names

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Deferred:
        return Deferred(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        assert isinstance(module, Deferred)
        module._loader, module._names = self._loader, tuple(self._names)
        for name, known in self._names.items():
            setattr(module, name, StandIn(module, name, known))


def load(module: ModuleType | None) -> None:
    """Run a deferred module's own code, after that of the package it stands in; any other is left as it is."""
    if not isinstance(module, Deferred):
        return
    load(parent_of(module.__name__))
    with _loading:  # who asks from another thread waits until it is whole
        if not isinstance(module, Deferred) or module._is_loading:
            return
        module._is_loading = True
        for name in module._names:
            if isinstance(vars(module)[name], StandIn):  # else a module below it came in its place
                delattr(module, name)
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = module._loader
        try:
            module._loader.exec_module(module)
            module.__class__ = ModuleType  # type: ignore[assignment]
        finally:
            module._names, module._is_loading = (), False


def parent_of(name: str) -> ModuleType | None:
    return sys.modules.get(name.rpartition(".")[0])
