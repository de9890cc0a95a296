"""A browser in a few words, so that people recognise where they are signed in."""

from __future__ import annotations

# the first that fits: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrom", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def named(browser: str) -> str:
    """Such as `Firefox, Windows`; empty for one that we do not know."""
    found = (
        next((name for sign, name in known if sign in browser), "") for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in found if name)
