"""What goes wrong outside: platforms that are away, clients that hang up, messages that come twice, clocks, a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from fault_database import GONE
from fault_kinds import PLATFORMS, around, fault
from fault_scene import Scene

from bot.turns import delivery

MANY = 3
"""So many calls of the platform go wrong before one goes well."""
A_WHILE = 0.3
"""Seconds that a turn goes on while the service is being stopped."""


def _answered(scene: Scene, status: int, slack: dict[str, Any], **headers: str) -> None:
    for _ in range(MANY):
        scene.house.peer.next("chat.postMessage", status, slack, **headers)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        scene.house.microsoft.answers.append((status, named))


def _over(scene: Scene) -> None:
    """The time to wait has passed, as far as the service knows."""
    scene.house.peer.answers.clear()
    scene.house.microsoft.answers.clear()
    scene.ahead += timedelta(hours=1)


@fault(PLATFORMS)
def platform_is_broken(scene: Scene) -> Iterator[None]:
    scene.hit()
    _answered(scene, 500, {})
    yield
    _over(scene)


@fault(PLATFORMS)
def platform_asks_to_wait(scene: Scene) -> Iterator[None]:
    scene.hit()
    _answered(scene, 429, {"ok": False, "error": "ratelimited"}, Retry_After="30")
    yield
    _over(scene)


@fault(PLATFORMS)
def platform_refuses_us(scene: Scene) -> Iterator[None]:
    """A token was withdrawn; the operator mends it."""
    scene.hit()
    _answered(scene, 401, {"ok": False, "error": "invalid_auth"})
    yield
    _over(scene)


@fault(PLATFORMS)
def platform_says_nonsense(scene: Scene) -> Iterator[None]:
    scene.hit()
    _answered(scene, 502, {"<html>": None})
    yield
    _over(scene)


@fault(PLATFORMS)
def platform_hangs(scene: Scene) -> Iterator[None]:
    """It takes the call and never answers."""
    scene.hit()
    real, delivery.SECONDS_A_SEND = delivery.SECONDS_A_SEND, 0.2
    free = asyncio.Event()

    async def taking(_: Any) -> None:
        await free.wait()

    scene.house.peer.taking = taking
    scene.house.microsoft.open.clear()
    yield
    delivery.SECONDS_A_SEND = real
    scene.house.peer.taking = None
    scene.house.microsoft.open.set()
    free.set()
    _over(scene)


@fault(("slack",))
def platform_has_it_and_we_do_not_hear_so(scene: Scene) -> Iterator[None]:
    """The post stands, and its answer is lost: sent again under the same key, which Slack shows once."""
    once: list[bool] = []

    async def taking(call: Any) -> None:
        if not once and call.method == "chat.postMessage":
            once.append(True)
            scene.hit()
            call.args["_taken"], call.args["_ts"] = True, "1731900000.999999"
            scene.house.peer.next("chat.postMessage", 500, {})

    scene.house.peer.taking = taking
    yield
    scene.house.peer.taking = None
    _over(scene)


@fault()
def clock_goes_back_an_hour(scene: Scene) -> Iterator[None]:
    scene.hit()
    scene.ahead -= timedelta(hours=1)
    yield


@fault()
def clock_goes_ahead_an_hour(scene: Scene) -> Iterator[None]:
    scene.hit()
    scene.ahead += timedelta(hours=1)
    yield


@fault()
def taken_twice_at_once(scene: Scene) -> Iterator[None]:
    """Each message comes in a second time while the first is being taken."""

    def accept(real: Any, *given: Any, **named: Any) -> Any:
        scene.hit()
        real(*given, **named)
        return real(*given, **named)

    with around(scene, scene.store.ledger, "accept", accept):
        yield


@fault()
def answer_to_the_sender_is_lost(scene: Scene) -> Iterator[None]:
    """It was taken in, and the sender hears of an error and sends it again."""
    once: list[bool] = []

    def accept(real: Any, *given: Any, **named: Any) -> Any:
        message = real(*given, **named)
        if not once:
            once.append(True)
            scene.hit()
            raise GONE
        return message

    with around(scene, scene.store.ledger, "accept", accept):
        yield


@fault()
def stopped_in_the_turn(scene: Scene) -> Iterator[None]:
    """SIGTERM while a turn is under way, and another copy that takes over."""
    once: list[bool] = []

    def hold(real: Any, *given: Any, **named: Any) -> Any:
        async def holding() -> Any:
            held = await real(*given, **named)
            if not once:
                once.append(True)
                scene.hit()
                scene.restart()
                await asyncio.sleep(A_WHILE)
            return held

        return holding()

    with around(scene, scene.engine, "hold", hold):
        yield
