"""Logs: event names and numbers, never what people wrote and never who they are.

Rasa logs whole conversations when an action fails, and copies the arguments of every debug line even when
the level is off, so its loggers are silenced here; our own lines name the error. Socket.IO logs packets.
"""

from __future__ import annotations

import logging
import warnings


def set_up(level: int = logging.INFO) -> None:
    """Configure logging for the service; call before Rasa is imported."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("padwijzer").setLevel(level)
    for noisy in (
        "rasa",
        "rasa_sdk",
        "apscheduler",
        "matplotlib",
        "socketio.server",
        "engineio.server",
    ):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")  # deprecations inside Rasa's pins say nothing to an operator
