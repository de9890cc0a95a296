"""What axe finds wrong on a page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from bot.channels.pages import WIDGET

AXE = (WIDGET / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    # through the debugger, because the policy of the page refuses scripts that it does not serve
    client = page.context.new_cdp_session(page)
    run = f"{AXE}; axe.run({{runOnly: {RULES}}}).then(found => found.violations)"
    options: dict[str, Any] = {"awaitPromise": True, "returnByValue": True}
    answer = client.send("Runtime.evaluate", {"expression": run, **options})
    found = answer["result"]["value"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]
