// Keeps the parts of a page that are marked with data-refresh as they are at the desk; what somebody types is not touched.
"use strict";
const EVERY = 4000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const now = fresh.getElementById(part.id);
    const busy = part.contains(document.activeElement);
    if (now && !busy && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
  }
}

setInterval(() => refresh().catch(() => {}), EVERY);
