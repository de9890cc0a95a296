"""Walks through a page with the Tab key, as somebody without a mouse does."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 80
TOP = """() => {
    window.stops = [];
    document.body.tabIndex = -1;
    document.body.focus();
    scrollTo(0, 0);
}"""
WHERE = """() => {
    let node = document.activeElement;
    while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
    if (!node || node === document.body || node === document.documentElement) return null;
    window.stops ??= [];
    if (!window.stops.includes(node)) window.stops.push(node);
    const shown = [node, node.closest("label"), node.parentElement].filter(Boolean).some((one) => {
        const style = getComputedStyle(one);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
    });
    const box = node.getBoundingClientRect();
    return {
        n: window.stops.indexOf(node),
        what: node.outerHTML.slice(0, 120),
        seen: shown && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""
REACHABLE = """() => {
    const found = [];
    const look = (root) => {
        for (const node of root.querySelectorAll("*")) {
            if (node.shadowRoot) look(node.shadowRoot);
            const works = node.matches("a[href], button:not(:disabled), textarea, summary, select, [tabindex='0']");
            if (works && node.checkVisibility()) found.push(node);
        }
    };
    look(document);
    return found.filter((node) => !(window.stops ?? []).includes(node)).map((node) => node.outerHTML.slice(0, 120));
}"""


def walk(page: Page) -> list[dict[str, Any]]:
    """The stops of the Tab key from the top of the page until it comes round; each says whether it can be seen."""
    page.evaluate(TOP)
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(WHERE)
        if stop is None:  # past the end: the next one is the first of the page
            continue
        if stop["n"] < len(stops):
            break
        stops.append(stop)
    return stops


def missed(page: Page) -> list[str]:
    """What works with a click and was not a stop of the last walk."""
    found: list[str] = page.evaluate(REACHABLE)
    return found
