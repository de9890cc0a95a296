"""What Rasa 3.6.21 does anew at every turn although it never changes, done once.

A few pieces of Rasa are replaced, each by the same logic without the waste:

- an action's result is checked against a schema, and that schema against the whole JSON Schema specification,
  which costs more than all the rest of a turn; what our own actions give needs neither;
- the graph of components is planned and handed to dask for every prediction; the plan is kept, and run in order;
- rules are matched again with a state of the talk that was matched before: what fitted is remembered;
- rules are first matched with the typed text; where no rule speaks of texts that finds nothing;
- a model's domain is read six times when it is loaded, and checked again as it was when it was made: once will do;
- lines of the log are copied in depth before they are thrown away; our logs hold no such lines (`bot.logs`);
- the class of an event is sought among all subclasses for every event: a table knows it;
- every tracker, of which a turn makes half a dozen, copies all slots in the most general way; a slot has plain fields.

`PADWIJZER_QUICK=0` leaves Rasa as it is. `tests/integration/test_quick.py` compares whole talks with and without.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import rasa
from rasa.core import processor
from rasa.core.actions import forms
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core import trackers
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.utils.common import all_subclasses
from rasa.shared.utils.io import read_yaml

from bot.inside import URL
from bot.lean import RASA_VERSION

Plan = Sequence[tuple[str, Sequence[str]]]
"""Nodes in the order in which they run, each with what it needs."""

_PLACES: tuple[tuple[Any, str], ...] = (
    (RemoteAction, "_validate_action_result"),
    (DaskGraphRunner, "run"),
    (RulePolicy, "_find_action_from_rules"),
    (RulePolicy, "_get_possible_keys"),
    (DomainProvider, "load"),
    (Event, "resolve_by_type"),
    (processor, "copy"),
    (forms, "copy"),
    (trackers, "copy"),
)
_rasas_own = {(owner, name): vars(owner)[name] for owner, name in _PLACES}
STATES = 1_000
"""So many states of a talk are remembered with the rules that fit them."""


class WrongRasa(RuntimeError):
    """These pieces copy logic of one version of Rasa."""


def install() -> None:
    """Replace the pieces; WrongRasa when another version of Rasa runs."""
    if os.environ.get("PADWIJZER_QUICK") == "0":
        return
    if rasa.__version__ != RASA_VERSION:
        raise WrongRasa(
            f"bot/quick.py was made for Rasa {RASA_VERSION}, not {rasa.__version__}: "
            "compare its pieces with the new version, or set PADWIJZER_QUICK=0"
        )
    pieces = (
        *(_validate, _run, _find_rule, _fitting, classmethod(_load_domain)),
        *(staticmethod(_event_class), _Uncopied, _Uncopied, _Shallow),
    )
    for (owner, name), piece in zip(_PLACES, pieces, strict=True):
        setattr(owner, name, piece)


def uninstall() -> None:
    """Rasa as it was."""
    for (owner, name), piece in _rasas_own.items():
        setattr(owner, name, piece)


def _validate(self: Any, result: dict[str, Any]) -> bool:
    if self.action_endpoint.url == URL:  # made by the SDK in this process, from our own actions
        return True
    own = _rasas_own[(RemoteAction, "_validate_action_result")]
    return bool(own(self, result))


def _run(
    self: Any, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
) -> dict[str, Any]:
    wanted = tuple(targets or self._graph_schema.target_names)
    plans: dict[tuple[str, ...], Plan] = self.__dict__.setdefault("_plans", {})
    plan = plans.get(wanted)
    if plan is None:
        plan = plans[wanted] = _planned(self._graph_schema.minimal_graph_schema(list(wanted)))
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    nodes = self._instantiated_nodes
    try:
        for name, needs in plan:
            # what nothing provides is handed on by its name, as dask does
            done[name] = nodes[name](*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[name] for name in wanted)


def _planned(schema: Any) -> Plan:
    """The nodes of a graph, each after those it needs."""
    order: dict[str, Sequence[str]] = {}

    def visit(name: str) -> None:
        if name in order or name not in schema.nodes:
            return
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        order[name] = needs

    for name in schema.nodes:
        visit(name)
    return tuple(order.items())


def _find_rule(
    self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool
) -> tuple[str | None, str | None, bool]:
    if use_text_for_last_user_input and not _fits_texts(self):
        return None, None, False
    own = _rasas_own[(RulePolicy, "_find_action_from_rules")]
    found: tuple[str | None, str | None, bool] = own(
        self, tracker, domain, use_text_for_last_user_input
    )
    return found


def _fitting(self: Any, lookup: Mapping[str, str], states: list[Any]) -> set[str]:
    """The rules that fit these states of a talk; there are two tables of rules, and few states."""
    known: dict[tuple[int, str], set[str]] = self.__dict__.setdefault("_fitting", {})
    key = (id(lookup), json.dumps(states, sort_keys=True))
    if key not in known:
        if len(known) >= STATES:
            known.clear()
        known[key] = _rasas_own[(RulePolicy, "_get_possible_keys")](self, lookup, states)
    return set(known[key])


def _fits_texts(policy: Any) -> bool:
    """Whether a rule can match right after a message without looking at its intent."""
    known: bool | None = policy.__dict__.get("_fits_texts")
    if known is None:
        last = [json.loads(key)[-1] for key in policy.lookup[RULES]]
        known = any(
            state.get("prev_action", {}).get("action_name", "action_listen") == "action_listen"
            and "intent" not in state.get("user", {})
            for state in last
        )
        policy.__dict__["_fits_texts"] = known
    return known


def _load_domain(cls: Any, /, *, model_storage: Any, resource: Any, **_: Any) -> Any:
    with model_storage.read_from(resource) as folder:
        [file] = folder.glob("*.yml")
        domain = Domain.from_dict(read_yaml(file.read_text(encoding="utf-8")))
    return cls(model_storage, resource, domain)


@cache
def _event_classes() -> Mapping[str, type[Event]]:
    return {found.type_name: found for found in reversed(all_subclasses(Event))}


def _event_class(type_name: str, default: type[Event] | None = None) -> Any:
    found = _event_classes().get(type_name)
    return found or _rasas_own[(Event, "resolve_by_type")](type_name, default)


class _Uncopied:
    """In the place of `copy` in modules that copy only what they log."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value


class _Shallow:
    """In the place of `copy` in the module of trackers, which uses it for slots only."""

    @staticmethod
    def copy(slot: Slot) -> Slot:
        made = object.__new__(type(slot))
        made.__dict__.update(slot.__dict__)
        return made
