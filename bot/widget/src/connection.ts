// Whether the server can be reached, in plain words, told when it changes.

import { labels } from "./labels";
import type { Panel } from "./panel";
import type { Talk } from "./talk";
import type { View } from "./view";

const GOOD_NEWS = 5_000;

export class Connection {
  #isThere = true;
  #timer = 0;

  constructor(
    private readonly panel: Panel,
    talk: Talk,
    private readonly view: View,
    focus: () => void,
  ) {
    panel.tryNow.addEventListener("click", () => {
      talk.tryNow();
      focus();
    });
    addEventListener("online", () => void talk.refresh());
    addEventListener("offline", () => talk.offline());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void talk.refresh();
    });
  }

  show(isThere: boolean): void {
    if (isThere === this.#isThere) return;
    this.#isThere = isThere;
    clearTimeout(this.#timer);
    this.panel.tryNow.hidden = isThere;
    this.panel.waiting.hidden = !isThere;
    this.panel.connection.textContent = isThere ? labels.connectedAgain : labels.noConnection;
    this.view.connected(isThere);
    if (isThere) this.#timer = window.setTimeout(() => (this.panel.connection.textContent = ""), GOOD_NEWS);
  }
}
