"""What axe finds wrong on a page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from bot.channels.pages import WIDGET

AXE = (WIDGET / "node_modules" / "axe-core" / "axe.min.js").read_text()
# a message that is still fading in has the colours of neither before nor after
SETTLED = """Promise.all(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
  .map(one => one.finished.catch(() => null)))"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    # an element can be found before the stylesheet of its page is there
    page.wait_for_load_state()
    # through the debugger, because the policy of the page refuses scripts that it does not serve
    client = page.context.new_cdp_session(page)
    found = f"axe.run({{runOnly: {RULES}}}).then(found => found.violations)"
    run = f"{AXE}; {SETTLED}.then(() => {found})"
    options: dict[str, Any] = {"awaitPromise": True, "returnByValue": True}
    answer = client.send("Runtime.evaluate", {"expression": run, **options})
    broken = answer["result"]["value"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in broken]
