// One question before something that cannot be undone.

import { button, element } from "./dom";
import { labels } from "./labels";

export class ConfirmForget {
  readonly node = element("dialog", "confirm");

  constructor(private readonly onYes: () => void) {
    const title = element("h2", "", labels.forgetQuestion);
    const meaning = element("p", "", labels.forgetMeaning);
    title.id = "forget-question";
    meaning.id = "forget-meaning";
    this.node.setAttribute("aria-labelledby", title.id);
    this.node.setAttribute("aria-describedby", meaning.id);
    const yes = button("danger", labels.forgetYes, () => this.#yes());
    const no = button("plain", labels.forgetNo, () => this.node.close());
    // The safe answer first: it has the focus when the question appears.
    this.node.append(title, meaning, element("div", "answers", no, yes));
  }

  ask(): void {
    this.node.showModal();
  }

  #yes(): void {
    this.node.close();
    this.onYes();
  }
}
