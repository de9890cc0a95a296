"""Ports for servers that have to come back on the same one, in the tests and in the long runs."""

from __future__ import annotations

import itertools
import os
import socket

FIRST, BEYOND = 20_000, 32_000
"""Below the ports that the kernel gives to connections, which takes any that is free for a moment."""
APART = 97

_steps = itertools.count(os.getpid() * APART)


def free_port() -> int:
    """One that nobody listens to; processes begin at places apart, so that no two find the same."""
    for step in itertools.islice(_steps, BEYOND - FIRST):
        port = FIRST + step % (BEYOND - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free between {FIRST} and {BEYOND}")
