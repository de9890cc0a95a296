// Where the user writes: Enter sends, the field grows, and a limit is told before it is reached.

import { button, element, line } from "./dom";
import { labels } from "./labels";

const LIMIT = 4000;
const NEAR = 400;

export class Composer {
  readonly node = element("div", "writing");
  #entry = element("textarea");
  #counter = element("p", "hint counter");
  #said = element("p", "unseen");
  #nearness = "far";

  constructor(onSend: (text: string) => void) {
    const form = element("form", "composer", this.#label(), this.#entry, sendButton());
    const keys = element("p", "hint keys", labels.keys);
    keys.id = "keys";
    this.#counter.id = "counter";
    this.#counter.hidden = true;
    this.#said.setAttribute("role", "status");
    this.#setUpEntry(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(onSend);
    });
    this.node.append(form, keys, this.#counter, this.#said);
  }

  focus(): void {
    this.#entry.focus({ preventScroll: true });
  }

  /** Words come back only into an empty field: what the user writes now is never overwritten. */
  giveBack(text: string): void {
    if (!this.#entry.value) this.#entry.value = text;
    this.#count();
  }

  clear(): void {
    this.#entry.value = "";
    this.#count();
  }

  #label(): HTMLLabelElement {
    const label = element("label", "unseen", labels.entry);
    label.htmlFor = "entry";
    return label;
  }

  #setUpEntry(form: HTMLFormElement): void {
    Object.assign(this.#entry, { id: "entry", rows: 1, autocomplete: "off", placeholder: labels.placeholder, enterKeyHint: "send" });
    this.#entry.setAttribute("aria-describedby", "keys counter");
    this.#entry.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#entry.addEventListener("input", () => this.#count());
  }

  #submit(onSend: (text: string) => void): void {
    const text = this.#entry.value.trim();
    if (text && length(text) <= LIMIT) {
      this.clear();
      onSend(text);
    }
    this.focus();
  }

  #count(): void {
    const left = LIMIT - length(this.#entry.value.trim());
    const nearness = left < 0 ? "over" : left <= NEAR ? "near" : "far";
    const sentence = { far: "", near: labels.charactersLeft(left), over: labels.charactersOver(-left) }[nearness];
    this.#counter.textContent = sentence;
    this.#counter.hidden = nearness === "far";
    this.#entry.setAttribute("aria-invalid", String(nearness === "over"));
    // Read aloud when it matters, not at every letter.
    if (nearness !== this.#nearness) this.#said.textContent = sentence;
    this.#nearness = nearness;
    this.#grow();
  }

  // For browsers that do not know `field-sizing: content` yet.
  #grow(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.#entry.style.height = "auto";
    this.#entry.style.height = `${this.#entry.scrollHeight + 2}px`;
  }
}

function sendButton(): HTMLButtonElement {
  const node = button("send", element("span", "", labels.send));
  node.type = "submit";
  node.append(line("M10 16V4M4.5 9.5 10 4l5.5 5.5"));
  node.setAttribute("aria-label", labels.send);
  return node;
}

// Characters as the server counts them: an emoji is one.
function length(text: string): number {
  return [...text].length;
}

